/** How slow the other end of a connection may be. */
export interface Pace {
  /** What it must move on average, in bytes per second. */
  readonly minBytesPerSecond: number;
  /** How long it may move nothing at all. */
  readonly patienceMs: number;
}

/**
 * Decides how much longer a connection may be waited for, in ms; nothing left means that it is to be closed.
 *
 * Time passing uses patience up and bytes that moved give it back, up to a full measure. So a slow line that is steady
 * may take as long as it needs, for a large file too, while one that drips or stands still is closed at once when its
 * patience is gone, wherever in a body that happens.
 */
export function spendPatience(
  leftMs: number,
  { movedBytes, elapsedMs }: { readonly movedBytes: number; readonly elapsedMs: number },
  { minBytesPerSecond, patienceMs }: Pace,
): number {
  const earnedMs = (movedBytes / minBytesPerSecond) * 1000;
  return Math.min(patienceMs, leftMs + earnedMs - elapsedMs);
}
