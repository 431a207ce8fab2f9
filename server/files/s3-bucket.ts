import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';
import { MAX_FILE_BYTES, requireFileKey, requireKeyPrefix } from './file-address.ts';
import type { ByteRange, Draft, FileStore, OpenFile, StoreOptions } from './file-store.ts';
import { receiveUpload } from './receive-upload.ts';
import type { S3Address } from './s3-address.ts';
import { TICKET_MS } from './upload-ticket.ts';

/** Uploads lie here until they are looked at; no environment id starts with a dot. */
const UPLOADS = '.uploads/';
/** A service that hangs holds a reader up no longer than this. */
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 30_000 };
const PACKAGES = '@aws-sdk/client-s3 @aws-sdk/s3-presigned-post';

/**
 * Opens a bucket as a file store. Clients upload straight into it, where nobody can look at the bytes: an upload lies
 * apart, and is checked and kept when it is first asked for. One that is not what its name says is deleted instead.
 *
 * Credentials are the SDK's matter. Rejects when the SDK or a region is missing; whether the bucket can be reached is
 * tried behind the start and told to `onProblem`, since answers must be taken without it too.
 */
export async function openS3Bucket(address: S3Address, { onProblem }: StoreOptions): Promise<FileStore> {
  const { sdk, createPresignedPost } = await loadSdk();
  const { bucket: Bucket, prefix, endpoint, isPathStyle } = address;
  // Services that are not Amazon's have one region, mostly called this.
  const region = address.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const client = new sdk.S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: isPathStyle,
    requestHandler: TIMEOUTS,
    // Only Amazon's own service knows the newer ones.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  await client.config.region();
  client
    .send(new sdk.HeadBucketCommand({ Bucket }))
    .catch((error: unknown) => onProblem?.(`the bucket of FILES_URL cannot be reached: ${nameOf(error)}`));

  const sizeOf = async (Key: string): Promise<number | undefined> =>
    (await ifThere(client.send(new sdk.HeadObjectCommand({ Bucket, Key }))))?.ContentLength;
  const bytesAt = async function* (Key: string, Range?: string): AsyncGenerator<Uint8Array> {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key, Range }));
    yield* Body as AsyncIterable<Uint8Array>;
  };
  const remove = (Key: string): Promise<unknown> => client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));

  /** Looks at an upload that nobody has looked at, keeps or deletes it. */
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
        Expires: TICKET_MS / 1000,
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

/** The SDK is an optional dependency: it is as large as all others together, and most keep files in a folder. */
async function loadSdk() {
  // Which Node to run is our matter; a start that fails prints one line.
  // biome-ignore lint/style/noProcessEnv: the SDK is told so in no other way
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

/** A file in the system's temporary folder, readable by nobody else; `keep` gets its path. */
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
    // Nothing is open before the first byte is asked for.
    close: async () => undefined,
  };
}

function extensionOf(key: string): FileExtension {
  return key.slice(key.lastIndexOf('.') + 1) as FileExtension;
}

async function ifThere<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey')) return undefined;
    throw error;
  }
}

/** The kind of an error alone: its message and what hangs on it may quote keys and signatures. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
