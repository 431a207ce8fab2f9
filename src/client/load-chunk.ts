/** The chunks, which a page fetches only when it needs them. */
export interface Chunks {
  /** Opening surveys and delivering answers: when a survey is due or an answer waits. */
  readonly ui: typeof import('../display/index.ts');
  /** The protocol of a server without Inkling's marker. */
  readonly foreign: typeof import('../outbox/formbricks-protocol.ts');
  /** Clicks, scrolls, times and regular expressions: when an action needs them. */
  readonly triggers: typeof import('../triggers/index.ts');
  /** Advice on a developer's mistake. */
  readonly advice: typeof import('../debug/advice.ts');
  /** The debug panel. */
  readonly debug: typeof import('../debug/index.ts');
}

/** Fetches a chunk, given the server's address. Rejects when it can't be loaded. */
export type LoadChunk = <N extends keyof Chunks>(appUrl: string, name: N) => Promise<Chunks[N]>;

/** The content hash in each chunk's file name, set by the build. */
declare const __CHUNKS__: Readonly<Record<keyof Chunks, string>>;

/**
 * Fetches a chunk from the folder beside this script, whose address `base` is, with a slash at its end. The address is absolute: a relative `import()` in a classic script of
 * another origin fails in Chromium. A hashed file that is gone after a deploy falls back once to the unversioned one.
 */
export const loadChunk: LoadChunk = async (base, name) => {
  const file = `${base}chunks/${name}`;
  try {
    return await import(/* @vite-ignore */ `${file}-${__CHUNKS__[name]}.js`);
  } catch {
    return import(/* @vite-ignore */ `${file}.js`);
  }
};
