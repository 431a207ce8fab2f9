import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Showing } from '../../src/core/targeting/history.ts';
import {
  EMPTY_LEDGER,
  type Ledger,
  putShowing,
  summarize,
  waiting,
} from '../../src/core/targeting/ledger.ts';
import type { BeforeSend } from '../../src/net/before-send.ts';
import { createDelivery, type DeliveryDeps } from '../../src/outbox/delivery.ts';
import { wait } from '../../src/platform/wait.ts';
import { openRecord } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';
import { net } from '../net/own-net.ts';
import { type Arrived, listen } from '../net/server.ts';

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

const answered = (change: Partial<Showing> = {}) =>
  showing({ seq: 2, ackedSeq: 0, shownAt: Date.now(), answers: { q1: 'yes' }, ...change });

/** A server's reply: a status with its usual envelope, or a reply with its own text or header. */
type Said = number | { readonly status: number; readonly text?: string; readonly retryAfter?: string };

/** A delivery over real HTTP; `said` are the server's replies, the last one repeatedly. */
async function setUp(
  list: readonly Showing[],
  said: readonly Said[] = [200],
  change: Partial<DeliveryDeps> = {},
) {
  let n = 0;
  const server = await listen((_, reply) => {
    const next = said[Math.min(n++, said.length - 1)] ?? 200;
    const { status, text, retryAfter } = typeof next === 'number' ? { status: next } : next;
    if (retryAfter) reply.setHeader('retry-after', retryAfter);
    reply.writeHead(status);
    reply.end(text ?? (status === 200 ? '{"data":{}}' : '{"code":"forbidden"}'));
  });
  const showings = await openRecord<Ledger>(undefined, 'e/showings', EMPTY_LEDGER);
  await showings.update(() => ({ v: 1, list }));
  const delivered: string[] = [];
  const refused: string[] = [];
  const delivery = createDelivery({
    net,
    api: server.url,
    showings,
    takeLock: async () => () => {},
    usesInklingProtocol: () => true,
    loadForeign: () => Promise.reject(new Error('not needed')),
    contactId: () => undefined,
    onDelivered: ({ id }) => delivered.push(id),
    onRefused: ({ id }, code) => refused.push(`${id} ${code}`),
    ...change,
  });
  clean.push(server.close, delivery.stop);
  const bodies = () => server.arrived.map(({ path, body }: Arrived) => ({ path, ...JSON.parse(body) }));
  return { delivery, showings, bodies, delivered, refused, arrived: server.arrived };
}

/** Records the durations of all timers, ms. */
function watchTimers() {
  const set = vi.spyOn(globalThis, 'setTimeout');
  return () => set.mock.calls.map(([, ms]) => ms ?? 0);
}

it('a display alone is posted to displays, under the id made on the device', async () => {
  const { delivery, bodies } = await setUp([showing({ ackedSeq: 0, who: 'u1', shownAt: Date.now() })]);
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

it('sends the oldest first and each once', async () => {
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

it('tries again without being asked', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  const { delivery, showings, arrived } = await setUp([answered()], [503, 429, 200]);
  await delivery.drain();
  await expect.poll(() => waiting(showings.value())).toEqual([]);
  expect(arrived).toHaveLength(3);
});

it('a server that is down gets one request, not one per entry', async () => {
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

it('a refusal ends the delivery of an entry, and its code is stored', async () => {
  const { delivery, showings, refused } = await setUp([answered()], [403]);
  await delivery.drain();
  expect(refused).toEqual(['r1 forbidden']);
  expect(showings.value().list[0]).toMatchObject({ refused: 'forbidden' });
  expect(waiting(showings.value())).toEqual([]);
});

it('an answer given while a request is under way is sent with the next one', async () => {
  const { delivery, showings, bodies } = await setUp([answered()]);
  const running = delivery.drain();
  await showings.update((old) => putShowing(old, answered({ seq: 3, answers: { q1: 'yes', q2: 5 } })));
  await Promise.all([running, delivery.drain()]);
  expect(bodies().at(-1)).toMatchObject({ seq: 3, data: { q1: 'yes', q2: 5 } });
  expect(waiting(showings.value())).toEqual([]);
});

it('a page that goes away sends what waits at once, with keepalive', async () => {
  const { delivery } = await setUp([answered(), showing({ id: 'done' })]);
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));
  delivery.flush();
  expect(sent.mock.calls.map(([, init]) => [init?.keepalive, JSON.parse(`${init?.body}`).id])).toEqual([
    [true, 'r1'],
  ]);
});

it('a page that goes away sends 60,000 bytes at most with keepalive', async () => {
  const { delivery } = await setUp(
    ['a', 'b', 'c'].map((id) => answered({ id, answers: { q1: 'x'.repeat(id === 'c' ? 10 : 40_000) } })),
  );
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));
  delivery.flush();
  expect(sent.mock.calls.map(([, init]) => init?.keepalive)).toEqual([true, false, true]);
});

it('a request that the browser refuses with keepalive is sent without it the next time', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { delivery, delivered } = await setUp([answered()]);
  const { fetch } = globalThis;
  const alive: unknown[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    alive.push(init.keepalive);
    return init.keepalive ? Promise.reject(new TypeError('quota')) : fetch(url, init);
  });
  await delivery.drain();
  await expect.poll(() => delivered).toEqual(['r1']);
  expect(alive).toEqual([true, false]);
});

it('what waits for a retry is sent when the page goes away', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { delivery } = await setUp([answered()], [503]);
  await delivery.drain();
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));
  delivery.flush();
  expect(sent.mock.calls.map(([, init]) => init?.keepalive)).toEqual([true]);
});

it.each<Said>([
  { status: 200, text: '<!doctype html><h1>Welcome to our hotel</h1>' },
  { status: 200, text: '' },
  { status: 200, text: '{}' },
  { status: 413 },
  { status: 403, text: '<h1>Blocked</h1>' },
])('%j is neither an acknowledgement nor a refusal: the answer waits and arrives later', async (said) => {
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  const { delivery, delivered, refused } = await setUp([answered()], [said, 200]);
  await delivery.drain();
  expect([delivered, refused]).toEqual([[], []]);
  await expect.poll(() => delivered).toEqual(['r1']);
});

describe('the next try', () => {
  const WEEK = 7 * 86_400_000;

  it.each<[name: string, said: Said, online: boolean, ms: number]>([
    ['comes after a random part of two seconds', 503, true, 1_000],
    ['comes after the seconds of Retry-After', { status: 503, retryAfter: '9' }, true, 9_000],
    ['comes after the Retry-After of a 429', { status: 429, retryAfter: '9' }, true, 9_000],
    ['comes after 5 minutes at most', { status: 429, retryAfter: '86400' }, true, 300_000],
    ['comes after half a minute while the browser reports to be offline', 503, false, 30_000],
  ])('%s', async (_name, said, online, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    vi.stubGlobal('navigator', { onLine: online });
    const { delivery } = await setUp([answered()], [said]);
    const waits = watchTimers();
    await delivery.drain();
    expect(waits()).toContain(ms);
  });

  it('comes at the date of Retry-After', async () => {
    const retryAfter = new Date(Date.now() + 60_000).toUTCString();
    const { delivery } = await setUp([answered()], [{ status: 503, retryAfter }]);
    const waits = watchTimers();
    await delivery.drain();
    expect(Math.max(...waits())).toBeGreaterThan(50_000);
    expect(Math.max(...waits())).toBeLessThanOrEqual(60_000);
  });

  it('comes at once for a new answer, even if the browser reports to be offline', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    const { delivery, delivered } = await setUp([answered()]);
    await delivery.drain();
    expect(delivered).toEqual(['r1']);
  });

  it('does not come before the time of Retry-After, whatever is answered meanwhile', async () => {
    const { delivery, arrived } = await setUp([answered()], [{ status: 429, retryAfter: '60' }]);
    await delivery.drain();
    await delivery.drain();
    expect(arrived).toHaveLength(1);
  });

  it('comes at once after a plain failure when the browser is online again or there is a new answer', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { delivery, delivered } = await setUp([answered()], [503, 200]);
    await delivery.drain();
    await delivery.drain();
    expect(delivered).toEqual(['r1']);
  });

  it('comes later with each failure, but not with a 429 that has Retry-After', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.4);
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 10_000;
      return now;
    });
    const limited: Said = { status: 429, retryAfter: '0.001' };
    const { delivery } = await setUp([answered()], [limited, limited, limited, 503, 503]);
    const waits = watchTimers();
    for (let i = 0; i < 5; i++) await delivery.drain();
    expect(waits().filter((ms) => [400, 800, 1_600].includes(ms))).toEqual([400, 400, 400, 800, 1_600]);
  });

  it('a 429 holds for all that waits: the others are not tried against it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { delivery, arrived } = await setUp([answered({ id: 'a' }), answered({ id: 'b' })], [429]);
    await delivery.drain();
    expect(arrived).toHaveLength(1);
  });

  it('does not come once delivery is stopped', async () => {
    const { delivery, arrived } = await setUp([answered()], [503]);
    vi.spyOn(Math, 'random').mockReturnValue(0.01);
    const running = delivery.drain();
    delivery.stop();
    await running;
    await wait(100);
    expect(arrived).toHaveLength(1);
  });

  it('does not come 7 days after the survey was shown: the entry is dropped and reported', async () => {
    const { delivery, showings, arrived, refused } = await setUp([
      answered({ id: 'old', shownAt: Date.now() - WEEK - 1_000 }),
      answered({ id: 'young', shownAt: Date.now() - WEEK + 60_000 }),
    ]);
    await delivery.drain();
    expect(refused).toEqual(['old expired']);
    expect(arrived).toHaveLength(1);
    expect(showings.value().list.map(summarize)).toMatchObject([
      { id: 'old', delivered: true, refused: 'expired' },
      { id: 'young', delivered: true, refused: undefined },
    ]);
  });

  it('beyond two million characters the oldest entry is dropped and reported', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const big = ['a', 'b', 'c'].map((id) => answered({ id, answers: { q1: 'x'.repeat(900_000) } }));
    const { delivery, showings, refused } = await setUp(big, [503]);
    await delivery.drain();
    expect(refused).toEqual(['a full']);
    expect(waiting(showings.value()).map(({ id }) => id)).toEqual(['b', 'c']);
  });
});

it('an error in a function it calls ends the run, not the delivery', async () => {
  let isBroken = true;
  const { delivery, delivered } = await setUp([answered()], [200], {
    takeLock: async () => {
      if (isBroken) throw new Error('broken');
      return () => {};
    },
  });
  await delivery.drain();
  expect(delivered).toEqual([]);
  isBroken = false;
  await delivery.drain();
  expect(delivered).toEqual(['r1']);
});

it('sends nothing while the kind of server is unknown', async () => {
  let usesInklingProtocol: boolean | undefined;
  const { delivery, arrived, delivered } = await setUp([answered()], [200], {
    usesInklingProtocol: () => usesInklingProtocol,
  });
  await delivery.drain();
  delivery.flush();
  expect(arrived).toEqual([]);
  usesInklingProtocol = true;
  await delivery.drain();
  expect(delivered).toEqual(['r1']);
});

it('the code for a server without the marker is loaded when it is needed, and again when that failed', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  let tries = 0;
  const seen: string[] = [];
  const { delivery, delivered } = await setUp([answered()], [200], {
    usesInklingProtocol: () => false,
    loadForeign: async () => {
      if (tries++ === 0) throw new Error('chunk is gone');
      return {
        startFormbricksProtocol:
          ({ api, post }) =>
          ({ id }, keepalive) => {
            seen.push(id);
            return post(`${api}/theirs`, {}, 'response', keepalive);
          },
      };
    },
  });
  await delivery.drain();
  await expect.poll(() => delivered).toEqual(['r1']);
  expect([tries, seen]).toEqual([2, ['r1']]);
});

describe('beforeSend', () => {
  it('changes what is sent, also while the page goes away', async () => {
    const beforeSend: BeforeSend = (body) => ({ ...body, data: { q1: 'removed' } });
    const { delivery, bodies } = await setUp([answered()], [200], { beforeSend });
    delivery.flush();
    await expect.poll(bodies).toMatchObject([{ id: 'r1', data: { q1: 'removed' } }]);
  });

  it('a dropped body is never sent, not kept, and not reported as a problem', async () => {
    const { delivery, showings, arrived, delivered, refused } = await setUp([answered()], [200], {
      beforeSend: () => false,
    });
    await delivery.drain();
    await delivery.drain();
    expect([arrived, delivered, refused]).toEqual([[], [], []]);
    expect(showings.value().list[0]).not.toHaveProperty('answers');
    expect(showings.value().list.map(summarize)).toMatchObject([{ delivered: true, refused: 'before-send' }]);
  });

  it('a display that was dropped doesn’t drop the answer', async () => {
    const { delivery, showings, delivered, bodies } = await setUp(
      [answered({ seq: 1, closed: false })],
      [200],
      { beforeSend: (_, kind) => (kind === 'display' ? null : undefined) },
    );
    await delivery.drain();
    await showings.update((old) => putShowing(old, answered({ seq: 2, closed: false })));
    await delivery.drain();
    expect(bodies()).toMatchObject([{ path: '/responses', seq: 2 }]);
    expect(delivered).toEqual(['r1']);
    expect(showings.value().list[0]?.refused).toBeUndefined();
  });

  it('a body on which it throws is kept for later and does not hold up the others', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.01);
    const errors: unknown[] = [];
    const collect = (error: unknown) => void errors.push(error);
    process.prependListener('uncaughtException', collect);
    const others = process.listeners('uncaughtException').filter((listener) => listener !== collect);
    for (const listener of others) process.off('uncaughtException', listener);
    clean.push(() => {
      process.off('uncaughtException', collect);
      for (const listener of others) process.on('uncaughtException', listener);
    });
    let n = 0;
    const { delivery, delivered } = await setUp([answered({ id: 'a' }), answered({ id: 'b' })], [200], {
      beforeSend: () => {
        if (n++ === 0) throw new Error('the page’s bug');
      },
    });
    await delivery.drain();
    expect(delivered).toEqual(['b']);
    await expect.poll(() => delivered).toEqual(['b', 'a']);
    expect(errors).toMatchObject([{ message: 'the page’s bug' }]);
  });
});

it('listeners are called when an entry was acknowledged or refused, and at the end of a run', async () => {
  const { delivery, showings } = await setUp([answered({ id: 'a' }), answered({ id: 'b' })], [200, 403]);
  const seen: number[] = [];
  const stop = delivery.watch(() => seen.push(waiting(showings.value()).length));
  await delivery.drain();
  expect(seen).toEqual([1, 0, 0]);
  stop();
  await showings.update((old) => putShowing(old, answered({ id: 'c' })));
  await delivery.drain();
  expect(seen).toHaveLength(3);
});
