import { DEFAULT_MIGRATION_TABLE, type Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Steps from an empty database to the current schema, in order of their names; a released step never changes. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-start': { up: createFirstTables },
  '0002-secret': { up: createSecretTable },
  '0003-management': { up: createManagementTables },
  '0004-lists': { up: widenListIndex },
  '0005-operations': { up: addOperations },
  '0006-people-and-files': { up: boundPeopleAndFiles },
  '0007-identity-verification': { up: addIdentityVerification },
  '0008-delivery-bodies': { up: dropDeliveryBodies },
};

/**
 * Brings the database up to date. Several processes may call it at once: on PostgreSQL an advisory lock, on SQLite
 * `BEGIN IMMEDIATE` lets one of them run the migrations while the others wait and then have nothing to do.
 *
 * Rejects, and changes nothing, when a newer version has made or migrated the database.
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  // kysely compares the names before it runs a step; it calls a name that it does not know corrupted.
  requireKnownMigrations(await listMigrations(db));
  throw error;
}

/** Throws when one of the names, as a database has them, is unknown: a newer version made that database. */
export function requireKnownMigrations(names: readonly string[]): void {
  const unknown = names.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) return;
  throw new Error(
    `this database was made by a newer Inkling (this one does not know ${unknown.join(', ')}): start that version or a later one`,
  );
}

async function listMigrations(db: Kysely<Schema>): Promise<readonly string[]> {
  try {
    const { rows } = await sql<{
      name: string;
    }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
    return rows.map(({ name }) => name);
  } catch {
    // What the migration itself has reported matters more than why its list can't be read.
    return [];
  }
}

async function createFirstTables(db: Kysely<unknown>): Promise<void> {
  for (const statement of FIRST_TABLES) await sql.raw(statement).execute(db);
}

async function createSecretTable(db: Kysely<unknown>): Promise<void> {
  await sql.raw('create table secret (name text primary key, value text not null)').execute(db);
}

async function createManagementTables(db: Kysely<unknown>): Promise<void> {
  for (const statement of MANAGEMENT_TABLES) await sql.raw(statement).execute(db);
}

/** Finished responses of a whole environment are found in the index, without reading a row. */
async function widenListIndex(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop index response_environment').execute(db);
  const columns = 'environment_id, created_at, id, finished';
  await sql.raw(`create index response_environment on response (${columns})`).execute(db);
}

async function addOperations(db: Kysely<unknown>): Promise<void> {
  for (const statement of OPERATIONS) await sql.raw(statement).execute(db);
}

/** Bodies are made when they are sent; a queue that is full finds its oldest delivery in the index. */
async function dropDeliveryBodies(db: Kysely<unknown>): Promise<void> {
  for (const statement of WITHOUT_DELIVERY_BODIES) await sql.raw(statement).execute(db);
}

/** Owners' attribute keys, the newest of a person's history without the rest, uploads that no answer uses. */
async function boundPeopleAndFiles(db: Kysely<unknown>): Promise<void> {
  for (const statement of PEOPLE_AND_FILES) await sql.raw(statement).execute(db);
}

async function addIdentityVerification(db: Kysely<unknown>): Promise<void> {
  for (const statement of IDENTITY_VERIFICATION) await sql.raw(statement).execute(db);
}

const STAMPS = 'created_at bigint not null, updated_at bigint not null';
const ENVIRONMENT = 'environment_id text not null references environment (id) on delete cascade';

const FIRST_TABLES: readonly string[] = [
  `create table environment (id text primary key, ${STAMPS}, name text not null, revision bigint not null,
     settings text not null, is_app_set_up integer not null)`,

  `create table api_key (id text primary key, hash text not null unique, label text not null,
     created_at bigint not null, last_used_at bigint)`,
  `create table api_key_permission (
     api_key_id text not null references api_key (id) on delete cascade, ${ENVIRONMENT},
     permission text not null, primary key (api_key_id, environment_id))`,
  'create index api_key_permission_environment on api_key_permission (environment_id)',

  `create table action_class (id text primary key, ${STAMPS}, ${ENVIRONMENT}, name text not null, description text,
     type text not null, key text, no_code_config text)`,
  'create unique index action_class_name on action_class (environment_id, name)',
  'create unique index action_class_key on action_class (environment_id, key)',

  `create table attribute_key (id text primary key, ${STAMPS}, ${ENVIRONMENT}, key text not null, name text,
     description text, type text not null, data_type text not null, is_unique integer not null)`,
  'create unique index attribute_key_key on attribute_key (environment_id, key)',

  `create table language (id text primary key, ${STAMPS}, ${ENVIRONMENT}, code text not null, alias text)`,
  'create unique index language_code on language (environment_id, code)',

  `create table segment (id text primary key, ${STAMPS}, ${ENVIRONMENT}, title text not null, description text,
     is_private integer not null, filters text not null)`,
  'create unique index segment_title on segment (environment_id, title)',

  `create table survey (id text primary key, ${STAMPS}, ${ENVIRONMENT},
     segment_id text references segment (id) on delete set null,
     name text not null, type text not null, status text not null, document text not null)`,
  'create index survey_environment on survey (environment_id, created_at)',
  'create index survey_segment on survey (segment_id)',

  `create table survey_trigger (survey_id text not null references survey (id) on delete cascade,
     action_class_id text not null references action_class (id) on delete cascade,
     position integer not null, occurrence integer, primary key (survey_id, action_class_id))`,
  'create index survey_trigger_action_class on survey_trigger (action_class_id)',

  `create table contact (id text primary key, ${STAMPS}, ${ENVIRONMENT}, user_id text)`,
  'create unique index contact_user_id on contact (environment_id, user_id)',

  `create table contact_attribute (contact_id text not null references contact (id) on delete cascade,
     attribute_key_id text not null references attribute_key (id) on delete cascade, value text not null,
     number_value double precision, date_value bigint, ${STAMPS}, primary key (contact_id, attribute_key_id))`,
  // Only short values are looked up (e-mail), and PostgreSQL refuses index rows over 2.7 kB.
  `create index contact_attribute_value on contact_attribute (attribute_key_id, value)
     where length(value) <= 255`,

  `create table display (id text primary key, ${ENVIRONMENT},
     survey_id text not null references survey (id) on delete cascade,
     contact_id text references contact (id) on delete cascade, created_at bigint not null)`,
  'create index display_survey on display (survey_id, created_at)',
  'create index display_contact on display (contact_id, created_at)',
  'create index display_environment on display (environment_id)',

  `create table response (id text primary key, ${STAMPS}, ${ENVIRONMENT},
     survey_id text not null references survey (id) on delete cascade,
     display_id text references display (id) on delete set null,
     contact_id text references contact (id) on delete cascade,
     single_use_id text, language text, ending_id text, finished integer not null, seq bigint,
     data text not null, variables text not null, ttc text not null, meta text not null, contact_attributes text)`,
  'create unique index response_display on response (display_id)',
  'create unique index response_single_use on response (survey_id, single_use_id)',
  'create index response_survey on response (survey_id, created_at, id)',
  'create index response_environment on response (environment_id, created_at, id)',
  'create index response_contact on response (contact_id, created_at)',
];

const MANAGEMENT_TABLES: readonly string[] = [
  'alter table attribute_key add column archived integer not null default 0',
  'alter table survey add column next_change_at bigint',
  'alter table survey add column retention_days integer',
  'create index survey_next_change on survey (next_change_at) where next_change_at is not null',
  'create index survey_retention on survey (retention_days) where retention_days is not null',

  // A list of finished responses finds its page in the index, without reading a row.
  'create index response_finished on response (survey_id, finished, created_at, id)',

  `create table webhook (id text primary key, ${STAMPS}, ${ENVIRONMENT}, name text, url text not null,
     source text not null, triggers text not null, survey_ids text not null, secret text not null, disabled_at bigint)`,
  'create index webhook_environment on webhook (environment_id, created_at)',

  `create table webhook_delivery (id text primary key, ${ENVIRONMENT},
     webhook_id text not null references webhook (id) on delete cascade, event text not null,
     survey_id text not null, response_id text not null, contact_id text, payload text not null,
     status text not null, attempts integer not null, next_at bigint not null, leased_until bigint,
     created_at bigint not null, last_at bigint, last_status integer, last_problem text)`,
  `create index webhook_delivery_due on webhook_delivery (webhook_id, next_at) where status = 'pending'`,
  'create index webhook_delivery_webhook on webhook_delivery (webhook_id, created_at, id)',
  'create index webhook_delivery_response on webhook_delivery (response_id)',
  'create index webhook_delivery_survey on webhook_delivery (survey_id)',
  'create index webhook_delivery_contact on webhook_delivery (contact_id)',
  'create index webhook_delivery_environment on webhook_delivery (environment_id)',
  'create index webhook_delivery_done on webhook_delivery (last_at)',

  'create table file_removal (key text primary key)',
];

const OPERATIONS: readonly string[] = [
  // Whether INKLING_API_KEY has given this permission.
  'alter table api_key_permission add column from_variable integer not null default 0',
  // What health checks write.
  'create table probe (id integer primary key, content text not null)',
];

const WITHOUT_DELIVERY_BODIES: readonly string[] = [
  'alter table webhook_delivery drop column payload',
  `create index webhook_delivery_pending on webhook_delivery (webhook_id, created_at, id) where status = 'pending'`,
];

const PEOPLE_AND_FILES: readonly string[] = [
  'alter table attribute_key add column owned integer not null default 0',
  // An identification has always stored null, the management API an empty text at least.
  `update attribute_key set owned = 1 where type = 'default' or description is not null`,

  // All values of a key are read in pages, to convert them to another type.
  'drop index contact_attribute_value',
  `create index contact_attribute_value on contact_attribute (attribute_key_id, value, contact_id)
     where length(value) <= 255`,

  'drop index display_contact',
  'create index display_contact on display (contact_id, survey_id, created_at, id)',
  'drop index response_contact',
  'create index response_contact on response (contact_id, survey_id, created_at, id)',
  `create index response_contact_finished on response (contact_id, survey_id, created_at, id)
     where finished = 1 and contact_id is not null`,

  `create table stored_file (key text primary key, ${ENVIRONMENT}, bytes bigint not null, response_id text,
     created_at bigint not null, measure_at bigint, swept_at bigint)`,
  'create index stored_file_environment on stored_file (environment_id, bytes)',
  'create index stored_file_response on stored_file (response_id) where response_id is not null',
  'create index stored_file_measure on stored_file (measure_at) where measure_at is not null',
  'create index stored_file_unused on stored_file (created_at) where response_id is null and swept_at is null',
  'create index stored_file_swept on stored_file (swept_at) where swept_at is not null',
];

const IDENTITY_VERIFICATION: readonly string[] = [
  'alter table environment add column identity_secret text',
  'alter table environment add column former_secret text',
  'alter table environment add column former_secret_until bigint',
  'alter table contact add column verified_at bigint',
  'alter table contact_attribute add column is_claimed integer not null default 0',
  // Of verified people only: any number of others may have the same e-mail.
  `create unique index contact_attribute_claimed on contact_attribute (attribute_key_id, value)
     where is_claimed = 1`,
  'alter table response add column is_verified integer not null default 0',
  // Strangers may send any number of answers to a survey that counts verified people: only the others are counted.
  `create index response_verified on response (survey_id, contact_id)
     where is_verified = 1 and finished = 1`,
];
