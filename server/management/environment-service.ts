import { settingsSchema } from '../../src/wire/settings-schema.ts';
import type { ServerContext } from '../client/context.ts';
import { checkBody } from '../http/body.ts';
import { notFound } from '../http/errors.ts';
import {
  type Environment,
  type EnvironmentSettings,
  findEnvironment,
  updateSettings,
} from '../repo/environments.ts';

/** Checks a body and merges it into an environment's settings; absent keys stay. */
export async function changeSettings(
  context: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<Environment> {
  const given = checkBody(settingsSchema, body);
  const change = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { database, cache, now } = context;
  const changed = await database.write(async (trx) => {
    const present = await findEnvironment(trx, environmentId);
    if (!present) throw notFound('Workspace', environmentId);
    const settings = { ...present.settings, ...change } as EnvironmentSettings;
    await updateSettings(trx, environmentId, { settings, now: now() });
    return { ...present, settings, updatedAt: now() };
  });
  cache.forget(environmentId);
  return changed;
}
