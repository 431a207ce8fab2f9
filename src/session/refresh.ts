import { stateRetryDelay } from '../core/retry-delay.ts';
import type { Reply } from '../net/request.ts';
import { atMost, wait } from '../platform/wait.ts';

/** A decision waits at most this long for an identification that is under way. */
const SETTLE_MS = 5_000;

/** When the server is asked. No promise of it rejects. */
export interface Refresh {
  /** Requests whatever has expired. Shares a run that is under way; does nothing while a retry is pending. */
  readonly sync: () => Promise<void>;
  /** `sync`, after one that is scheduled; waits at most 5 s. */
  readonly settle: () => Promise<void>;
  /** Stops asking, retries included. */
  readonly stop: () => void;
}

/**
 * Decides when the server is asked: one run at a time, one per macrotask, and after a failure a retry with backoff,
 * full jitter and the server's `Retry-After` as its floor (architecture.md 5.1). `scheduleSync` is `sync` in the next
 * macrotask, so that all calls of this one make one request.
 *
 * @param ask requests whatever has expired; returns the replies that failed, undefined for those that didn't
 * @param onFailed called for the first failure in a row, with its status; 0 without an answer
 */
export function createRefresh(
  ask: () => Promise<readonly (Reply | undefined)[]>,
  onFailed: (status: number) => void,
): readonly [scheduleSync: () => Promise<void>, refresh: Refresh] {
  let running: Promise<void> | undefined;
  let scheduled: Promise<void> | undefined;
  let failures = 0;
  let retryAt = 0;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const retryLater = (failed: readonly Reply[]): void => {
    const asked = Math.max(...failed.map((reply) => reply.retryAfterMs));
    const delay = stateRetryDelay(failures, Math.random(), asked);
    retryAt = Date.now() + delay;
    clearTimeout(timer);
    if (isStopped) return;
    timer = setTimeout(() => {
      // Compared with the clock, a timer may be a moment early, or hours.
      retryAt = 0;
      void sync();
    }, delay);
  };

  const run = async (): Promise<void> => {
    if (isStopped || Date.now() < retryAt) return;
    const failed = (await ask()).flatMap((reply) => reply ?? []);
    const [first] = failed;
    retryAt = 0;
    if (first) {
      if (failures++ === 0) onFailed(first.status);
      retryLater(failed);
    } else failures = 0;
  };

  /** Not in a `finally` of the promise, which some pages' promises don't have. */
  const end = (): void => {
    running = undefined;
  };

  const sync = (): Promise<void> => {
    running ??= run().then(end, end);
    return running;
  };

  const scheduleSync = (): Promise<void> => {
    scheduled ??= wait().then(async () => {
      scheduled = undefined;
      await running;
      await sync();
    });
    return scheduled;
  };

  return [
    scheduleSync,
    {
      sync,
      settle: () => atMost(SETTLE_MS, Promise.resolve(scheduled).then(sync)),
      stop: () => {
        isStopped = true;
        clearTimeout(timer);
      },
    },
  ];
}
