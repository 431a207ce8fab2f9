import { chmodSync, closeSync, fchmodSync, openSync, statSync } from 'node:fs';

/** Permissions of what the server makes, whatever the umask: its owner only. */
export const PRIVATE_FILE = 0o600;
/** The same for a folder. */
export const PRIVATE_FOLDER = 0o700;

const ANYBODY = 0o007;

/** Makes an empty file that only its owner may open. Does nothing when there is a file already. */
export function makePrivateFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', PRIVATE_FILE);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  fchmodSync(file, PRIVATE_FILE);
  closeSync(file);
}

/**
 * Takes what this user has made away from everybody else, if anybody on the machine may open it. Access of the group
 * alone was given on purpose and stays. Does nothing where nothing is found or the file system has no permissions.
 */
export function closeToOthers(path: string, mode: typeof PRIVATE_FILE | typeof PRIVATE_FOLDER): void {
  try {
    const found = statSync(path);
    if (found.uid === process.getuid?.() && (found.mode & ANYBODY) !== 0) chmodSync(path, mode);
  } catch {
    // Missing, or not ours to change: a stricter server can't help it, and it must start all the same.
  }
}
