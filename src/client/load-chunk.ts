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

/**
 * Fetches a chunk. Rejects when it can't be loaded.
 *
 * @param base the folder to look in; for a client, the address that `setup` was given
 * @param other the folder to look in when it isn't there
 */
export type LoadChunk = <N extends keyof Chunks>(base: string, name: N, other?: string) => Promise<Chunks[N]>;

/** The content hash in each chunk's file name, set by the build. */
declare const __CHUNKS__: Readonly<Record<keyof Chunks, string>>;

/** The folder that served a chunk, by the one that should have. */
const served: Record<string, string> = {};

/**
 * Fetches a chunk from `chunks/` in the folder beside this script, or where that has none (a copy of the script alone)
 * in the server's: once one of them has served a chunk, the other is asked no more. Both are addresses with a slash at
 * their end: a relative `import()` in a classic script of another origin fails in Chromium. A hashed file that is gone
 * after a deploy falls back once to the unversioned one.
 */
export const loadChunk: LoadChunk = async (base, name, other = base) => {
  const folders = new Set([served[base] ?? base, other]);
  let problem: unknown;
  for (const hash of [`-${__CHUNKS__[name]}`, '']) {
    for (const folder of folders) {
      try {
        const chunk = await import(/* @vite-ignore */ `${folder}chunks/${name}${hash}.js`);
        served[base] = folder;
        return chunk;
      } catch (error) {
        problem = error;
      }
    }
  }
  throw problem;
};
