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

/** Waits for work, but `ms` at most. What the work is good for by then shows elsewhere. Leaves no timer behind. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
