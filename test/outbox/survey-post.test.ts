import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Progress } from '../../src/core/survey/progress.ts';
import { type PostTarget, startPost } from '../../src/outbox/survey-post.ts';
import { wait } from '../../src/platform/wait.ts';
import { listen } from '../net/server.ts';

let clean: (() => unknown)[] = [];
// Node 20 has none.
beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true });
});
afterEach(async () => {
  for (const release of clean) await release();
  clean = [];
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const progress: Progress = {
  card: 'b2',
  trail: ['b1'],
  answers: {},
  ttc: { q1: 900 },
  variables: { v1: 3 },
  finished: false,
  endingId: null,
};
const last: Progress = { ...progress, finished: true, endingId: 'e1' };

/** A post over real HTTP; `statuses` are the server's replies, the last one repeatedly. */
async function setUp(change: Partial<PostTarget> = {}, statuses: readonly number[] = [200]) {
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  let n = 0;
  const server = await listen((_, reply) => {
    const status = statuses[Math.min(n++, statuses.length - 1)] ?? 200;
    reply.writeHead(status);
    reply.end(status === 200 ? '{"data":{}}' : '{"code":"forbidden"}');
  });
  clean.push(server.close);
  const told: string[] = [];
  const target = { appUrl: server.url, environmentId: 'env', surveyId: 's1', meta: {} };
  const post = startPost(
    { ...target, ...change },
    {
      onDisplayed: () => told.push('displayed'),
      onDelivered: (finished) => told.push(finished ? 'finished' : 'delivered'),
      onRefused: (code) => told.push(code),
    },
  );
  const bodies = () => server.arrived.map(({ path, body }) => ({ path, ...JSON.parse(body) }));
  return { post, told, bodies, arrived: server.arrived };
}

it('sends the display at once, then each answer under the same ids', async () => {
  const { post, told, bodies } = await setUp({ userId: 'mara', singleUseId: 'once' });
  await post.drained();
  post.answer({ data: { q1: 4 }, progress, language: 'de' });
  await post.drained();
  post.answer({ data: { q1: 4, q2: 'x' }, progress: last, language: 'de' });
  await post.drained();
  const [display, first, second] = bodies();
  expect(display).toEqual({
    path: '/api/v1/client/env/displays',
    id: expect.stringMatching(/^[0-9a-z]{25}$/),
    surveyId: 's1',
    userId: 'mara',
  });
  expect(first).toEqual({
    path: '/api/v1/client/env/responses',
    id: expect.stringMatching(/^[0-9a-z]{25}$/),
    seq: 2,
    surveyId: 's1',
    displayId: display?.id,
    userId: 'mara',
    singleUseId: 'once',
    finished: false,
    data: { q1: 4 },
    variables: { v1: 3 },
    ttc: { q1: 900 },
    language: 'de',
    endingId: null,
    meta: {},
  });
  expect(second).toMatchObject({ id: first?.id, seq: 3, finished: true, data: { q1: 4, q2: 'x' } });
  expect(told).toEqual(['displayed', 'delivered', 'finished']);
});

it('names a person by contact id where there is one, by version 2 of the API', async () => {
  const { post, bodies } = await setUp({ contactId: 'c1', userId: 'mara' });
  await post.drained();
  post.answer({ data: {}, progress, language: 'de' });
  await post.drained();
  expect(bodies()).toMatchObject([
    { path: '/api/v2/client/env/displays', contactId: 'c1' },
    { path: '/api/v2/client/env/responses', contactId: 'c1' },
  ]);
  expect(bodies().some((body) => 'userId' in body)).toBe(false);
});

it('tries again until the server has it, and reports it once', async () => {
  const { post, told, arrived } = await setUp({}, [503, 429, 200]);
  await post.drained();
  expect(arrived).toHaveLength(3);
  expect(told).toEqual(['displayed']);
});

it('an answer given while the display is under way is sent, and brings its display', async () => {
  const { post, told, bodies } = await setUp({}, [503, 200]);
  // The request has left when the current task ends.
  await wait(0);
  post.answer({ data: { q1: 1 }, progress: last, language: 'de' });
  await post.drained();
  expect(bodies().map(({ path }) => path)).toEqual([
    '/api/v1/client/env/displays',
    '/api/v1/client/env/responses',
  ]);
  expect(told).toEqual(['displayed', 'finished']);
});

it('a refusal is not tried again, and is reported with its code', async () => {
  const { post, told, arrived } = await setUp({}, [403]);
  await post.drained();
  expect(arrived).toHaveLength(1);
  expect(told).toEqual(['forbidden']);
});

it('what waits is sent when the page goes away, what is under way is not sent twice', async () => {
  const { post, bodies, arrived } = await setUp({}, [503, 200]);
  // The next try is a second away.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  await Promise.resolve();
  post.flush();
  await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(0));
  await wait(100);
  expect(arrived).toHaveLength(1);
  post.answer({ data: { q1: 1 }, progress: last, language: 'de' });
  post.flush();
  await vi.waitFor(() => expect(bodies()[1]).toMatchObject({ seq: 2, data: { q1: 1 } }), { timeout: 500 });
  await post.drained();
  expect(
    new Set(
      bodies()
        .slice(1)
        .map(({ id }) => id),
    ).size,
  ).toBe(1);
});
