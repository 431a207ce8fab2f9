import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Reads from a table of our own, so that it resolves only where the database can really serve. */
export async function pingDatabase(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('environment').select('id').limit(1).execute();
}
