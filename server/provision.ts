import { hashApiKey, newApiKey } from './auth/auth.ts';
import { grantApiKey, replaceVariableKeys } from './repo/api-keys.ts';
import type { Database } from './repo/database.ts';
import { insertEnvironment, listEnvironments, lockStart } from './repo/environments.ts';
import { newId } from './repo/new-id.ts';

/** The environment and key that must exist after the start (`INKLING_ENVIRONMENT_ID`, `INKLING_API_KEY`). */
export interface OwnerSettings {
  readonly environmentId?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** The environment of a start, with its API key if this start made it. */
export interface Provision {
  readonly environmentId: string;
  /** Only the start that made a key can show it: the database has its hash alone. */
  readonly newKey: string | undefined;
  /** How many former keys of `apiKey` this start has revoked. */
  readonly revokedKeys?: number;
}

/** Label of the owner's keys, those that a start or `env create` makes. */
const OWNER = 'owner';

/** The id of the demo's environment, never the owner's. */
export const DEMO_ENVIRONMENT_ID = 'demo';

/**
 * Makes the owner's environment and key unless they exist. Without settings the oldest environment is used; a first
 * start makes one, and a key when none is set. Safe when several processes start at once: one makes, the others find.
 *
 * A key from the settings replaces the one that an earlier start had there; keys made by `key create` stay.
 */
export function provisionOwner(database: Database, settings: OwnerSettings, now: number): Promise<Provision> {
  return database.write(async (trx) => {
    await lockStart(trx);
    const known = (await listEnvironments(trx)).find(({ id }) => id !== DEMO_ENVIRONMENT_ID);
    const id = settings.environmentId ?? known?.id ?? newId(now);
    const isNew = await insertEnvironment(trx, { id, name: 'Website', now });
    const newKey = isNew && settings.apiKey === undefined ? newApiKey() : undefined;
    const key = settings.apiKey ?? newKey;
    if (key !== undefined) await grantKey(trx, { key, label: OWNER, environmentId: id, now });
    const revokedKeys = settings.apiKey === undefined ? 0 : await replaceKeys(trx, settings.apiKey, id);
    return { environmentId: id, newKey, revokedKeys };
  });
}

/** Makes the demo's environment with a key of its own, unless it exists. */
export function provisionDemo(database: Database, now: number): Promise<Provision> {
  return database.write(async (trx) => {
    await lockStart(trx);
    const environmentId = DEMO_ENVIRONMENT_ID;
    if (!(await insertEnvironment(trx, { id: environmentId, name: 'Demo', now }))) {
      return { environmentId, newKey: undefined };
    }
    const newKey = newApiKey();
    await grantKey(trx, { key: newKey, label: 'demo', environmentId, now });
    return { environmentId, newKey };
  });
}

/** Revokes what the variable held before. Returns how many keys. */
function replaceKeys(
  trx: Parameters<typeof grantApiKey>[0],
  key: string,
  environmentId: string,
): Promise<number> {
  return replaceVariableKeys(trx, { hash: hashApiKey(key), environmentId, label: OWNER });
}

function grantKey(
  trx: Parameters<typeof grantApiKey>[0],
  {
    key,
    label,
    environmentId,
    now,
  }: {
    readonly key: string;
    readonly label: string;
    readonly environmentId: string;
    readonly now: number;
  },
): Promise<void> {
  const hash = hashApiKey(key);
  return grantApiKey(trx, { id: newId(now), hash, label, environmentId, permission: 'manage', now });
}
