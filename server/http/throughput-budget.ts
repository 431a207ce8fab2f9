/** Limits for the client's side of a connection. */
export interface ThroughputLimits {
  /** The least average throughput, in bytes per second. */
  readonly minBytesPerSecond: number;
  /** Time budget of a connection: how long it may move nothing at all, in ms. */
  readonly budgetMs: number;
}

/**
 * Returns the time budget that is left of `leftMs`, in ms; at 0 or below the connection is to be closed.
 *
 * Elapsed time is spent from the budget and bytes that moved earn it back, up to `budgetMs`. So a slow but steady client
 * may take as long as it needs, for a large file too, while one that trickles or stalls is closed when its budget is
 * used up, wherever in a body that happens.
 */
export function spendBudget(
  leftMs: number,
  { movedBytes, elapsedMs }: { readonly movedBytes: number; readonly elapsedMs: number },
  { minBytesPerSecond, budgetMs }: ThroughputLimits,
): number {
  const earnedMs = (movedBytes / minBytesPerSecond) * 1000;
  return Math.min(budgetMs, leftMs + earnedMs - elapsedMs);
}
