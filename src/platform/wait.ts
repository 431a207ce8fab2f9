/** Milliseconds of a clock that can't be set; of the device's clock where a page has another object named `performance`. */
export function uptime(): number {
  return performance.now?.() ?? Date.now();
}

/** Resolves after `ms`. */
export function wait(ms?: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * Waits for work, at most `ms`; whether it is done by then must be read elsewhere. Rejects if the work does in time. Leaves
 * no timer behind.
 */
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
