/** Runs work that must not throw into the page. False when it threw. */
export function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
