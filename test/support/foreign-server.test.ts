import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ForeignServer, startForeignServer } from './foreign-server.ts';

let foreign: ForeignServer;

beforeAll(async () => {
  foreign = await startForeignServer({ surveys: [{ id: 's1' }, { id: 's2', status: 'paused' }] });
});
beforeEach(() => {
  foreign.responses.length = 0;
  foreign.displays.length = 0;
  foreign.contacts.length = 0;
  foreign.calls.length = 0;
});
afterAll(() => foreign.stop());

const SHOWN = 'displays';
const finished = { surveyId: 's1', finished: true, data: { q: 'a' } };

it('sends an environment without the inkling marker and exposes no header', async () => {
  const { status, body, headers } = await send('GET', 'v1', 'environment');
  expect(status).toBe(200);
  expect(Object.keys(body.data).sort()).toEqual(['data', 'expiresAt']);
  expect(JSON.stringify(body)).not.toContain('inkling"');
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-expose-headers')).toBeNull();
  expect(foreign.calls).toMatchObject([{ method: 'GET', reply: 200 }]);
});

it('makes its own ids, whatever the client sends', async () => {
  const id = 'ourownid000000000000';
  const display = await send('POST', 'v1', SHOWN, { id, surveyId: 's1' });
  const response = await send('POST', 'v1', 'responses', { ...finished, id, seq: 3 });
  expect(foreign.displays.map((one) => one.id)).toEqual([display.body.data.id]);
  expect(foreign.responses.map((one) => one.id)).toEqual([response.body.data.id]);
  expect([display.body.data.id, response.body.data.id]).not.toContain(id);
});

it('stores a repeated display twice', async () => {
  await send('POST', 'v1', SHOWN, { id: 'd1', surveyId: 's1' });
  await send('POST', 'v1', SHOWN, { id: 'd1', surveyId: 's1' });
  expect(foreign.displays).toHaveLength(2);
});

it('accepts one response for a display and returns its id', async () => {
  const displayId = (await send('POST', 'v1', SHOWN, { surveyId: 's1' })).body.data.id;
  const lookUp = () => send('GET', 'v1', `displays/${displayId}/response`);
  expect((await lookUp()).body).toEqual({ data: { responseId: null } });
  const { body } = await send('POST', 'v1', 'responses', { ...finished, displayId, finished: false });
  const second = await send('POST', 'v1', 'responses', { ...finished, displayId });
  expect([second.status, second.body.code]).toEqual([400, 'bad_request']);
  expect(second.body.message).toContain('already linked to a response');
  expect((await lookUp()).body.data.responseId).toBe(body.data.id);
  expect((await send('GET', 'v1', 'displays/nosuch/response')).status).toBe(404);
});

it('merges updates by key and none after the response is finished', async () => {
  const { body } = await send('POST', 'v2', 'responses', { ...finished, finished: false, ttc: { q: 5 } });
  const path = `responses/${body.data.id}`;
  expect((await send('PUT', 'v1', path, { data: { r: 2 }, ttc: { r: 7 }, finished: true })).status).toBe(200);
  expect(foreign.responses).toMatchObject([
    { data: { q: 'a', r: 2 }, finished: true, ttc: { q: 5, r: 7, _total: 12 } },
  ]);
  const late = await send('PUT', 'v1', path, { data: { r: 3 } });
  expect([late.status, late.body.details]).toEqual([400, { code: 'response_already_finished' }]);
  expect(late.body.message).toContain('already finished');
  expect((await send('PUT', 'v1', 'responses/nosuch', {})).status).toBe(404);
});

it('identifies a person by userId in v1 and by contactId in v2', async () => {
  const { body } = await send('POST', 'v1', 'user', { userId: 'ada', attributes: { plan: 'free' } });
  const { contactId } = body.data.state.data;
  await send('POST', 'v1', 'responses', { ...finished, userId: 'ada', contactId: 'x' });
  await send('POST', 'v2', 'responses', { ...finished, contactId, userId: 'x' });
  await send('POST', 'v1', 'responses', { ...finished, contactId });
  expect(foreign.responses.map((one) => one.contactId)).toEqual([contactId, contactId, null]);
  expect((await send('POST', 'v2', SHOWN, { surveyId: 's1', contactId: null })).status).toBe(400);
  await send('POST', 'v1', SHOWN, { surveyId: 's1', userId: 'bea' });
  expect(foreign.contacts.map(({ userId }) => userId)).toEqual(['ada', 'bea']);
  const displayId = foreign.displays[0]?.id;
  const stranger = await send('POST', 'v1', 'responses', { ...finished, displayId, userId: 'ada' });
  expect([stranger.status, foreign.responses.length]).toEqual([400, 3]);
});

it.each([
  ['a foreign environment', 'POST', '/api/v1/client/other/displays', '{"surveyId":"s1"}', 404],
  ['no JSON', 'POST', undefined, 'hello', 400],
  ['no survey', 'POST', undefined, '{"finished":true}', 400],
  ['an unknown survey', 'POST', undefined, '{"finished":true,"surveyId":"s9"}', 404],
  ['a paused survey', 'POST', undefined, '{"finished":true,"surveyId":"s2"}', 403],
  ['null for an answer', 'POST', undefined, '{"finished":true,"surveyId":"s1","data":{"q":null}}', 400],
  ['too much', 'POST', undefined, `{"surveyId":"${'x'.repeat(2_100_000)}"}`, 413],
  ['a wrong method', 'DELETE', undefined, undefined, 405],
  ['an unknown path', 'POST', '/api/v1/nothing', '{}', 404],
  ['a preflight', 'OPTIONS', undefined, undefined, 200],
])(
  'answers %s',
  async (_name, method, path = `/api/v1/client/${foreign.environmentId}/responses`, body, status) => {
    const reply = await fetch(foreign.url + path, { method, ...(body !== undefined && { body }) });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    await reply.text();
  },
);

interface Sent {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any;
  readonly headers: Headers;
}

async function send(method: string, version: string, path: string, body?: object): Promise<Sent> {
  const reply = await fetch(`${foreign.url}/api/${version}/client/${foreign.environmentId}/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: await reply.json(), headers: reply.headers };
}
