import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_REPLY, type Reply } from '../../src/net/request.ts';
import { createSendQueue, type Outbox, type Queued } from '../../src/outbox/send-queue.ts';
import { wait } from '../../src/platform/wait.ts';
import { net } from '../net/own-net.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { onLine: true });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const reply = (status: number, retryAfterMs = 0): Reply => ({
  ...NO_REPLY,
  status,
  retryAfterMs,
  body: status === 200 ? { data: {} } : { code: 'forbidden' },
});
const OK = reply(200);
const DOWN = reply(503);
const BUSY = reply(429);

/** An outbox whose items are settled by their ids; it counts its rounds. */
function openList(...ids: string[]) {
  const items = ids.map((id): Queued => ({ id, seq: 1 }));
  const settled: string[] = [];
  const rounds = { begun: 0, trimmed: 0 };
  const settle = ({ id, seq }: Queued, how: string): void => {
    settled.push(`${id} ${how}`);
    const at = items.findIndex((one) => one.id === id && one.seq === seq);
    if (at >= 0) items.splice(at, 1);
  };
  const outbox: Outbox<Queued> = {
    waiting: () => [...items],
    acknowledge: async (item) => settle(item, 'acknowledged'),
    refuse: async (item, code) => settle(item, code),
    refresh: async () => {
      rounds.begun++;
    },
    trim: async () => {
      rounds.trimmed++;
    },
  };
  return { outbox, items, settled, rounds };
}

/** A queue over a list; `replies` are what the server answers after `ms`, the last one repeatedly. */
function setUp(
  ids: readonly string[],
  replies: readonly Reply[],
  { ms = 0, offlineMs = 0, isBusy = false } = {},
) {
  const list = openList(...ids);
  const began = Date.now();
  const sent: [id: string, at: number, keepalive: boolean, isLeaving?: boolean][] = [];
  const lock = { isBusy, held: 0 };
  let n = 0;
  const queue = createSendQueue({
    ...{ outbox: list.outbox, net, offlineMs },
    send: async ({ id }, keepalive, isLeaving) => {
      sent.push(isLeaving ? [id, Date.now() - began, keepalive, true] : [id, Date.now() - began, keepalive]);
      const next = replies[Math.min(n++, replies.length - 1)] ?? OK;
      if (ms > 0) await wait(ms);
      return next;
    },
    takeLock: async () => {
      if (lock.isBusy) return undefined;
      lock.held++;
      return () => {
        lock.held--;
      };
    },
  });
  return { ...list, queue, sent, lock, times: () => sent.map(([, at]) => at) };
}

describe('backoff', () => {
  it('the wait doubles with each failed round', async () => {
    const { queue, times } = setUp(['a'], [DOWN]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(times()).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
  });

  it('the wait starts small again after a round in which everything was sent', async () => {
    const { queue, items, times } = setUp(['a'], [DOWN, DOWN, OK, DOWN, OK]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(3_000);
    items.push({ id: 'b', seq: 1 });
    await queue.drain();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(times()).toEqual([0, 1_000, 3_000, 3_000, 4_000]);
  });

  it('several failures of one round count as one', async () => {
    const { queue, times } = setUp(['a', 'b', 'c'], [DOWN]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times()).toEqual([0, 0, 0, 1_000, 1_000, 1_000]);
  });

  it('Retry-After holds the queue until its time is over, whoever asks it to drain', async () => {
    const { queue, times } = setUp(['a'], [reply(503, 9_000), OK]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(5_000);
    await queue.drain();
    expect(times()).toEqual([0]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(times()).toEqual([0, 9_000]);
  });

  it('a 429 with Retry-After does not raise the wait of a later failure', async () => {
    const { queue, times } = setUp(['a'], [reply(429, 100), reply(429, 100), DOWN, OK]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(10_000);
    // Half of one second twice, then half of the two seconds of a first failure.
    expect(times()).toEqual([0, 500, 1_000, 2_000]);
  });

  it('a 429 without Retry-After is a failure like any other', async () => {
    const { queue, times } = setUp(['a'], [BUSY, BUSY, OK]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(times()).toEqual([0, 1_000, 3_000]);
  });

  it('a browser that believes to be offline waits for the least time given, and tries all the same', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    const { queue, times } = setUp(['a'], [NO_REPLY, OK], { offlineMs: 30_000 });
    await queue.drain();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(times()).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(times()).toEqual([0, 30_000]);
  });

  it('no try follows once it is stopped', async () => {
    const { queue, times } = setUp(['a'], [DOWN]);
    await queue.drain();
    queue.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(times()).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a round', () => {
  it('sends in order, and each result goes to the outbox', async () => {
    const { queue, settled, rounds } = setUp(['a', 'b', 'c'], [OK, reply(403), OK]);
    await queue.drain();
    expect(settled).toEqual(['a acknowledged', 'b forbidden', 'c acknowledged']);
    expect(rounds).toEqual({ begun: 1, trimmed: 0 });
  });

  it.each([
    ['no answer', NO_REPLY],
    ['a limit', BUSY],
  ])('%s ends it: what is behind waits too', async (_name, first) => {
    const { queue, sent, rounds } = setUp(['a', 'b'], [first]);
    await queue.drain();
    expect(sent.map(([id]) => id)).toEqual(['a']);
    expect(rounds.trimmed).toBe(1);
  });

  it('another failure does not hold up what is behind', async () => {
    const { queue, settled } = setUp(['a', 'b'], [DOWN, OK]);
    await queue.drain();
    expect(settled).toEqual(['b acknowledged']);
  });

  it('goes without keepalive after a failure: a browser may have refused that', async () => {
    const { queue, sent } = setUp(['a'], [NO_REPLY, OK]);
    await queue.drain();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map(([, , keepalive]) => keepalive)).toEqual([true, false]);
  });
});

describe('one at a time', () => {
  it('calls that come during a run share it; what was added meanwhile goes in a second round', async () => {
    const { queue, items, sent, lock, rounds } = setUp(['a'], [OK], { ms: 100 });
    const first = queue.drain();
    await vi.advanceTimersByTimeAsync(50);
    items.push({ id: 'b', seq: 1 });
    await queue.drain();
    expect(sent).toHaveLength(1);
    expect(lock.held).toBe(1);
    await vi.advanceTimersByTimeAsync(150);
    await first;
    expect(sent.map(([id]) => id)).toEqual(['a', 'b']);
    expect([lock.held, rounds.begun]).toEqual([0, 2]);
  });

  it('looks again after two seconds while another tab has the lock', async () => {
    const { queue, sent, lock } = setUp(['a'], [OK], { isBusy: true });
    await queue.drain();
    await vi.advanceTimersByTimeAsync(1_999);
    lock.isBusy = false;
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(1);
  });

  it('takes no lock while nothing waits', async () => {
    const { queue, rounds } = setUp([], [OK]);
    await queue.drain();
    expect(rounds.begun).toBe(0);
  });
});

describe('a page that goes away', () => {
  it('sends at once what is not under way, and only that', async () => {
    const { queue, items, sent } = setUp(['a'], [OK], { ms: 100 });
    void queue.drain();
    await vi.advanceTimersByTimeAsync(10);
    items.push({ id: 'b', seq: 1 });
    queue.flush();
    expect(sent.slice(1)).toEqual([['b', 10, true, true]]);
  });

  it('sends an item again whose older content is under way', async () => {
    const { queue, items, sent } = setUp(['a'], [OK], { ms: 100 });
    void queue.drain();
    await vi.advanceTimersByTimeAsync(10);
    items.splice(0, 1, { id: 'a', seq: 2 });
    queue.flush();
    expect(sent.slice(1)).toEqual([['a', 10, true, true]]);
  });

  it('sends again what is under way without keepalive: that request ends with the page', async () => {
    const { queue, sent } = setUp(['a'], [DOWN], { ms: 100 });
    void queue.drain();
    await vi.advanceTimersByTimeAsync(1_150);
    expect(sent).toHaveLength(2);
    queue.flush();
    expect(sent.slice(2)).toEqual([['a', 1_150, true, true]]);
  });
});
