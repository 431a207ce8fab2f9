import type { Chunk } from './presenter.ts';

/** The renderer's file name with its content hash, set by the build. */
declare const __UI_CHUNK__: string;

/**
 * Loads the renderer from beside this script. The address is absolute: a relative `import()` in a classic script of
 * another origin fails in Chromium. A hashed file that is gone after a deploy falls back once to the unversioned one.
 */
export async function loadChunk(base: string): Promise<Chunk> {
  try {
    return await import(/* @vite-ignore */ `${base}chunks/${__UI_CHUNK__}`);
  } catch {
    return import(/* @vite-ignore */ `${base}chunks/ui.js`);
  }
}
