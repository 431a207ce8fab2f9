import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

const CHUNK = 500;

/** Queues files for removal, in the transaction that deletes what they belonged to. */
export async function addFileRemovals(trx: Kysely<Schema>, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += CHUNK) {
    await trx
      .insertInto('file_removal')
      .values(keys.slice(start, start + CHUNK).map((key) => ({ key })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Files that are queued for removal. */
export async function listFileRemovals(db: Kysely<Schema>): Promise<readonly string[]> {
  const rows = await db.selectFrom('file_removal').select('key').orderBy('key').limit(CHUNK).execute();
  return rows.map(({ key }) => key);
}

/** Takes removed files off the queue. */
export async function deleteFileRemovals(trx: Kysely<Schema>, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await trx.deleteFrom('file_removal').where('key', 'in', keys).execute();
}
