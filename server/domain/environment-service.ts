import { randomBytes } from 'node:crypto';
import { FORMER_SECRET_MS } from '../../src/core/limits.ts';
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
  type IdentitySecret,
  lockEnvironment,
  updateIdentitySecrets,
  updateSettings,
} from '../repo/environments.ts';
import { upsertLanguage } from '../repo/languages.ts';
import { newId } from '../repo/new-id.ts';
import { withStoredPaths } from './stored-paths.ts';

/** A checked change of settings; absent fields stay. */
export type SettingsChange = Partial<EnvironmentSettings>;

/** Checks a body and merges it into an environment's settings and languages; absent keys stay. */
export async function changeSettings(
  { database, cache, now, addresses }: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<Environment> {
  const at = now();
  const { languages = [] } = checkBody(environmentChangeSchema, body);
  const change = withStoredPaths(checkSettings(body), addresses);
  const changed = await mergeSettings(database, environmentId, { change, now: at });
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

/** The present identity secret of an environment, and the former one while it is valid. */
export interface IdentitySecrets {
  readonly present: IdentitySecret;
  readonly former: IdentitySecret | undefined;
}

/** What becomes of the present identity secret: `keep` it, or make a new one and let it end in 7 days or at once. */
export type SecretChange = 'keep' | 'replace' | 'replace-now';

/**
 * Returns the secret with which the site's server proves user ids (client-api.md 4.7): 256 random bits, made when it is
 * first asked for. Throws 404 when the environment is gone.
 */
export function takeIdentitySecret(
  database: Database,
  environmentId: string,
  { change, now }: { readonly change: SecretChange; readonly now: number },
): Promise<IdentitySecrets> {
  return database.write(async (trx) => {
    // Of two that make one at once, the second finds the first one's.
    await lockEnvironment(trx, environmentId);
    const environment = await findEnvironment(trx, environmentId);
    if (!environment) throw notFound('Workspace', environmentId);
    const [present, former] = environment.identitySecrets;
    if (present && change === 'keep') return { present, former: isValid(former, now) ? former : undefined };

    const made = { value: `idsec_${randomBytes(32).toString('base64url')}`, validUntil: null };
    const ending =
      present && change === 'replace' ? { ...present, validUntil: now + FORMER_SECRET_MS } : undefined;
    await updateIdentitySecrets(trx, environmentId, ending ? [made, ending] : [made]);
    return { present: made, former: ending };
  });
}

function isValid(secret: IdentitySecret | undefined, now: number): boolean {
  return secret !== undefined && now < (secret.validUntil ?? 0);
}
