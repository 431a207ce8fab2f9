import { environmentChangeSchema, settingsSchema } from '../../src/wire/settings-schema.ts';
import { notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import type { Database } from '../repo/database.ts';
import {
  bumpRevision,
  type Environment,
  type EnvironmentSettings,
  findEnvironment,
  updateSettings,
} from '../repo/environments.ts';
import { upsertLanguage } from '../repo/languages.ts';
import { newId } from '../repo/new-id.ts';

/** A checked change of settings; absent fields stay. */
export type SettingsChange = Partial<EnvironmentSettings>;

/** Checks a body and merges it into an environment's settings and languages; absent keys stay. */
export async function changeSettings(
  { database, cache, now }: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<Environment> {
  const at = now();
  const { languages = [] } = checkBody(environmentChangeSchema, body);
  const changed = await mergeSettings(database, environmentId, { change: checkSettings(body), now: at });
  if (languages.length > 0) {
    await database.write(async (trx) => {
      for (const { code, alias = null } of languages) {
        const stamps = { createdAt: at, updatedAt: at };
        await upsertLanguage(trx, { id: newId(at), environmentId, code, alias, ...stamps });
      }
      await bumpRevision(trx, environmentId);
    });
  }
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
