import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { FileExtension } from '../../src/wire/file-types.ts';
import { type ContentProblem, findContentProblem } from './check-content.ts';
import type { FileStore } from './file-store.ts';

/** Result of an upload. */
export type Received = 'kept' | 'too-large' | 'taken' | ContentProblem;

/** Bytes as they arrive, or all at once. */
export type UploadBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** An upload under way. */
export interface Upload {
  readonly key: string;
  readonly extension: FileExtension;
  readonly maxBytes: number;
  readonly bytes: UploadBytes;
}

/**
 * Streams an upload into the store and keeps it once it is complete, unless it is too large or its content doesn't fit
 * its extension. The same upload twice is kept once and acknowledged twice. Rejects when its bytes end in an error;
 * none of them is kept then.
 */
export async function receiveUpload(
  store: FileStore,
  { key, extension, maxBytes, bytes }: Upload,
): Promise<Received> {
  const draft = await store.draft();
  try {
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > maxBytes) return 'too-large';
      await draft.write(chunk);
    }
    const problem = await findContentProblem(draft.path, extension);
    if (problem) return problem;
    if (await draft.keep(key)) return 'kept';
    return (await isSameFile(store, key, draft.path)) ? 'kept' : 'taken';
  } finally {
    await draft.discard();
  }
}

async function isSameFile(store: FileStore, key: string, path: string): Promise<boolean> {
  const present = await store.open(key);
  if (!present) return false;
  const [kept, arrived] = await Promise.all([toHash(present.read()), toHash(createReadStream(path))]);
  return kept === arrived;
}

async function toHash(bytes: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(bytes as AsyncIterable<Uint8Array>, hash);
  return hash.digest('hex');
}
