import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import {
  answerBoth,
  call,
  expect,
  passTime,
  ratingThenText,
  recordEvents,
  type TestServer,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';
import { expectGone, expectShown } from './survey-page.ts';

/** Where displays and answers go. */
const DELIVERY = /\/(displays|responses)$/;

const isPro = [
  {
    id: 'f1',
    connector: null,
    resource: {
      id: 'r1',
      root: { type: 'attribute', contactAttributeKey: 'plan' },
      value: 'pro',
      qualifier: { operator: 'equals' },
    },
  },
];

/** An environment that requires proof, with a survey for people whose plan is `pro`. */
async function requireProof(server: TestServer) {
  const { secret } = await server.manage<{ secret: string }>('GET', 'environment/identity-secret');
  await server.settings({ identityVerification: 'require' });
  const survey = await server.createSurvey(
    { ...ratingThenText({ displayOption: 'respondMultiple' }).document, segment: { filters: isPro } },
    [await server.createAction('did-it')],
  );
  /** What the site's own server does when it makes the page. */
  const prove = (userId: string): string => createHmac('sha256', secret).update(userId).digest('hex');
  return { survey, prove };
}

/** Our lines on the console, from now on: the browser itself has one for each refused request. */
function recordConsole(page: Page): readonly string[] {
  const lines: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('[inkling]')) lines.push(message.text());
  });
  return lines;
}

/** Bodies of the replies to `POST user`, from now on. */
function recordReplies(page: Page): { readonly status: number; readonly text: Promise<string> }[] {
  const replies: { status: number; text: Promise<string> }[] = [];
  page.on('response', (reply) => {
    if (reply.url().endsWith('/user')) replies.push({ status: reply.status(), text: reply.text() });
  });
  return replies;
}

test('a right hash opens the survey of the person’s segment, and the answer is theirs', async ({
  page,
  server,
  site,
}) => {
  const { survey, prove } = await requireProof(server);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const lines = recordConsole(page);
  await call(page, 'identify', 'mara', { plan: 'pro' }, { userHash: prove('mara') });
  await call(page, 'track', 'did-it');
  await answerBoth(page, '5', 'It is me');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  const [response] = await server.responses(survey.id);
  expect(response?.contact).toMatchObject({ userId: 'mara' });
  // The proof is kept where the user id is: the next page needs no call.
  await page.reload();
  await whenReady(page);
  expect(await call(page, 'state')).toMatchObject({ userId: 'mara', segments: [expect.any(String)] });
  expect(lines).toEqual([]);
});

test('the tag alone identifies by data-user-id and data-user-hash', async ({ page, server, site }) => {
  const { survey, prove } = await requireProof(server);
  const tag = (userId: string, hash: string) =>
    tagFor(server, `data-user-id="${userId}" data-user-hash="${hash}"`);
  site.put('/', { head: tag('mara', prove('mara')) });
  site.put('/wrong', { head: tag('nils', prove('mara')) });
  const lines = recordConsole(page);
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'setAttributes', { plan: 'pro' });
  await call(page, 'track', 'did-it');
  await answerBoth(page, '4', 'By the tag');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ contact: { userId: 'mara' } }]);
  expect(lines).toEqual([]);
  await page.goto(`${site.url}/wrong`);
  await whenReady(page);
  await expect.poll(() => lines).toEqual([expect.stringContaining('(identify-refused)')]);
  expect(await call(page, 'state')).toMatchObject({ userId: 'nils', segments: [] });
});

for (const [name, hashOf] of [
  ['no hash', () => undefined],
  ['the hash of somebody else', (prove: (userId: string) => string) => prove('nils')],
  ['a made-up hash', () => 'f'.repeat(64)],
] as const) {
  test(`${name} learns and stores nothing about a person, and one line says what to do`, async ({
    page,
    server,
    site,
  }) => {
    const { survey, prove } = await requireProof(server);
    // The person exists, in the segment.
    const path = `${server.url}/api/v1/client/${server.environmentId}/user`;
    const own = { userId: 'mara', attributes: { plan: 'pro', firstName: 'Maria' }, userHash: prove('mara') };
    expect((await fetch(path, { method: 'POST', body: JSON.stringify(own) })).status).toBe(200);
    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    const lines = recordConsole(page);
    const replies = recordReplies(page);
    const errors = await recordEvents(page, 'error');
    const userHash = hashOf(prove);
    for (const userId of ['mara', 'unknown']) await call(page, 'identify', userId, {}, { userHash });
    await call(page, 'identify', 'mara', { plan: 'pro', firstName: 'Eve' }, { userHash });
    await call(page, 'track', 'did-it');
    await passTime(page, 300);
    await expectGone(page);
    expect(await call(page, 'state')).toMatchObject({ segments: [] });
    const texts = new Set(await Promise.all(replies.map(({ text }) => text)));
    expect([...new Set(replies.map(({ status }) => status))]).toEqual([403]);
    expect(texts.size).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/userHash is .*data-user-hash.*\(identify-refused\)/)]);
    expect(await errors()).toContainEqual(expect.objectContaining({ code: 'identify-refused' }));
    const people = await server.manage<{ userId: string; attributes: object }[]>('GET', 'people');
    expect(people).toMatchObject([{ userId: 'mara', attributes: { plan: 'pro', firstName: 'Maria' } }]);

    // Somebody's answer to a survey for everybody is kept, without a person.
    await call(page, 'showSurvey', survey.id);
    await answerBoth(page, '3', 'Whoever I am');
    await expect.poll(() => undelivered(page)).toBe(0);
    expect(await server.responses(survey.id)).toMatchObject([{ finished: true, contact: null }]);
  });
}

test('a hash that comes later is used at once', async ({ page, server, site }) => {
  const { prove } = await requireProof(server);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'identify', 'mara');
  expect(await call(page, 'state')).toMatchObject({ segments: [] });
  await call(page, 'identify', 'mara', { plan: 'pro' }, { userHash: prove('mara') });
  await call(page, 'track', 'did-it');
  await expectShown(page);
});

test('answers that wait go with the id and the hash of whoever gave them', async ({ page, server, site }) => {
  const { survey, prove } = await requireProof(server);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const answer = async (userId: string, text: string): Promise<void> => {
    await call(page, 'identify', userId, { plan: 'pro' }, { userHash: prove(userId) });
    await call(page, 'track', 'did-it');
    await answerBoth(page, '5', text);
    await call(page, 'closeSurvey');
    await expectGone(page);
  };
  await page.route(DELIVERY, (route) => route.abort());
  await answer('mara', 'from Mara');
  await call(page, 'logout');
  await answer('nils', 'from Nils');
  await call(page, 'logout');
  expect(await call(page, 'state')).toMatchObject({ userId: null });
  expect(await undelivered(page)).toBe(2);
  await page.unroute(DELIVERY);
  await page.reload();
  await whenReady(page);
  await expect.poll(() => undelivered(page)).toBe(0);
  const stored = await server.responses(survey.id);
  const byText = Object.fromEntries(stored.map(({ data, contact }) => [data.text, contact?.userId]));
  expect(byText).toEqual({ 'from Mara': 'mara', 'from Nils': 'nils' });
});
