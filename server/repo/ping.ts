import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Reads from one of our tables, so that it resolves only when the database can answer queries. */
export async function pingDatabase(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('environment').select('id').limit(1).execute();
}
