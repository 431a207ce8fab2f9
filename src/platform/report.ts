/**
 * The only place that writes to the console: one line for a developer's mistake in the page, never for what visitors'
 * networks do (design.md 1).
 */
export function reportMistake(message: string): void {
  try {
    console.error(`[inkling] ${message}`);
  } catch {
    // a page may have taken the console away
  }
}
