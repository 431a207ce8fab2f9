import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiError } from '../../../server/base/api-error.ts';
import { createContext, type ServerContext } from '../../../server/context/context.ts';
import type { LiveEnvironment } from '../../../server/context/environment-cache.ts';
import { createActionClass } from '../../../server/domain/action-class-service.ts';
import type { RequestFacts } from '../../../server/domain/response-meta.ts';
import {
  changeResponse,
  type ResponseRequest,
  storeResponse,
} from '../../../server/domain/submit-response.ts';
import { createSurvey } from '../../../server/domain/survey-service.ts';
import type { Database } from '../../../server/repo/database.ts';
import { insertEnvironment } from '../../../server/repo/environments.ts';
import { newId } from '../../../server/repo/new-id.ts';
import { openDatabase } from '../../../server/repo/open-database.ts';
import { findListedResponse } from '../../../server/repo/responses.ts';
import { silentLog } from '../support.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 1);
const FACTS: RequestFacts = {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  country: 'DE',
  address: '192.0.2.7',
};
const folder = mkdtempSync(join(tmpdir(), 'inkling-submit-'));
let database: Database;
let context: ServerContext;
let queued = 0;
const survey = { open: '', closed: '', withAddress: '', elsewhere: '' };

beforeAll(async () => {
  database = await openDatabase(`sqlite:${join(folder, 'test.db')}`);
  context = createContext({ database, now: () => NOW, log: silentLog, onQueued: () => (queued += 1) });
  await database.write(async (trx) => {
    for (const id of ['here', 'there']) await insertEnvironment(trx, { id, name: id, now: NOW });
  });
  survey.open = await addSurvey('here');
  survey.closed = await addSurvey('here', { status: 'completed' });
  survey.withAddress = await addSurvey('here', { isCaptureIpEnabled: true });
  survey.elsewhere = await addSurvey('there');
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An app survey with an optional and a required element. */
async function addSurvey(environmentId: string, change: object = {}): Promise<string> {
  const name = newId();
  const { id } = await createActionClass(context, environmentId, { name, type: 'code', key: name });
  const questions = [
    { id: 'why', type: 'openText', headline: { default: 'Why?' }, required: false },
    { id: 'age', type: 'openText', inputType: 'number', headline: { default: 'Age?' }, required: true },
  ];
  const base = { name, type: 'app', status: 'inProgress', triggers: [{ actionClass: { id } }], questions };
  return (await createSurvey(context, environmentId, { ...base, ...change })).id;
}

async function liveOf(id: string): Promise<LiveEnvironment> {
  const live = await context.cache.find(id);
  if (!live) throw new Error(`no environment ${id}`);
  return live;
}

async function post(request: Partial<ResponseRequest>, environmentId = 'here', facts = FACTS) {
  const live = await liveOf(environmentId);
  const full = { surveyId: survey.open, finished: false, data: {}, ...request };
  return storeResponse(context, { live, request: full, facts, limitsOther: true });
}

const put = async (responseId: string, change: object) =>
  changeResponse(context, { live: await liveOf('here'), responseId, change });

const stored = (id: string) => findListedResponse(database.read, id);

async function refusal(job: Promise<unknown>): Promise<string> {
  const error = await job.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw error ?? new Error('not refused');
  return `${error.code}: ${error.message}`;
}

it('stores a new response with the meta of its request, and without the address unless the survey asks for it', async () => {
  const meta = { url: 'https://site.test/a', source: 'tag' };
  const { id, quotaFull } = await post({ data: { why: 'because' }, language: 'de', meta });
  expect(quotaFull).toBe(false);
  expect(await stored(id)).toMatchObject({
    environmentId: 'here',
    surveyId: survey.open,
    data: { why: 'because' },
    language: 'de-DE',
    seq: null,
    createdAt: NOW,
    meta: { ...meta, country: 'DE', userAgent: { browser: 'Firefox', os: 'Linux', device: 'desktop' } },
  });
  expect((await stored(id))?.meta).not.toHaveProperty('ipAddress');
  const asked = await post({ surveyId: survey.withAddress });
  expect((await stored(asked.id))?.meta.ipAddress).toBe('192.0.2.7');
});

it('stores a response and its display under the ids that a client made', async () => {
  const [id, displayId] = [newId(), newId()];
  expect((await post({ id, seq: 1, displayId })).id).toBe(id);
  expect(await stored(id)).toMatchObject({ displayId, seq: 1 });
});

const posts: [name: string, seq: number | undefined, outcome: object][] = [
  ['a higher seq is merged', 3, { seq: 3, finished: true, data: { why: 'second', age: '7' } }],
  ['an equal seq changes nothing', 2, { seq: 2, finished: false, data: { why: 'first', age: '7' } }],
  ['a lower seq changes nothing', 1, { seq: 2, finished: false, data: { why: 'first', age: '7' } }],
  ['no seq changes nothing', undefined, { seq: 2, finished: false, data: { why: 'first', age: '7' } }],
];
it.each(posts)('of a second post with the same id %s', async (_name, seq, outcome) => {
  const id = newId();
  await post({ id, seq: 2, data: { why: 'first', age: '7' } });
  expect((await post({ id, seq, finished: true, data: { why: 'second' } })).id).toBe(id);
  expect(await stored(id)).toMatchObject(outcome);
});

it('treats an id that another environment has as not sent', async () => {
  const id = newId();
  await post({ id, seq: 1, surveyId: survey.elsewhere, data: { why: 'theirs' } }, 'there');
  const own = await post({ id, seq: 2, data: { why: 'ours' } });
  expect(own.id).not.toBe(id);
  expect([(await stored(id))?.data, (await stored(own.id))?.data]).toEqual([
    { why: 'theirs' },
    { why: 'ours' },
  ]);
});

it('refuses what belongs to another survey, is closed, unknown or not an answer', async () => {
  const id = newId();
  await post({ id, seq: 1 });
  const other = post({ id, seq: 2, surveyId: survey.withAddress });
  expect(await refusal(other)).toBe('conflict: This id belongs to a response to another survey');
  expect(await refusal(post({ surveyId: survey.closed }))).toBe(
    'forbidden: Survey is not accepting submissions',
  );
  expect(await refusal(post({ surveyId: survey.elsewhere }))).toBe('not_found: Survey not found');
  expect(await refusal(post({ data: { age: '' } }))).toBe('bad_request: Validation failed');
  expect(await refusal(post({ displayId: 'unknown' }))).toBe('bad_request: Display unknown not found');
});

it('merges a change; a finished response takes only a repetition', async () => {
  const { id } = await post({ data: { why: 'first' } });
  await put(id, { data: { age: '7' }, finished: true });
  expect(await stored(id)).toMatchObject({ finished: true, data: { why: 'first', age: '7' } });
  expect(await put(id, { data: { age: '7' } })).toEqual({ id, quotaFull: false });
  expect(await refusal(put(id, { data: { age: '8' } }))).toBe('bad_request: Response is already finished');
  expect(await refusal(put(newId(), {}))).toBe('not_found: Response not found');
});

it('announces nothing where no webhook listens', () => {
  expect(queued).toBe(0);
});
