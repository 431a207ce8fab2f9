import { type Kysely, sql } from 'kysely';
import type { Settings } from '../../src/core/survey/document.ts';
import type { ServerSettings } from '../../src/wire/management-reply.ts';
import { insertDefaultKeys } from './attribute-keys.ts';
import { compileOnce, isPostgres } from './compiled-query.ts';
import type { EnvironmentTable, Schema } from './schema.ts';

/**
 * Whether user ids need proof: `off` believes each of them, `accept` checks a hash that comes along and protects the
 * people who came with a right one, `require` believes none without.
 */
export type IdentityVerification = 'off' | 'accept' | 'require';

/** The settings an owner may change. */
export type EnvironmentSettings = Omit<Settings, 'id'> & ServerSettings;

/** A secret with which a site's server proves user ids. */
export interface IdentitySecret {
  readonly value: string;
  /** Epoch ms, exclusive; null for the present one. */
  readonly validUntil: number | null;
}

/** A tenant: surveys, contacts and settings of one site, apart from all others. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly isAppSetUp: boolean;
  readonly settings: EnvironmentSettings;
  /** The present secret and the former one, as far as there are any; the latter may have ended. */
  readonly identitySecrets: readonly IdentitySecret[];
  /** Grows with every change that a visitor's browser can notice. */
  readonly revision: number;
}

/** The settings of a new environment (client-api.md 3.1). */
export const DEFAULT_SETTINGS: EnvironmentSettings = {
  recontactDays: 7,
  clickOutsideClose: true,
  overlay: 'none',
  placement: 'bottomRight',
  inAppSurveyBranding: true,
  styling: { allowStyleOverwrite: true },
  onlyKnownAttributes: false,
  identityVerification: 'off',
};

const selectById = compileOnce<{ id: string }, EnvironmentTable>((db, value) =>
  db.selectFrom('environment').selectAll().where('id', '=', value('id')),
);

const selectRevision = compileOnce<{ id: string }, { revision: number }>((db, value) =>
  db.selectFrom('environment').select('revision').where('id', '=', value('id')),
);

/** Finds an environment by its id. */
export async function findEnvironment(db: Kysely<Schema>, id: string): Promise<Environment | undefined> {
  const [row] = await selectById(db, { id });
  return row && fromRow(row);
}

/** Reads only the revision: a cheap way to see whether anything changed. */
export async function findRevision(db: Kysely<Schema>, id: string): Promise<number | undefined> {
  const [row] = await selectRevision(db, { id });
  return row?.revision;
}

/** Creates an environment with default settings unless there is one of this id. Returns whether it was created. */
export async function insertEnvironment(
  trx: Kysely<Schema>,
  environment: { readonly id: string; readonly name: string; readonly now: number },
): Promise<boolean> {
  const { id, name, now } = environment;
  const settings = JSON.stringify(DEFAULT_SETTINGS);
  const result = await trx
    .insertInto('environment')
    .values({ id, name, created_at: now, updated_at: now, revision: 1, settings, is_app_set_up: 0 })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  await insertDefaultKeys(trx, id, now);
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Replaces the settings and bumps the revision. */
export async function updateSettings(
  trx: Kysely<Schema>,
  id: string,
  change: { readonly settings: EnvironmentSettings; readonly now: number },
): Promise<void> {
  await trx
    .updateTable('environment')
    .set((eb) => ({
      settings: JSON.stringify(change.settings),
      updated_at: change.now,
      revision: eb('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

/** Replaces the secrets: the first is the present one, a second one the former. Bumps the revision. */
export async function updateIdentitySecrets(
  trx: Kysely<Schema>,
  id: string,
  [present, former]: readonly IdentitySecret[],
): Promise<void> {
  await trx
    .updateTable('environment')
    .set((eb) => ({
      identity_secret: present?.value ?? null,
      former_secret: former?.value ?? null,
      former_secret_until: former?.validUntil ?? null,
      revision: eb('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

/** Raises the revision, so that every process loads the environment anew; part of each management write. */
export async function bumpRevision(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx
    .updateTable('environment')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/**
 * Locks the environment until this transaction ends: no other one creates attribute keys in it meanwhile. Rows that
 * only refer to the environment (contacts, responses) don't wait for it.
 */
export async function lockEnvironment(trx: Kysely<Schema>, id: string): Promise<void> {
  // SQLite has one writer at a time anyway.
  if (!isPostgres(trx)) return;
  await trx.selectFrom('environment').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}

/** Stores that a browser has requested this environment: the set-up works. */
export async function markAppSetUp(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.updateTable('environment').set({ is_app_set_up: 1 }).where('id', '=', id).execute();
}

/** Every environment, oldest first. */
export async function listEnvironments(db: Kysely<Schema>): Promise<readonly Environment[]> {
  const rows = await db.selectFrom('environment').selectAll().orderBy('created_at').orderBy('id').execute();
  return rows.map(fromRow);
}

function fromRow(row: EnvironmentTable): Environment {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    isAppSetUp: row.is_app_set_up === 1,
    settings: { ...DEFAULT_SETTINGS, ...(JSON.parse(row.settings) as Partial<EnvironmentSettings>) },
    identitySecrets: toSecrets(row),
    revision: row.revision,
  };
}

function toSecrets(row: EnvironmentTable): readonly IdentitySecret[] {
  const { identity_secret: present, former_secret: former, former_secret_until: validUntil } = row;
  return [
    ...(present === null ? [] : [{ value: present, validUntil: null }]),
    ...(former === null ? [] : [{ value: former, validUntil }]),
  ];
}

/** Makes other processes that start at the same moment wait until this transaction ends. */
export async function lockStart(trx: Kysely<Schema>): Promise<void> {
  // SQLite has one writer at a time anyway. The number is arbitrary, and the same in every process.
  if (isPostgres(trx)) await sql`select pg_advisory_xact_lock(719204411)`.execute(trx);
}
