/** Options of `createPacer`. */
export interface PacerOptions {
  /** Length of the pause after a piece of work, as a multiple of the time that the work took. */
  readonly pauses: number;
  /** Shortest pause, in ms. Default: none. */
  readonly leastMs?: number;
  /** Default: the monotonic clock, in ms. */
  readonly now?: () => number;
}

/**
 * Makes a queue for work that would hold up the event loop: one piece after another, each followed by a pause in which
 * everything else runs. What a caller does between the promise that it gets and its next wait for anything outside of the
 * process counts as the piece.
 */
export function createPacer({
  pauses,
  leastMs = 0,
  now = () => performance.now(),
}: PacerOptions): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let isBusy = false;

  function startNext(): void {
    const start = waiting.shift();
    isBusy = start !== undefined;
    if (!start) return;
    const began = now();
    start();
    setImmediate(() => setTimeout(startNext, Math.max(leastMs, (now() - began) * pauses)));
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!isBusy) startNext();
    });
}
