import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Which part of a list is wanted; undefined means no bound. */
export interface ListPage {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Tables whose rows belong to one environment and are listed in the order they were made. */
type Listed = 'action_class' | 'contact' | 'segment' | 'webhook';

/** A page of what these environments have in a table, oldest first. */
export async function listOldestFirst<T extends Listed>(
  db: Kysely<Schema>,
  table: T,
  environmentIds: readonly string[],
  { limit, offset }: ListPage = {},
): Promise<readonly Schema[T][]> {
  const { rows } = await sql<Schema[T]>`
    select * from ${sql.table(table)} where environment_id in (${sql.join(environmentIds)})
    order by created_at, id limit ${limit ?? Number.MAX_SAFE_INTEGER} offset ${offset ?? 0}`.execute(db);
  return rows;
}
