import { hashApiKey, newApiKey } from './auth/auth.ts';
import { grantApiKey } from './repo/api-keys.ts';
import type { Database } from './repo/database.ts';
import { insertEnvironment, listEnvironments, lockStart } from './repo/environments.ts';
import { newId } from './repo/new-id.ts';

/** What a start is told about the owner's environment. */
export interface Wish {
  readonly environmentId?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** The environment a start uses, and its key if this start has made it. */
export interface Provision {
  readonly environmentId: string;
  /** Only the start that made a key can show it: nothing but its hash is kept. */
  readonly newKey: string | undefined;
}

/** The id of the environment that the demo lives in, never the owner's. */
export const DEMO_ENVIRONMENT_ID = 'demo';

/**
 * Sees to it that the wished environment and key exist. Without a wish the oldest environment serves; a first start
 * makes one, and a key when none was given. Several processes may start at once: one makes, the others find.
 */
export function provisionOwner(database: Database, wish: Wish, now: number): Promise<Provision> {
  return database.write(async (trx) => {
    await lockStart(trx);
    const known = (await listEnvironments(trx)).find(({ id }) => id !== DEMO_ENVIRONMENT_ID);
    const id = wish.environmentId ?? known?.id ?? newId(now);
    const isNew = await insertEnvironment(trx, { id, name: 'Website', now });
    const newKey = isNew && wish.apiKey === undefined ? newApiKey() : undefined;
    const key = wish.apiKey ?? newKey;
    if (key !== undefined) await grantKey(trx, { key, label: 'owner', environmentId: id, now });
    return { environmentId: id, newKey };
  });
}

/** Sees to it that the demo's environment exists, with a key of its own when this start has made it. */
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
