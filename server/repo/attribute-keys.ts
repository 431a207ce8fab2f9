import type { Kysely } from 'kysely';
import type { ListPage } from './list-page.ts';
import { newId } from './new-id.ts';
import type { AttributeKeyTable, Schema } from './schema.ts';

/** Type by which an attribute's values are compared; an owner may change it. */
export type AttributeType = 'string' | 'number' | 'date';

/** A named attribute of contacts (client-api.md 4.1). */
export interface AttributeKey {
  readonly id: string;
  readonly environmentId: string;
  readonly key: string;
  readonly dataType: AttributeType;
}

/** An attribute key as its owner sees it. */
export interface AttributeKeyRecord extends AttributeKey {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly name: string | null;
  readonly description: string | null;
  /** Whether every environment has it from its start. */
  readonly isDefault: boolean;
  readonly isUnique: boolean;
  /** Whether the owner has made it, and not an identification. */
  readonly isOwned: boolean;
  /** A flag of the older API; stored and never read. */
  readonly isArchived: boolean;
}

const DEFAULT_KEYS = [
  { key: 'userId', name: 'User Id', isUnique: true, description: 'The user id of a contact' },
  { key: 'email', name: 'Email', isUnique: true, description: 'The email of a contact' },
  { key: 'firstName', name: 'First Name', isUnique: false, description: "Your contact's first name" },
  { key: 'lastName', name: 'Last Name', isUnique: false, description: "Your contact's last name" },
  {
    key: 'language',
    name: 'Language',
    isUnique: false,
    description: 'The language preference of a contact',
  },
] as const;

/** All attribute keys of an environment. */
export function listAttributeKeys(
  db: Kysely<Schema>,
  environmentId: string,
): Promise<readonly AttributeKeyRecord[]> {
  return listKeysOf(db, [environmentId]);
}

/** The attribute keys of these environments, oldest first. */
export async function listKeysOf(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  { limit, offset, leaveOut }: ListPage & { readonly leaveOut?: string } = {},
): Promise<readonly AttributeKeyRecord[]> {
  const query = db.selectFrom('attribute_key').selectAll().where('environment_id', 'in', environmentIds);
  const rows = await (leaveOut === undefined ? query : query.where('key', '<>', leaveOut))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit ?? Number.MAX_SAFE_INTEGER)
    .offset(offset ?? 0)
    .execute();
  return rows.map(fromRow);
}

/** Finds a key by id, in any environment: the caller checks whether its user may see it. */
export async function findAttributeKey(
  db: Kysely<Schema>,
  id: string,
): Promise<AttributeKeyRecord | undefined> {
  const row = await db.selectFrom('attribute_key').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** Stores a new key unless the environment has one of its name. Returns whether it was stored. */
export async function insertAttributeKey(trx: Kysely<Schema>, record: AttributeKeyRecord): Promise<boolean> {
  const result = await trx
    .insertInto('attribute_key')
    .values(toRow(record))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Replaces a key unless another one of the environment has its new name. Returns whether it was replaced. */
export async function updateAttributeKey(trx: Kysely<Schema>, record: AttributeKeyRecord): Promise<boolean> {
  const { id, created_at: _createdAt, environment_id: environmentId, ...columns } = toRow(record);
  const other = await trx
    .selectFrom('attribute_key')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('key', '=', record.key)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (other) return false;
  await trx.updateTable('attribute_key').set(columns).where('id', '=', id).execute();
  return true;
}

/** Deletes a key with every contact's value under it. */
export async function deleteAttributeKey(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('attribute_key').where('id', '=', id).execute();
}

/** Stores the keys that every environment has for a new one. */
export async function insertDefaultKeys(
  trx: Kysely<Schema>,
  environmentId: string,
  now: number,
): Promise<void> {
  const rows = DEFAULT_KEYS.map(({ key, name, isUnique, description }) => ({
    ...newRow(environmentId, { key, dataType: 'string' }, now),
    name,
    description,
    type: 'default',
    is_unique: isUnique ? 1 : 0,
    owned: 1,
  }));
  await trx
    .insertInto('attribute_key')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Makes those of these keys that are missing, as an identification does, and returns all as stored: a concurrent request
 * may have made one with another type.
 */
export async function ensureKeys(
  trx: Kysely<Schema>,
  environmentId: string,
  wanted: { readonly keys: readonly { key: string; dataType: AttributeType }[]; readonly now: number },
): Promise<readonly AttributeKey[]> {
  const { keys, now } = wanted;
  if (keys.length === 0) return [];
  await trx
    .insertInto('attribute_key')
    .values(keys.map((key) => newRow(environmentId, key, now)))
    .onConflict((conflict) => conflict.columns(['environment_id', 'key']).doNothing())
    .execute();
  const rows = await trx
    .selectFrom('attribute_key')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where(
      'key',
      'in',
      keys.map(({ key }) => key),
    )
    .execute();
  return rows.map(fromRow);
}

function newRow(
  environmentId: string,
  { key, dataType }: { readonly key: string; readonly dataType: AttributeType },
  now: number,
): AttributeKeyTable {
  return {
    id: newId(now),
    environment_id: environmentId,
    created_at: now,
    updated_at: now,
    key,
    name: toTitle(key),
    description: null,
    type: 'custom',
    data_type: dataType,
    is_unique: 0,
    archived: 0,
    owned: 0,
  };
}

/** Default name of a key: `job_title` → `Job Title`. */
export function toTitle(key: string): string {
  const words = key.split('_').filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

function fromRow(row: AttributeKeyTable): AttributeKeyRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    key: row.key,
    dataType: row.data_type as AttributeType,
    name: row.name,
    description: row.description,
    isDefault: row.type === 'default',
    isUnique: row.is_unique === 1,
    isArchived: row.archived === 1,
    isOwned: row.owned === 1,
  };
}

function toRow(record: AttributeKeyRecord): AttributeKeyTable {
  return {
    id: record.id,
    environment_id: record.environmentId,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    key: record.key,
    name: record.name,
    description: record.description,
    type: record.isDefault ? 'default' : 'custom',
    data_type: record.dataType,
    is_unique: record.isUnique ? 1 : 0,
    archived: record.isArchived ? 1 : 0,
    owned: record.isOwned ? 1 : 0,
  };
}
