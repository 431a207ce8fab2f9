/** Listens to several events of an element. Returns an unsubscribe function. */
export function listenTo(
  box: HTMLElement,
  types: readonly string[],
  handle: (event: Event) => void,
): () => void {
  for (const type of types) box.addEventListener(type, handle);
  return () => {
    for (const type of types) box.removeEventListener(type, handle);
  };
}
