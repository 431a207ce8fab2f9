/**
 * Throws an error in a task of its own: a mistake in the page's own code reaches the page's error handling and doesn't
 * stop the caller.
 */
export function rethrow(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
