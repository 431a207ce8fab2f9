import type { Kysely } from 'kysely';
import type { NoCodeConfig } from '../../src/core/survey/document.ts';
import { type ListPage, listOldestFirst } from './list-page.ts';
import type { ActionClassTable, Schema } from './schema.ts';

/** An event on a site that can open a survey (management-api.md 5). */
export interface ActionClassRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly name: string;
  readonly description: string | null;
  readonly type: string;
  readonly key: string | null;
  readonly noCodeConfig: NoCodeConfig | null;
}

/** All action classes of these environments, oldest first. */
export async function listActionClasses(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  page: ListPage = {},
): Promise<readonly ActionClassRecord[]> {
  return (await listOldestFirst(db, 'action_class', environmentIds, page)).map(fromRow);
}

/** Finds an action class by id, in any environment: the caller checks whether its user may see it. */
export async function findActionClass(
  db: Kysely<Schema>,
  id: string,
): Promise<ActionClassRecord | undefined> {
  const row = await db.selectFrom('action_class').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** Stores a new action class, or returns the field whose value another one of the environment already has. */
export async function insertActionClass(
  trx: Kysely<Schema>,
  record: ActionClassRecord,
): Promise<'stored' | 'name-taken' | 'key-taken'> {
  const result = await trx
    .insertInto('action_class')
    .values(toRow(record))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n ? 'stored' : ((await findClash(trx, record)) ?? 'name-taken');
}

/** Replaces an action class, or returns the field whose value another one of the environment already has. */
export async function updateActionClass(
  trx: Kysely<Schema>,
  record: ActionClassRecord,
): Promise<'stored' | 'name-taken' | 'key-taken'> {
  const clash = await findClash(trx, record);
  if (clash) return clash;
  const { id, created_at: _createdAt, ...columns } = toRow(record);
  await trx.updateTable('action_class').set(columns).where('id', '=', id).execute();
  return 'stored';
}

/** Deletes an action class with its survey triggers; the surveys stay. */
export async function deleteActionClass(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('action_class').where('id', '=', id).execute();
}

/** Ids of the surveys that this action opens. */
export async function listTriggeredSurveys(db: Kysely<Schema>, id: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('survey_trigger')
    .select('survey_id')
    .where('action_class_id', '=', id)
    .orderBy('survey_id')
    .execute();
  return rows.map((row) => row.survey_id);
}

async function findClash(
  db: Kysely<Schema>,
  { id, environmentId, name, key }: ActionClassRecord,
): Promise<'name-taken' | 'key-taken' | undefined> {
  const rows = await db
    .selectFrom('action_class')
    .select(['name', 'key'])
    .where('environment_id', '=', environmentId)
    .where('id', '<>', id)
    .where((eb) => eb.or([eb('name', '=', name), ...(key === null ? [] : [eb('key', '=', key)])]))
    .execute();
  if (rows.some((row) => row.name === name)) return 'name-taken';
  return rows.length > 0 ? 'key-taken' : undefined;
}

function fromRow(row: ActionClassTable): ActionClassRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    name: row.name,
    description: row.description,
    type: row.type,
    key: row.key,
    noCodeConfig: row.no_code_config === null ? null : (JSON.parse(row.no_code_config) as NoCodeConfig),
  };
}

function toRow(record: ActionClassRecord): ActionClassTable {
  return {
    id: record.id,
    environment_id: record.environmentId,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    name: record.name,
    description: record.description,
    type: record.type,
    key: record.key,
    no_code_config: record.noCodeConfig === null ? null : JSON.stringify(record.noCodeConfig),
  };
}
