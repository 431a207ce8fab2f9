import type { Kysely } from 'kysely';
import { newId } from './new-id.ts';
import type { AttributeKeyTable, Schema } from './schema.ts';

/** How an attribute's values compare; fixed when the key is made. */
export type AttributeType = 'string' | 'number' | 'date';

/** A named attribute of contacts (client-api.md 4.1). */
export interface AttributeKey {
  readonly id: string;
  readonly environmentId: string;
  readonly key: string;
  readonly dataType: AttributeType;
}

const DEFAULT_KEYS: readonly { readonly key: string; readonly name: string; readonly isUnique: boolean }[] = [
  { key: 'userId', name: 'User Id', isUnique: true },
  { key: 'email', name: 'Email', isUnique: true },
  { key: 'firstName', name: 'First Name', isUnique: false },
  { key: 'lastName', name: 'Last Name', isUnique: false },
  { key: 'language', name: 'Language', isUnique: false },
];

/** All attribute keys of an environment. */
export async function listAttributeKeys(
  db: Kysely<Schema>,
  environmentId: string,
): Promise<readonly AttributeKey[]> {
  const rows = await db
    .selectFrom('attribute_key')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** Gives a new environment the keys that every environment has. */
export async function insertDefaultKeys(
  trx: Kysely<Schema>,
  environmentId: string,
  now: number,
): Promise<void> {
  const rows = DEFAULT_KEYS.map(({ key, name, isUnique }) => ({
    ...newRow(environmentId, { key, dataType: 'string' }, now),
    name,
    type: 'default',
    is_unique: isUnique ? 1 : 0,
  }));
  await trx
    .insertInto('attribute_key')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Makes these keys where they are missing and returns them as they are now: somebody else may have made one with
 * another type a moment ago.
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
  };
}

function toTitle(key: string): string {
  const words = key.split('_').filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

function fromRow(row: AttributeKeyTable): AttributeKey {
  return {
    id: row.id,
    environmentId: row.environment_id,
    key: row.key,
    dataType: row.data_type as AttributeType,
  };
}
