import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRIVATE_FOLDER } from './private-access.ts';

/**
 * Makes a folder and its parents, one by one: `mkdirSync` with `recursive` never returns where a file system answers
 * ENOENT, as /proc does. Only their owner may enter those that it makes, whatever the umask.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, PRIVATE_FOLDER);
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!existsSync(path)) throw error;
    return;
  }
  chmodSync(path, PRIVATE_FOLDER);
}
