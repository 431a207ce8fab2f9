import type { Kysely } from 'kysely';
import { compileOnce } from './compiled-query.ts';
import type { Schema } from './schema.ts';

/** Permissions of a key, each including those before it. */
export const PERMISSIONS = ['read', 'write', 'manage'] as const;
/** One of them. */
export type Permission = (typeof PERMISSIONS)[number];

/** A key with its permission by environment id. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly hash: string;
  readonly lastUsedAt: number | null;
  readonly permissions: ReadonlyMap<string, Permission>;
}

/** A key as its owner sees it: label and permissions, never the secret. */
export interface ApiKeyEntry {
  readonly id: string;
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly permissions: readonly { readonly environmentId: string; readonly permission: Permission }[];
}

interface KeyRow {
  id: string;
  hash: string;
  last_used_at: number | null;
  environment_id: string | null;
  permission: string | null;
}

const selectByHash = compileOnce<{ hash: string }, KeyRow>((db, value) =>
  db
    .selectFrom('api_key')
    .leftJoin('api_key_permission', 'api_key_permission.api_key_id', 'api_key.id')
    .select(['api_key.id', 'hash', 'last_used_at', 'environment_id', 'permission'])
    .where('hash', '=', value('hash'))
    .orderBy('environment_id'),
);

/** Finds a key by the hash of its secret. */
export async function findApiKey(db: Kysely<Schema>, hash: string): Promise<ApiKeyRecord | undefined> {
  const rows = await selectByHash(db, { hash });
  const [first] = rows;
  if (!first) return undefined;
  const permissions = new Map<string, Permission>();
  for (const { environment_id, permission } of rows) {
    if (environment_id !== null) permissions.set(environment_id, permission as Permission);
  }
  return { id: first.id, hash: first.hash, lastUsedAt: first.last_used_at, permissions };
}

/** Stores a key unless its hash is known, and gives it this permission in the environment. */
export async function grantApiKey(
  trx: Kysely<Schema>,
  grant: {
    readonly id: string;
    readonly hash: string;
    readonly label: string;
    readonly environmentId: string;
    readonly permission: Permission;
    readonly now: number;
  },
): Promise<void> {
  const { id, hash, label, environmentId, permission, now } = grant;
  await trx
    .insertInto('api_key')
    .values({ id, hash, label, created_at: now, last_used_at: null })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  const { id: keyId } = await trx
    .selectFrom('api_key')
    .select('id')
    .where('hash', '=', hash)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('api_key_permission')
    .values({ api_key_id: keyId, environment_id: environmentId, permission })
    .onConflict((conflict) => conflict.columns(['api_key_id', 'environment_id']).doUpdateSet({ permission }))
    .execute();
}

/**
 * Notes that a key has its permission from the operator's variable, and takes away what the variable gave to other keys
 * in this environment before; a key without any permission left is deleted. Returns how many keys have lost theirs.
 *
 * A key of another label than `label` was made by a command: it stays when the variable changes.
 */
export async function replaceVariableKeys(
  trx: Kysely<Schema>,
  key: { readonly hash: string; readonly environmentId: string; readonly label: string },
): Promise<number> {
  const { hash, environmentId } = key;
  const { id, label } = await trx
    .selectFrom('api_key')
    .select(['id', 'label'])
    .where('hash', '=', hash)
    .executeTakeFirstOrThrow();
  if (label === key.label) {
    await trx
      .updateTable('api_key_permission')
      .set({ from_variable: 1 })
      .where('api_key_id', '=', id)
      .where('environment_id', '=', environmentId)
      .execute();
  }
  const former = await trx
    .deleteFrom('api_key_permission')
    .where('environment_id', '=', environmentId)
    .where('from_variable', '=', 1)
    .where('api_key_id', '!=', id)
    .returning('api_key_id')
    .execute();
  for (const { api_key_id } of former) {
    await trx
      .deleteFrom('api_key')
      .where('id', '=', api_key_id)
      .where('id', 'not in', (eb) => eb.selectFrom('api_key_permission').select('api_key_id'))
      .execute();
  }
  return former.length;
}

/** Stores when a key was last used. */
export async function touchApiKey(trx: Kysely<Schema>, id: string, now: number): Promise<void> {
  await trx.updateTable('api_key').set({ last_used_at: now }).where('id', '=', id).execute();
}

/** Every key, or those with some permission in one environment, oldest first. */
export async function listApiKeys(
  db: Kysely<Schema>,
  environmentId: string | undefined,
): Promise<readonly ApiKeyEntry[]> {
  const rows = await db
    .selectFrom('api_key')
    .innerJoin('api_key_permission', 'api_key_permission.api_key_id', 'api_key.id')
    .select(['api_key.id', 'label', 'api_key.created_at', 'last_used_at', 'environment_id', 'permission'])
    .orderBy('api_key.created_at')
    .orderBy('api_key.id')
    .orderBy('environment_id')
    .execute();
  const keys = new Map<
    string,
    ApiKeyEntry & { readonly permissions: ApiKeyEntry['permissions'][number][] }
  >();
  for (const row of rows) {
    const { id, label, created_at: createdAt, last_used_at: lastUsedAt } = row;
    const key = keys.get(id) ?? { id, label, createdAt, lastUsedAt, permissions: [] };
    key.permissions.push({ environmentId: row.environment_id, permission: row.permission as Permission });
    keys.set(id, key);
  }
  return [...keys.values()].filter(
    ({ permissions }) =>
      environmentId === undefined || permissions.some((one) => one.environmentId === environmentId),
  );
}

/** Revokes a key. Returns whether there was one. */
export async function deleteApiKey(trx: Kysely<Schema>, id: string): Promise<boolean> {
  await trx.deleteFrom('api_key_permission').where('api_key_id', '=', id).execute();
  const { numDeletedRows } = await trx.deleteFrom('api_key').where('id', '=', id).executeTakeFirst();
  return numDeletedRows === 1n;
}
