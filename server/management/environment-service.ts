import { settingsSchema } from '../../src/wire/settings-schema.ts';
import type { ServerContext } from '../client/context.ts';
import { checkBody } from '../http/body.ts';
import { notFound } from '../http/errors.ts';
import type { Database } from '../repo/database.ts';
import {
  type Environment,
  type EnvironmentSettings,
  findEnvironment,
  updateSettings,
} from '../repo/environments.ts';

/** A change to settings that has been checked; what is absent stays. */
export type SettingsChange = Partial<EnvironmentSettings>;

/** Checks a body and merges it into an environment's settings; absent keys stay. */
export async function changeSettings(
  { database, cache, now }: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<Environment> {
  const changed = await mergeSettings(database, environmentId, { change: checkSettings(body), now: now() });
  cache.forget(environmentId);
  return changed;
}

/** Checks a change to settings. Throws 400 with the fields that are wrong. */
export function checkSettings(body: unknown): SettingsChange {
  const given = checkBody(settingsSchema, body);
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as SettingsChange;
}

/** Merges a checked change in one transaction. Throws 404 when the environment is gone. */
export function mergeSettings(
  database: Database,
  environmentId: string,
  { change, now }: { readonly change: SettingsChange; readonly now: number },
): Promise<Environment> {
  return database.write(async (trx) => {
    const present = await findEnvironment(trx, environmentId);
    if (!present) throw notFound('Workspace', environmentId);
    const settings = { ...present.settings, ...change };
    await updateSettings(trx, environmentId, { settings, now });
    return { ...present, settings, updatedAt: now };
  });
}
