import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { MAX_FILE_BYTES, UPLOAD_TICKET_MS } from '../../src/core/limits.ts';
import { FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';
import { requireFileKey, requireKeyPrefix } from './file-address.ts';
import type { ByteRange, Draft, FileStore, OpenFile, StoreOptions } from './file-store.ts';
import { receiveUpload } from './receive-upload.ts';
import type { S3Address } from './s3-address.ts';

/** Prefix of uploads that haven't been checked; no environment id starts with a dot. */
const UPLOADS = '.uploads/';
/** Limits on how long a service that hangs may delay a reader, in ms. */
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 30_000 };
const PACKAGES = '@aws-sdk/client-s3 @aws-sdk/s3-presigned-post';

/**
 * Opens a bucket as a file store. Clients upload straight into it, where the server doesn't see the bytes: an upload is
 * stored under a prefix of its own, and is checked and moved when it is first requested. One whose content doesn't fit
 * its name is deleted instead.
 *
 * The SDK finds the credentials. Rejects when the SDK or a region is missing; whether the bucket can be reached is
 * checked in the background and reported to `onProblem`, since responses must be accepted without it too.
 */
export async function openS3Bucket(address: S3Address, { onProblem }: StoreOptions): Promise<FileStore> {
  const { sdk, createPresignedPost } = await loadSdk();
  const { bucket: Bucket, prefix, endpoint, isPathStyle } = address;
  // Services other than Amazon's have one region, which most call this.
  const region = address.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const client = new sdk.S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: isPathStyle,
    requestHandler: TIMEOUTS,
    // Only Amazon's own service supports the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  await client.config.region();
  client
    .send(new sdk.HeadBucketCommand({ Bucket }))
    .catch((error: unknown) => onProblem?.(`the bucket of FILES_URL cannot be reached: ${nameOf(error)}`));

  const sizeOf = async (Key: string): Promise<number | undefined> =>
    (await ifFound(client.send(new sdk.HeadObjectCommand({ Bucket, Key }))))?.ContentLength;
  const bytesAt = async function* (Key: string, Range?: string): AsyncGenerator<Uint8Array> {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key, Range }));
    yield* Body as AsyncIterable<Uint8Array>;
  };
  const remove = (Key: string): Promise<unknown> => client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));

  /** Checks an upload that hasn't been checked, and keeps or deletes it. */
  const settle = async (key: string): Promise<void> => {
    const at = prefix + UPLOADS + key;
    if ((await sizeOf(at)) === undefined) return;
    const extension = extensionOf(key);
    const received = await receiveUpload(store, {
      key,
      extension,
      maxBytes: MAX_FILE_BYTES,
      bytes: bytesAt(at),
    });
    if (received !== 'kept') onProblem?.(`deleted an upload that is no ${extension}: ${received}`);
    await remove(at);
  };

  const store: FileStore = {
    async permit(key, maxBytes) {
      const { url, fields } = await createPresignedPost(client, {
        Bucket,
        Key: prefix + UPLOADS + requireFileKey(key),
        Expires: UPLOAD_TICKET_MS / 1000,
        Conditions: [['content-length-range', 0, maxBytes]],
        Fields: { 'Content-Type': FILE_TYPES[extensionOf(key)], success_action_status: '201' },
      });
      return { url, fields };
    },
    draft: () =>
      openDraft(async (key, path) => {
        const Key = prefix + requireFileKey(key);
        if ((await sizeOf(Key)) !== undefined) return false;
        const ContentType = FILE_TYPES[extensionOf(key)];
        // From memory, so that it can be sent again.
        const Body = await readFile(path);
        await client.send(
          new sdk.PutObjectCommand({ Bucket, Key, Body, ContentType, ContentDisposition: 'attachment' }),
        );
        return true;
      }),
    async open(key) {
      const at = prefix + requireFileKey(key);
      let size = await sizeOf(at);
      if (size === undefined) {
        await settle(key);
        size = await sizeOf(at);
      }
      return size === undefined ? undefined : toOpenFile(size, (range) => bytesAt(at, range));
    },
    async size(key) {
      return (await sizeOf(prefix + requireFileKey(key))) ?? (await sizeOf(prefix + UPLOADS + key));
    },
    async remove(key) {
      const places = [prefix + requireFileKey(key), prefix + UPLOADS + key];
      const sizes = await Promise.all(places.map(sizeOf));
      await Promise.all(places.map(remove));
      return sizes.some((size) => size !== undefined);
    },
    async *list(start) {
      requireKeyPrefix(start);
      const seen = new Set<string>();
      for (const place of [prefix, prefix + UPLOADS]) {
        const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: place + start });
        for await (const { Contents = [] } of pages) {
          for (const { Key = '' } of Contents) seen.add(Key.slice(place.length));
        }
      }
      yield* seen;
    },
  };
  return store;
}

/**
 * The SDK is an optional dependency: it is as large as all others together, and most installations keep files in a
 * folder.
 */
async function loadSdk() {
  // The SDK's warning about the version of Node would be a second line where a failed start prints one.
  // biome-ignore lint/style/noProcessEnv: the SDK reads this setting from nowhere else
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    const [sdk, { createPresignedPost }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-presigned-post'),
    ]);
    return { sdk, createPresignedPost };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw error;
    throw new Error(`s3:// needs a package that is not installed: npm install ${PACKAGES}`);
  }
}

/** Opens a draft in the system's temporary folder, readable by this user only; `keep` is called with its path. */
async function openDraft(keep: (key: string, path: string) => Promise<boolean>): Promise<Draft> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-draft-'));
  const path = join(folder, 'file');
  await writeFile(path, '');
  return {
    path,
    write: (bytes) => appendFile(path, bytes),
    keep: (key) => keep(key, path),
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

function toOpenFile(size: number, bytes: (range?: string) => AsyncGenerator<Uint8Array>): OpenFile {
  const toHeader = ({ start, end }: ByteRange): string => `bytes=${start}-${end}`;
  return {
    size,
    read: (range) =>
      Readable.toWeb(Readable.from(bytes(range && toHeader(range)))) as ReadableStream<Uint8Array>,
    // Nothing is open before the first byte is requested.
    close: async () => undefined,
  };
}

function extensionOf(key: string): FileExtension {
  return key.slice(key.lastIndexOf('.') + 1) as FileExtension;
}

async function ifFound<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey')) return undefined;
    throw error;
  }
}

/** The code or name of an error: its message and other properties may quote keys and signatures. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
