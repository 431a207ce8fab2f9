/** Milliseconds of a clock that nobody sets; of the device's, where a page calls something else `performance`. */
export function uptime(): number {
  return performance.now?.() ?? Date.now();
}

/** Resolves after `ms`. */
export function wait(ms?: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Waits for work, but `ms` at most. What the work is good for by then shows elsewhere. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, wait(ms)]);
}
