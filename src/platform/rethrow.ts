/**
 * Throws an error in a task of its own: a mistake of the page's own code reaches the page's error handling, and stops
 * nothing of ours.
 */
export function rethrow(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
