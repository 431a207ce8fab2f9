/** What a page fetches only when it needs it. */
export interface Chunks {
  /** From the polite moment to the last acknowledgement: when a survey is due or an answer waits. */
  readonly ui: typeof import('../display/index.ts');
  /** The protocol of a server without Inkling's marker. */
  readonly foreign: typeof import('../outbox/formbricks-protocol.ts');
  /** Clicks, scrolls, times and regular expressions: when an action needs them. */
  readonly triggers: typeof import('../triggers/index.ts');
  /** The words for a developer's mistake. */
  readonly advice: typeof import('../debug/advice.ts');
  /** The debug panel. */
  readonly debug: typeof import('../debug/index.ts');
}

/** Fetches a chunk, given the server's address. Rejects when it can't be had. */
export type LoadChunk = <N extends keyof Chunks>(appUrl: string, name: N) => Promise<Chunks[N]>;

/** The content hash in each chunk's file name, set by the build. */
declare const __CHUNKS__: Readonly<Record<keyof Chunks, string>>;

/**
 * Fetches a chunk from beside this script. The address is absolute: a relative `import()` in a classic script of
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
