import type { Kysely } from 'kysely';
import type { LanguageTable, Schema } from './schema.ts';

/** A language of an environment; each survey lists those it is written in. */
export interface LanguageRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly code: string;
  readonly alias: string | null;
}

/** All languages of these environments. */
export async function listLanguages(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
): Promise<readonly LanguageRecord[]> {
  const rows = await db
    .selectFrom('language')
    .selectAll()
    .where('environment_id', 'in', environmentIds)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** Creates the language of this code in the environment, or sets the alias of the existing one. */
export async function upsertLanguage(trx: Kysely<Schema>, record: LanguageRecord): Promise<LanguageRecord> {
  const row = await trx
    .insertInto('language')
    .values({
      id: record.id,
      environment_id: record.environmentId,
      created_at: record.createdAt,
      updated_at: record.updatedAt,
      code: record.code,
      alias: record.alias,
    })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'code']).doUpdateSet({ alias: record.alias }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromRow(row);
}

function fromRow(row: LanguageTable): LanguageRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    code: row.code,
    alias: row.alias,
  };
}
