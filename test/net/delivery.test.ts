import { afterEach, expect, it, vi } from 'vitest';
import type { Showing } from '../../src/core/targeting/history.ts';
import { EMPTY_LEDGER, type Ledger, putShowing, waiting } from '../../src/core/targeting/ledger.ts';
import { createDelivery } from '../../src/net/delivery.ts';
import { openRecord } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';
import { type Arrived, listen } from './server.ts';

let clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of clean) await release();
  clean = [];
  vi.restoreAllMocks();
});

const answered = (change: Partial<Showing> = {}) =>
  showing({ seq: 2, ackedSeq: 0, answers: { q1: 'yes' }, ...change });

/** A delivery over real HTTP; `statuses` are what the server answers, the last one for ever. */
async function setUp(list: readonly Showing[], statuses: readonly number[] = [200]) {
  let n = 0;
  const server = await listen((_, reply) => {
    reply.writeHead(statuses[Math.min(n++, statuses.length - 1)] ?? 200);
    reply.end('{"code":"forbidden"}');
  });
  const showings = await openRecord<Ledger>(undefined, 'e/showings', EMPTY_LEDGER);
  for (const one of list) await showings.update((old) => putShowing(old, one));
  const delivered: string[] = [];
  const refused: string[] = [];
  const delivery = createDelivery({
    api: server.url,
    showings,
    takeLock: async () => () => {},
    onDelivered: ({ id }) => delivered.push(id),
    onRefused: ({ id }, code) => refused.push(`${id} ${code}`),
  });
  clean.push(server.close, delivery.stop);
  const bodies = () => server.arrived.map(({ path, body }: Arrived) => ({ path, ...JSON.parse(body) }));
  return { delivery, showings, bodies, delivered, refused, arrived: server.arrived };
}

it('a display alone goes to displays, under the id made here', async () => {
  const { delivery, bodies } = await setUp([showing({ ackedSeq: 0, who: 'u1' })]);
  await delivery.drain();
  expect(bodies()).toEqual([{ path: '/displays', id: 'd1', surveyId: 's1', userId: 'u1' }]);
});

it('an answer brings its display and everything answered so far', async () => {
  const { delivery, bodies } = await setUp([answered({ finished: true, languageCode: 'de-DE' })]);
  await delivery.drain();
  expect(bodies()).toEqual([
    {
      path: '/responses',
      id: 'r1',
      seq: 2,
      surveyId: 's1',
      displayId: 'd1',
      finished: true,
      data: { q1: 'yes' },
      language: 'de-DE',
      meta: { url: 'https://site.test/', action: 'Finished' },
    },
  ]);
});

it('sends oldest first and each once', async () => {
  const { delivery, bodies, delivered } = await setUp(['a', 'b', 'c'].map((id) => answered({ id })));
  await Promise.all([delivery.drain(), delivery.drain(), delivery.drain()]);
  expect(bodies().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(delivered).toEqual(['a', 'b', 'c']);
});

it('an entry leaves the outbox only after its acknowledgement', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { delivery, showings, delivered } = await setUp([answered()], [503]);
  await delivery.drain();
  expect(waiting(showings.value())).toHaveLength(1);
  expect(delivered).toEqual([]);
});

it('tries again by itself', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  const { delivery, showings, arrived } = await setUp([answered()], [503, 429, 200]);
  await delivery.drain();
  await expect.poll(() => waiting(showings.value())).toEqual([]);
  expect(arrived).toHaveLength(3);
});

it('a server that is down is asked once, not once per entry', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { delivery, arrived } = await setUp([answered({ id: 'a' }), answered({ id: 'b' })]);
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('down'));
  await delivery.drain();
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(arrived).toEqual([]);
});

it('one entry that fails doesn’t hold up the others', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { delivery, delivered } = await setUp([answered({ id: 'a' }), answered({ id: 'b' })], [500, 200]);
  await delivery.drain();
  expect(delivered).toEqual(['b']);
});

it('a refusal for good ends it and says why', async () => {
  const { delivery, showings, refused } = await setUp([answered()], [403]);
  await delivery.drain();
  expect(refused).toEqual(['r1 forbidden']);
  expect(showings.value().list[0]).toMatchObject({ refused: 'forbidden' });
  expect(waiting(showings.value())).toEqual([]);
});

it('what is answered while a request is under way goes with the next one', async () => {
  const { delivery, showings, bodies } = await setUp([answered()]);
  const running = delivery.drain();
  await showings.update((old) => putShowing(old, answered({ seq: 3, answers: { q1: 'yes', q2: 5 } })));
  await Promise.all([running, delivery.drain()]);
  expect(bodies().at(-1)).toMatchObject({ seq: 3, data: { q1: 'yes', q2: 5 } });
  expect(waiting(showings.value())).toEqual([]);
});

it('a page that goes away sends what waits, at once and beyond its own life', async () => {
  const { delivery } = await setUp([answered(), showing({ id: 'done' })]);
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));
  delivery.flush();
  expect(sent.mock.calls.map(([, init]) => [init?.keepalive, JSON.parse(`${init?.body}`).id])).toEqual([
    [true, 'r1'],
  ]);
});

it('a page that goes away sends 60,000 bytes at most', async () => {
  const { delivery } = await setUp(
    ['a', 'b'].map((id) => answered({ id, answers: { q1: 'x'.repeat(40_000) } })),
  );
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));
  delivery.flush();
  expect(sent).toHaveBeenCalledTimes(1);
});
