import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A visitor's upload that was just permitted. */
export interface PermittedFile {
  readonly key: string;
  readonly environmentId: string;
  /** What it counts for until it is measured. */
  readonly bytes: number;
  readonly createdAt: number;
  /** When its size is looked up. */
  readonly measureAt: number;
}

/** Records an upload. */
export async function insertStoredFile(trx: Kysely<Schema>, file: PermittedFile): Promise<void> {
  await trx
    .insertInto('stored_file')
    .values({
      key: file.key,
      environment_id: file.environmentId,
      bytes: file.bytes,
      response_id: null,
      created_at: file.createdAt,
      measure_at: file.measureAt,
      swept_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What all files of an environment count for. */
export async function sumStoredBytes(db: Kysely<Schema>, environmentId: string): Promise<number> {
  const { sum } = await db
    .selectFrom('stored_file')
    .select((eb) => eb.fn.sum<number | string | null>('bytes').as('sum'))
    .where('environment_id', '=', environmentId)
    .where('bytes', '>', 0)
    .executeTakeFirstOrThrow();
  return Number(sum ?? 0);
}

/** Files whose size is to be looked up, those that wait longest first. */
export async function listUnmeasuredFiles(
  db: Kysely<Schema>,
  now: number,
  limit: number,
): Promise<readonly Pick<PermittedFile, 'key' | 'createdAt'>[]> {
  const rows = await db
    .selectFrom('stored_file')
    .select(['key', 'created_at'])
    .where('measure_at', '<=', now)
    .orderBy('measure_at')
    .limit(limit)
    .execute();
  return rows.map(({ key, created_at: createdAt }) => ({ key, createdAt }));
}

/** Stores what a file counts for, and when to look again; null for never. */
export async function setStoredBytes(
  trx: Kysely<Schema>,
  key: string,
  { bytes, measureAt }: { readonly bytes: number; readonly measureAt: number | null },
): Promise<void> {
  await trx
    .updateTable('stored_file')
    .set({ bytes, measure_at: measureAt })
    .where('key', '=', key)
    .where('swept_at', 'is', null)
    .execute();
}

/**
 * Marks files as used by a response and returns those that were swept before. A sweep at the same moment takes effect
 * either before, and is seen here, or not at all.
 */
export async function claimFiles(
  trx: Kysely<Schema>,
  keys: readonly string[],
  responseId: string,
): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  await trx
    .updateTable('stored_file')
    .set({ response_id: responseId })
    .where('key', 'in', keys)
    .where('response_id', 'is', null)
    .where('swept_at', 'is', null)
    .execute();
  const swept = await trx
    .selectFrom('stored_file')
    .select('key')
    .where('key', 'in', keys)
    .where('swept_at', 'is not', null)
    .execute();
  return swept.map(({ key }) => key);
}

/** Marks the files that a response has used, except those that it still names, as unused from now on. */
export async function releaseFiles(
  trx: Kysely<Schema>,
  responseId: string,
  { named, now }: { readonly named: readonly string[]; readonly now: number },
): Promise<void> {
  const used = trx
    .updateTable('stored_file')
    .set({ response_id: null, created_at: now })
    .where('response_id', '=', responseId);
  await (named.length === 0 ? used : used.where('key', 'not in', named)).execute();
}

/** Marks files that no response has used since an instant as swept and returns them. */
export async function sweepFiles(
  trx: Kysely<Schema>,
  { before, now, limit }: { readonly before: number; readonly now: number; readonly limit: number },
): Promise<readonly string[]> {
  const old = trx
    .selectFrom('stored_file')
    .select('key')
    .where('created_at', '<', before)
    .where('response_id', 'is', null)
    .where('swept_at', 'is', null)
    .orderBy('created_at')
    .limit(limit);
  const rows = await trx
    .updateTable('stored_file')
    .set({ swept_at: now, bytes: 0, measure_at: null })
    .where('key', 'in', old)
    .where('response_id', 'is', null)
    .where('swept_at', 'is', null)
    .returning('key')
    .execute();
  return rows.map(({ key }) => key);
}

/** Forgets files that were swept before an instant. */
export async function forgetSweptFiles(trx: Kysely<Schema>, before: number): Promise<void> {
  await trx.deleteFrom('stored_file').where('swept_at', '<', before).execute();
}

/** Forgets files that were removed for another reason. */
export async function deleteStoredFiles(trx: Kysely<Schema>, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await trx.deleteFrom('stored_file').where('key', 'in', keys).where('swept_at', 'is', null).execute();
}
