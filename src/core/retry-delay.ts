const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
const QUICK_TRIES = 5;
const SLOW_MS = 600_000;

/**
 * Milliseconds to wait before the next attempt: exponential backoff with full jitter, 5 minutes at most. The server's
 * `Retry-After` (`askedMs`) is the minimum, itself capped at 5 minutes.
 *
 * @param failures number of attempts that have failed in a row, at least 1
 * @param dice uniform in [0, 1)
 */
export function retryDelay(failures: number, dice: number, askedMs = 0): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return Math.max(Math.min(askedMs, LONGEST_MS), Math.round(ceiling * dice));
}

/**
 * Milliseconds to wait before the environment and the user state are requested again: `retryDelay` for the first five
 * failures, then ten to twenty minutes, since a page with a wrong setup may stay open for days.
 */
export function stateRetryDelay(failures: number, dice: number, askedMs: number): number {
  return failures > QUICK_TRIES ? SLOW_MS * (1 + dice) : retryDelay(failures, dice, askedMs);
}

/** Reads a `Retry-After` header, seconds or a date, as ms from now. 0 when it is absent, unreadable or in the past. */
export function retryAfterMs(
  header: string | null,
  now: number,
  parseDate: (text: string) => number,
): number {
  if (!header) return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? parseDate(header) - now : seconds * 1000;
  return Math.max(0, ms || 0);
}
