const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
const QUICK_TRIES = 5;
const SLOW_MS = 600_000;

/**
 * How long to wait before trying again, in ms: full jitter under a doubling ceiling of 5 minutes at most. What the
 * server asked for (`Retry-After`, ms) is a floor, itself capped at 5 minutes.
 *
 * @param failures how many attempts have failed in a row, at least 1
 * @param dice uniform in [0, 1)
 */
export function retryDelay(failures: number, dice: number, askedMs = 0): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return Math.max(Math.min(askedMs, LONGEST_MS), Math.round(ceiling * dice));
}

/**
 * How long to wait before asking for the state again, in ms: like any retry for the first five failures, then every ten
 * to twenty minutes. A page that is set up wrongly stays open for days.
 */
export function stateRetryDelay(failures: number, dice: number, askedMs: number): number {
  return failures > QUICK_TRIES ? SLOW_MS * (1 + dice) : retryDelay(failures, dice, askedMs);
}

/** Reads a `Retry-After` header, seconds or a date, as ms from now. 0 when there is none to obey. */
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
