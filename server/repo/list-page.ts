import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** The requested part of a list; undefined means no bound. */
export interface ListPage {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Tables whose rows belong to one environment and are listed in the order of their creation. */
type Listed = 'action_class' | 'contact' | 'segment' | 'webhook';

/** A page of a table's rows of these environments, oldest first. */
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
