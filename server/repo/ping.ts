import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * As many bytes as the pages that storing an answer with its display touches: where the disk is full, a small write may
 * still find room that no answer would.
 */
const PROBE_BYTES = 24 * 1024;

/** Reads from one of our tables, so that it resolves only when the database can answer queries. */
export async function pingDatabase(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('environment').select('id').limit(1).execute();
}

/** Stores a few pages in place of those of the last time, so that it resolves only when a write was made durable. */
export async function storeProbe(database: Database): Promise<void> {
  // Random, so that PostgreSQL does not compress it.
  const content = randomBytes(PROBE_BYTES).toString('base64');
  await database.write((trx) =>
    trx
      .insertInto('probe')
      .values({ id: 1, content })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ content }))
      .execute(),
  );
}
