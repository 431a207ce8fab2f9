import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_REPLY, type Reply } from '../../src/net/request.ts';
import { createRefresh } from '../../src/session/refresh.ts';
import { fakeClock, pass, START } from './support.ts';

beforeEach(fakeClock);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const failed = (change: Partial<Reply> = {}): Reply => ({ ...NO_REPLY, status: 503, ...change });

/** A refresh whose runs fail as the list says, the last entry again and again; undefined: a run that succeeds. */
function setUp(...outcomes: readonly (Reply | undefined)[]) {
  const runs: number[] = [];
  const failures: number[] = [];
  let finish = (): void => {};
  let isSlow = false;
  const [scheduleSync, refresh] = createRefresh(
    async () => {
      const outcome = outcomes[Math.min(runs.length, outcomes.length - 1)];
      runs.push(Date.now() - START);
      if (isSlow)
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      return [undefined, outcome];
    },
    (status) => failures.push(status),
  );
  return {
    ...refresh,
    ...{ scheduleSync, runs, failures },
    slow: () => {
      isSlow = true;
    },
    finish: () => finish(),
  };
}

/** Fixes the jitter: 0 is the shortest delay, nearly 1 the longest. */
const dice = (value: number) => vi.spyOn(Math, 'random').mockReturnValue(value);

describe('one run at a time', () => {
  it('is shared by all who ask for it', async () => {
    const { sync, runs, slow, finish } = setUp(undefined);
    slow();
    const both = Promise.all([sync(), sync()]);
    await pass();
    finish();
    await both;
    expect(runs).toEqual([0]);
    void sync();
    expect(runs).toEqual([0, 0]);
  });

  it('calls of one macrotask make one', async () => {
    const { scheduleSync, runs } = setUp(undefined);
    const all = Promise.all([scheduleSync(), scheduleSync(), Promise.resolve().then(scheduleSync)]);
    expect(runs).toEqual([]);
    await pass();
    await all;
    expect(runs).toEqual([0]);
    void scheduleSync();
    await pass();
    expect(runs).toEqual([0, 0]);
  });

  it('a call during a run makes another one after it', async () => {
    const { sync, scheduleSync, runs, slow, finish } = setUp(undefined);
    slow();
    void sync();
    void scheduleSync();
    await pass();
    expect(runs).toEqual([0]);
    finish();
    await pass();
    expect(runs).toEqual([0, 0]);
  });

  it('a run that throws does not block the next one', async () => {
    let n = 0;
    const [, { sync }] = createRefresh(
      async () => {
        if (n++ === 0) throw new Error('a bug');
        return [];
      },
      () => {},
    );
    await sync();
    await sync();
    expect(n).toBe(2);
  });
});

describe('settling', () => {
  it('waits for the run that is scheduled, then for its own', async () => {
    const { scheduleSync, settle, runs } = setUp(undefined);
    void scheduleSync();
    const settled = settle();
    await pass();
    await settled;
    expect(runs.length).toBeGreaterThan(0);
  });

  it('waits 5 s at most', async () => {
    const { settle, slow } = setUp(undefined);
    slow();
    const story = { isOver: false };
    void settle().then(() => {
      story.isOver = true;
    });
    await pass(4_999);
    expect(story.isOver).toBe(false);
    await pass(1);
    expect(story.isOver).toBe(true);
  });
});

describe('after a failure', () => {
  it.each([
    ['the longest wait doubles with each failure', 0.999999, [0, 2_000, 6_000, 14_000]],
    ['half of it is waited with a middling dice', 0.5, [0, 1_000, 3_000, 7_000]],
  ])('%s', async (_name, value, times) => {
    dice(value);
    const { sync, runs } = setUp(failed());
    void sync();
    await pass(14_000);
    expect(runs).toEqual(times);
  });

  it('nothing is asked before the retry is due, and the retry comes by itself', async () => {
    dice(0.5);
    const { sync, runs } = setUp(failed(), undefined);
    await sync();
    await pass(999);
    await sync();
    expect(runs).toEqual([0]);
    await pass(1);
    expect(runs).toEqual([0, 1_000]);
    await pass(3_600_000);
    expect(runs).toEqual([0, 1_000]);
  });

  it('the wait that the server asks for is the least, and 5 minutes of it are obeyed', async () => {
    dice(0);
    const { sync, runs } = setUp(
      failed({ retryAfterMs: 30_000 }),
      failed({ retryAfterMs: 3_600_000 }),
      undefined,
    );
    void sync();
    await pass(3_600_000);
    expect(runs).toEqual([0, 30_000, 330_000]);
  });

  it('after five failures it is asked every ten to twenty minutes', async () => {
    dice(0);
    const { sync, runs } = setUp(failed());
    void sync();
    await pass(1_300_000);
    const waits = runs.map((at, i) => at - (runs[i - 1] ?? 0));
    // The shortest waits before that are a timer's 1 ms.
    expect(waits.map((ms) => (ms > 1 ? ms : 0))).toEqual([0, 0, 0, 0, 0, 0, 600_000, 600_000]);
  });

  it('only the first one in a row is reported, with its status', async () => {
    dice(0.5);
    const { sync, failures } = setUp(failed({ status: 404 }), failed(), undefined, failed());
    void sync();
    await pass(3_000);
    expect(failures).toEqual([404]);
    await sync();
    expect(failures).toEqual([404, 503]);
  });

  it('a timer that fires early asks all the same', async () => {
    dice(0.5);
    const { sync, runs } = setUp(failed(), undefined);
    await sync();
    // The clock is set back: the retry would be due in an hour by it.
    vi.setSystemTime(START - 3_600_000);
    await pass(1_000);
    expect(runs).toHaveLength(2);
  });

  it('a request that comes after the due time, before the timer, takes its place', async () => {
    dice(0.5);
    const { sync, runs } = setUp(failed(), undefined);
    await sync();
    // The page slept: the clock has moved, the timer hasn't.
    vi.setSystemTime(START + 10_000);
    await sync();
    expect(runs).toEqual([0, 10_000]);
  });

  it('is forgotten after a success', async () => {
    dice(0.5);
    const { sync, runs } = setUp(failed(), failed(), undefined, failed(), undefined);
    void sync();
    await pass(3_000);
    expect(runs).toEqual([0, 1_000, 3_000]);
    await sync();
    await pass(1_000);
    expect(runs).toEqual([0, 1_000, 3_000, 3_000, 4_000]);
  });
});

describe('stopped', () => {
  it('no retry comes and nothing more is asked', async () => {
    dice(0.5);
    const { sync, stop, runs } = setUp(failed());
    await sync();
    stop();
    await pass(3_600_000);
    await sync();
    expect(runs).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a run that fails afterwards sets no timer', async () => {
    const { sync, stop, slow, finish } = setUp(failed());
    slow();
    void sync();
    await pass();
    stop();
    finish();
    await pass();
    expect(vi.getTimerCount()).toBe(0);
  });
});
