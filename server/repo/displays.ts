import type { Kysely } from 'kysely';
import { compileOnce, isPostgres } from './compiled-query.ts';
import type { DisplayTable, Schema } from './schema.ts';

/** A survey that was shown to a visitor. */
export interface DisplayRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly surveyId: string;
  readonly contactId: string | null;
  readonly createdAt: number;
}

const insertOne = compileOnce<DisplayRecord, { id: string }>((db, value) =>
  db
    .insertInto('display')
    .values({
      id: value('id'),
      environment_id: value('environmentId'),
      survey_id: value('surveyId'),
      contact_id: value('contactId'),
      created_at: value('createdAt'),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id'),
);

const selectOne = compileOnce<{ id: string }, DisplayTable>((db, value) =>
  db.selectFrom('display').selectAll().where('id', '=', value('id')),
);

const selectResponseId = compileOnce<{ id: string }, { id: string }>((db, value) =>
  db.selectFrom('response').select('id').where('display_id', '=', value('id')),
);

/** Stores a display unless its id is known. Returns whether it was stored. */
export async function insertDisplay(trx: Kysely<Schema>, display: DisplayRecord): Promise<boolean> {
  return (await insertOne(trx, display)).length > 0;
}

/** Finds a display by id, in any environment. */
export async function findDisplay(db: Kysely<Schema>, id: string): Promise<DisplayRecord | undefined> {
  const [row] = await selectOne(db, { id });
  return row && fromRow(row);
}

/** Finds a display and locks it until the transaction ends: nothing else can be linked to it meanwhile. */
export async function lockDisplay(trx: Kysely<Schema>, id: string): Promise<DisplayRecord | undefined> {
  const query = trx.selectFrom('display').selectAll().where('id', '=', id);
  // SQLite has one writer at a time anyway.
  const row = await (isPostgres(trx) ? query.forUpdate() : query).executeTakeFirst();
  return row && fromRow(row);
}

/** Links an anonymous display to a contact. */
export async function claimDisplay(trx: Kysely<Schema>, id: string, contactId: string): Promise<void> {
  await trx
    .updateTable('display')
    .set({ contact_id: contactId })
    .where('id', '=', id)
    .where('contact_id', 'is', null)
    .execute();
}

/** The response that belongs to a display. */
export async function findResponseOfDisplay(db: Kysely<Schema>, id: string): Promise<string | undefined> {
  return (await selectResponseId(db, { id }))[0]?.id;
}

/** Deletes displays by id, a few hundred at most. */
export async function deleteDisplays(trx: Kysely<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.deleteFrom('display').where('id', 'in', ids).execute();
}

/** Every display of a contact, newest first. */
export async function listDisplaysOfContact(
  db: Kysely<Schema>,
  contactId: string,
): Promise<readonly DisplayRecord[]> {
  const rows = await db
    .selectFrom('display')
    .selectAll()
    .where('contact_id', '=', contactId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(fromRow);
}

function fromRow(row: DisplayTable): DisplayRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    surveyId: row.survey_id,
    contactId: row.contact_id,
    createdAt: row.created_at,
  };
}
