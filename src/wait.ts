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
