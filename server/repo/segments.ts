import type { Kysely } from 'kysely';
import { type ListPage, listOldestFirst } from './list-page.ts';
import type { Schema, SegmentTable } from './schema.ts';

/** A group of contacts, defined by filters (client-api.md 5). */
export interface SegmentRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly title: string;
  readonly description: string | null;
  /** A private segment belongs to one survey and is deleted with it. */
  readonly isPrivate: boolean;
  readonly filters: readonly unknown[];
}

/** All segments of an environment, oldest first. */
export async function listSegments(
  db: Kysely<Schema>,
  environmentId: string,
): Promise<readonly SegmentRecord[]> {
  const rows = await db
    .selectFrom('segment')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** The segments of these environments, oldest first. */
export async function listSegmentsOf(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  page: ListPage,
): Promise<readonly SegmentRecord[]> {
  return (await listOldestFirst(db, 'segment', environmentIds, page)).map(fromRow);
}

/** The segments of these ids. */
export async function findSegments(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<readonly SegmentRecord[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('segment').selectAll().where('id', 'in', ids).execute();
  return rows.map(fromRow);
}

/** Finds a segment of the environment by its title. */
export async function findSegmentByTitle(
  db: Kysely<Schema>,
  environmentId: string,
  title: string,
): Promise<SegmentRecord | undefined> {
  const row = await db
    .selectFrom('segment')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('title', '=', title)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Stores a segment or replaces the one of its id. */
export async function saveSegment(trx: Kysely<Schema>, record: SegmentRecord): Promise<void> {
  const row: SegmentTable = {
    id: record.id,
    environment_id: record.environmentId,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    title: record.title,
    description: record.description,
    is_private: record.isPrivate ? 1 : 0,
    filters: JSON.stringify(record.filters),
  };
  const { id: _id, environment_id: _environmentId, created_at: _createdAt, ...changed } = row;
  await trx
    .insertInto('segment')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
    .execute();
}

/** Deletes a segment; surveys that used it have none from then on. */
export async function deleteSegment(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('segment').where('id', '=', id).execute();
}

function fromRow(row: SegmentTable): SegmentRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    title: row.title,
    description: row.description,
    isPrivate: row.is_private === 1,
    filters: JSON.parse(row.filters) as unknown[],
  };
}
