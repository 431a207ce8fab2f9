import type {
  WireIdentitySecret,
  WireLanguage,
  WireMe,
  WireSettings,
} from '../../src/wire/management-reply.ts';
import type { Environment, IdentitySecret } from '../repo/environments.ts';
import type { LanguageRecord } from '../repo/languages.ts';
import { toInstant, toStamps } from './wire.ts';

/** Converts the environment of a key to the reply to `GET …/me` (management-api.md 3). */
export function toWireMe(environment: Environment): WireMe {
  const { id, name, isAppSetUp } = environment;
  const { createdAt, updatedAt } = toStamps(environment);
  return {
    id,
    type: 'production',
    createdAt,
    updatedAt,
    appSetupCompleted: isAppSetUp,
    workspace: { id, name },
    project: { id, name },
  };
}

/** Converts the settings and languages of an environment to their form in the management API. */
export function toWireSettings(environment: Environment, languages: readonly LanguageRecord[]): WireSettings {
  const { id, createdAt, updatedAt } = toStamps(environment);
  const { name, settings } = environment;
  return { id, name, createdAt, updatedAt, ...settings, languages: languages.map(toWireLanguage) };
}

/** Converts the secret that proves user ids, with the end of the former one (management-api.md 20). */
export function toWireIdentitySecret({
  present,
  former,
}: {
  readonly present: IdentitySecret;
  readonly former: IdentitySecret | undefined;
}): WireIdentitySecret {
  const until = former?.validUntil ?? null;
  return { secret: present.value, formerValidUntil: until === null ? null : toInstant(until) };
}

function toWireLanguage(language: LanguageRecord): WireLanguage {
  const { code, alias } = language;
  return { ...toStamps(language), code, alias };
}
