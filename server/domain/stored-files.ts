import type { Kysely } from 'kysely';
import {
  LEAST_FILE_BYTES,
  MAX_UNUSED_FILE_MS,
  SWEPT_FILE_MS,
  UPLOAD_TICKET_MS,
} from '../../src/core/limits.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { fileKeysOf } from '../files/file-keys.ts';
import { lockEnvironment } from '../repo/environments.ts';
import { addFileRemovals } from '../repo/file-removals.ts';
import type { ResponseRecord } from '../repo/responses.ts';
import type { Schema } from '../repo/schema.ts';
import {
  claimFiles,
  forgetSweptFiles,
  insertStoredFile,
  listUnmeasuredFiles,
  releaseFiles,
  setStoredBytes,
  sumStoredBytes,
  sweepFiles,
} from '../repo/stored-files.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { hasUploadElements } from './upload-elements.ts';

const CHUNK = 200;
const MINUTE_MS = 60_000;
/** From the permission to the first look for the file: most are uploaded within the time of their ticket. */
const FIRST_LOOK_MS = UPLOAD_TICKET_MS + MINUTE_MS;
/** From the permission to the last look: an upload over a slow line may end long after its ticket. */
const LAST_LOOK_MS = 60 * MINUTE_MS;

/** An upload that is about to be permitted. */
export interface Upload {
  readonly key: string;
  readonly environmentId: string;
  readonly maxBytes: number;
}

/**
 * Records a visitor's upload before it is permitted, since uploads into a bucket don't pass the server. Throws 403 when
 * all that was uploaded to the environment and this file together would exceed the quota.
 */
export async function recordUpload(
  { database, fileQuota, now }: ServerContext,
  { key, environmentId, maxBytes }: Upload,
): Promise<void> {
  const createdAt = now();
  const bytes = toCounted(maxBytes);
  await database.write(async (trx) => {
    await lockEnvironment(trx, environmentId);
    if ((await sumStoredBytes(trx, environmentId)) + bytes > fileQuota) {
      throw new ApiError('forbidden', 'The space for uploaded files is used up', { error: 'QuotaExceeded' });
    }
    await insertStoredFile(trx, {
      key,
      environmentId,
      bytes,
      createdAt,
      measureAt: createdAt + FIRST_LOOK_MS,
    });
  });
}

/** Replaces what was permitted by the size of the stored file. */
export async function measureUpload({ database, files }: ServerContext, key: string): Promise<void> {
  const bytes = toCounted(await files?.size(key));
  await database.write((trx) => setStoredBytes(trx, key, { bytes, measureAt: null }));
}

/**
 * Looks up the sizes of uploads whose time is over, a few hundred at most. One that isn't there counts for nothing, and is
 * looked for once more.
 */
export async function measureUploads({ database, files, now }: ServerContext): Promise<void> {
  if (!files) return;
  for (const { key, createdAt } of await listUnmeasuredFiles(database.read, now(), CHUNK)) {
    const size = await files.size(key);
    const last = createdAt + LAST_LOOK_MS;
    const measureAt = size === undefined && last > now() ? last : null;
    await database.write((trx) => setStoredBytes(trx, key, { bytes: toCounted(size), measureAt }));
  }
}

/**
 * Marks the files that a response names as used, and those that it named before as unused, in the transaction that stores
 * it. Throws 400 that names the element when a file was removed because no answer used it for a day.
 */
export async function useFiles(
  trx: Kysely<Schema>,
  {
    response,
    survey,
    now,
  }: { readonly response: ResponseRecord; readonly survey: SurveyRecord; readonly now: number },
): Promise<void> {
  const keys = fileKeysOf(response);
  if (keys.length === 0 && !hasUploadElements(survey)) return;
  const named = [...keys].sort();
  await releaseFiles(trx, response.id, { named, now });
  const [swept] = await claimFiles(trx, named, response.id);
  if (swept === undefined) return;
  const { environmentId, surveyId, data } = response;
  const element = Object.keys(data).find((id) =>
    fileKeysOf({ environmentId, surveyId, data: { [id]: data[id] } }).includes(swept),
  );
  const details = {
    [`data.${element}`]: 'A file is gone, since no answer used it for a day: upload it again',
  };
  throw badRequest('Invalid file upload response', details);
}

/** Lists uploads that no answer has used for a day for removal. Returns how many there were. */
export async function sweepUploads({ database, now }: ServerContext): Promise<number> {
  let swept = 0;
  for (;;) {
    const at = now();
    const keys = await database.write(async (trx) => {
      const unused = await sweepFiles(trx, { before: at - MAX_UNUSED_FILE_MS, now: at, limit: CHUNK });
      await addFileRemovals(trx, unused);
      return unused;
    });
    swept += keys.length;
    if (keys.length < CHUNK) break;
  }
  await database.write((trx) => forgetSweptFiles(trx, now() - SWEPT_FILE_MS));
  return swept;
}

/** What a file counts for in the quota; nothing where there is none. */
function toCounted(size: number | undefined): number {
  return size === undefined ? 0 : Math.max(size, LEAST_FILE_BYTES);
}
