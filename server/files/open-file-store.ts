import { fileURLToPath } from 'node:url';
import type { FileStore, StoreOptions } from './file-store.ts';
import { openLocalFolder } from './local-folder.ts';
import { readS3Address } from './s3-address.ts';

/**
 * Opens the store that `FILES_URL` names: `file:` and a folder, which is created when it is missing, or `s3:` and a
 * bucket. Rejects when nothing can be written in the folder, or the bucket's SDK is not installed.
 */
export async function openFileStore(url: string, options: StoreOptions = {}): Promise<FileStore> {
  if (url.startsWith('s3:')) {
    const address = readS3Address(url);
    const { openS3Bucket } = await import('./s3-bucket.ts');
    return openS3Bucket(address, options);
  }
  return openLocalFolder(fileFolderOf(url) ?? '');
}

/** The folder that `FILES_URL` names; undefined for a bucket. */
export function fileFolderOf(url: string): string | undefined {
  if (url.startsWith('s3:')) return undefined;
  return url.startsWith('file:///') ? fileURLToPath(url) : url.slice('file:'.length);
}
