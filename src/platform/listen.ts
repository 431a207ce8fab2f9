/**
 * Listens on the window for several events (names with spaces between). Returns an unsubscribe function.
 *
 * Passive: no default action of the page is ever prevented. Captured: a page that stops an event hides it only from its own
 * listeners, and events that don't bubble (`mouseleave`, `scroll` of a part of the page) are seen too.
 */
export function listen<E extends Event>(names: string, handler: (event: E) => void): () => void {
  const options = { capture: true, passive: true };
  const each = names.split(' ');
  for (const name of each) addEventListener(name, handler as EventListener, options);
  return () => {
    for (const name of each) removeEventListener(name, handler as EventListener, options);
  };
}
