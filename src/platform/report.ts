/**
 * Writes one line to the console: for a mistake of the page's developer, never for a failure of a visitor's network
 * (architecture.md 1). The only place that writes there. Never throws.
 */
export function reportMistake(message: string): void {
  try {
    console.error(`[inkling] ${message}`);
  } catch {
    // a page may have removed the console
  }
}
