/** Wraps a loader so that it runs at the first call only; later calls get the same value, a rejected promise included. */
export function once<T>(load: () => T): () => T {
  let loaded: { readonly value: T } | undefined;
  return () => {
    loaded ??= { value: load() };
    return loaded.value;
  };
}
