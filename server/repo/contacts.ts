import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { MAX_SURVEY_DISPLAYS, MAX_SURVEY_RESPONSES } from '../../src/core/limits.ts';
import { compileOnce, isPostgres } from './compiled-query.ts';
import { newId } from './new-id.ts';
import type { Schema } from './schema.ts';

/** A person's attribute value: always as text, and as a number or an instant where the key has that type. */
export interface AttributeEntry {
  readonly value: string;
  readonly number: number | null;
  readonly date: number | null;
}

/**
 * A contact with attributes and history: what segments and display rules are judged by. Of each survey the history has the
 * newest displays and responses, and the newest finished response.
 */
export interface Person {
  readonly contactId: string;
  readonly userId: string;
  /** Whether the user id has ever come with a right hash. */
  readonly isVerified: boolean;
  readonly attributes: ReadonlyMap<string, AttributeEntry>;
  /** Newest first. */
  readonly displays: readonly { readonly surveyId: string; readonly createdAt: number }[];
  readonly responses: readonly {
    readonly surveyId: string;
    readonly createdAt: number;
    readonly finished: boolean;
  }[];
}

/** A person as named by a client. */
export interface UserRef {
  readonly environmentId: string;
  readonly userId: string;
}

/** A contact without attributes and history. */
export interface KnownContact {
  readonly id: string;
  readonly userId: string | null;
  readonly isVerified: boolean;
}

interface ContactRow {
  id: string;
  user_id: string | null;
  verified_at: number | null;
}

/** An attribute about to be stored. */
export interface AttributeWrite extends AttributeEntry {
  readonly attributeKeyId: string;
  /** Whether no other contact may claim the same value: to be asked with `isClaimedByOther` before. */
  readonly isClaimed: boolean;
}

/** An attribute of one contact. */
export interface AttributeRef {
  readonly attributeKeyId: string;
  readonly contactId: string;
}

interface PersonRow {
  kind: 'contact' | 'attribute' | 'display' | 'response' | 'finished';
  name: string;
  value: string | null;
  amount: number | null;
  at: number | null;
}

// One statement, since this is the read of every identification: on PostgreSQL four would be four round trips. Anybody can
// post displays and responses of a person: each survey is found by a step in the index, and only its newest rows are read.
const selectPerson = compileOnce<UserRef, PersonRow>((db, value) => ({
  compile: () =>
    sql<PersonRow>`
      with recursive person as (
        select id, verified_at from contact
        where environment_id = ${value('environmentId')} and user_id = ${value('userId')}
      ),
      shown (survey_id) as (${surveysIn('display', 'shown')}),
      answered (survey_id) as (${surveysIn('response', 'answered')})
      select 'contact' as kind, person.id as name, cast(null as text) as value,
             cast(null as double precision) as amount, person.verified_at as at
        from person
      union all
      select 'attribute', k.key, a.value, a.number_value, a.date_value
        from person join contact_attribute a on a.contact_id = person.id
        join attribute_key k on k.id = a.attribute_key_id
      union all
      select 'display', n.survey_id, n.id, cast(null as double precision), n.created_at
        from person cross join shown s ${joinNewest(db, 'display', MAX_SURVEY_DISPLAYS)}
      union all
      select 'response', n.survey_id, n.id, cast(n.finished as double precision), n.created_at
        from person cross join answered s ${joinNewest(db, 'response', MAX_SURVEY_RESPONSES)}
      union all
      select 'finished', s.survey_id, cast(null as text), cast(null as double precision), (
          select r.created_at from response r
          where r.contact_id = person.id and r.survey_id = s.survey_id and r.finished = 1
          order by r.created_at desc, r.id desc limit 1
        )
        from person cross join answered s where s.survey_id is not null`.compile(db),
}));

type History = 'display' | 'response';

/** Selects the surveys of a person's displays or responses, and null at their end, one step in the index each. */
function surveysIn(history: History, steps: string): RawBuilder<unknown> {
  const [table, former] = [sql.table(history), sql.table(steps)];
  return sql`
    select (
        select h.survey_id from ${table} h where h.contact_id = person.id order by h.survey_id limit 1
      )
      from person
    union all
    select (
        select h.survey_id from ${table} h
        where h.contact_id = person.id and h.survey_id > ${former}.survey_id order by h.survey_id limit 1
      )
      from ${former} cross join person where ${former}.survey_id is not null`;
}

/** Joins the newest rows `n` of each survey `s`. SQLite has no lateral joins, PostgreSQL would read more without one. */
function joinNewest(db: Kysely<Schema>, history: History, most: number): RawBuilder<unknown> {
  const newestFirst = sql`
    from ${sql.table(history)} h where h.contact_id = person.id and h.survey_id = s.survey_id
    order by h.created_at desc, h.id desc limit`;
  if (isPostgres(db)) return sql`cross join lateral (select h.* ${newestFirst} ${sql.lit(most)}) n`;
  const oldest = sql`${newestFirst} 1 offset ${sql.lit(most - 1)}`;
  return sql`
    cross join ${sql.table(history)} n where n.contact_id = person.id and n.survey_id = s.survey_id
    and (n.created_at, n.id) >=
        (coalesce((select h.created_at ${oldest}), 0), coalesce((select h.id ${oldest}), ''))`;
}

const insertContact = compileOnce<UserRef & { readonly id: string; readonly now: number }, { id: string }>(
  (db, value) =>
    db
      .insertInto('contact')
      .values({
        id: value('id'),
        environment_id: value('environmentId'),
        user_id: value('userId'),
        created_at: value('now'),
        updated_at: value('now'),
      })
      .onConflict((conflict) => conflict.columns(['environment_id', 'user_id']).doNothing())
      .returning('id'),
);

const selectByUserId = compileOnce<UserRef, ContactRow>((db, value) =>
  db
    .selectFrom('contact')
    .select(['id', 'user_id', 'verified_at'])
    .where('environment_id', '=', value('environmentId'))
    .where('user_id', '=', value('userId')),
);

const selectById = compileOnce<{ environmentId: string; id: string }, ContactRow>((db, value) =>
  db
    .selectFrom('contact')
    .select(['id', 'user_id', 'verified_at'])
    .where('environment_id', '=', value('environmentId'))
    .where('id', '=', value('id')),
);

const selectForWrite = compileOnce<{ id: string }, { verified_at: number | null }>((db, value) => {
  const query = db.selectFrom('contact').select('verified_at').where('id', '=', value('id'));
  // SQLite has one writer at a time anyway.
  return isPostgres(db) ? query.forShare() : query;
});

const updateVerified = compileOnce<{ id: string; verifiedAt: number | null }, unknown>((db, value) =>
  db
    .updateTable('contact')
    .set({ verified_at: value('verifiedAt') })
    .where('id', '=', value('id')),
);

const selectAttributes = compileOnce<{ contactId: string }, { key: string; value: string }>((db, value) => ({
  compile: () =>
    sql<{ key: string; value: string }>`
      select 'userId' as key, user_id as value from contact
        where id = ${value('contactId')} and user_id is not null
      union all
      select k.key, a.value from contact_attribute a join attribute_key k on k.id = a.attribute_key_id
        where a.contact_id = ${value('contactId')}`.compile(db),
}));

type UpsertedAttribute = Omit<AttributeWrite, 'isClaimed'> & {
  contactId: string;
  now: number;
  isClaimed: number;
};

const upsertAttribute = compileOnce<UpsertedAttribute, unknown>((db, value) =>
  db
    .insertInto('contact_attribute')
    .values({
      contact_id: value('contactId'),
      attribute_key_id: value('attributeKeyId'),
      value: value('value'),
      number_value: value('number'),
      date_value: value('date'),
      created_at: value('now'),
      updated_at: value('now'),
      is_claimed: value('isClaimed'),
    })
    .onConflict((conflict) =>
      conflict.columns(['contact_id', 'attribute_key_id']).doUpdateSet((eb) => ({
        value: eb.ref('excluded.value'),
        number_value: eb.ref('excluded.number_value'),
        date_value: eb.ref('excluded.date_value'),
        updated_at: eb.ref('excluded.updated_at'),
        is_claimed: eb.ref('excluded.is_claimed'),
      })),
    ),
);

/** Reads a person with attributes and the newest history of each survey, in one statement. */
export async function readPerson(db: Kysely<Schema>, ref: UserRef): Promise<Person | undefined> {
  const rows = await selectPerson(db, ref);
  const contact = rows.find((row) => row.kind === 'contact');
  if (!contact) return undefined;

  const attributes = new Map<string, AttributeEntry>();
  for (const { kind, name, value, amount, at } of rows) {
    if (kind === 'attribute') attributes.set(name, { value: value ?? '', number: amount, date: at });
  }
  // A person's user id is an attribute like any other, though it is kept with the contact.
  attributes.set('userId', { value: ref.userId, number: null, date: null });
  const responses = newestFirst(rows, 'response').map((row) => ({
    surveyId: row.name,
    createdAt: row.at ?? 0,
    finished: row.amount === 1,
  }));
  return {
    contactId: contact.name,
    userId: ref.userId,
    isVerified: contact.at !== null,
    attributes,
    displays: newestFirst(rows, 'display').map((row) => ({ surveyId: row.name, createdAt: row.at ?? 0 })),
    responses: [...responses, ...olderFinished(rows, responses)],
  };
}

/** The newest finished response of each survey that is not among its newest ones. */
function olderFinished(rows: readonly PersonRow[], newest: Person['responses']): Person['responses'] {
  const found = new Set(newest.filter(({ finished }) => finished).map(({ surveyId }) => surveyId));
  return newestFirst(rows, 'finished')
    .filter(({ name, at }) => at !== null && !found.has(name))
    .map(({ name, at }) => ({ surveyId: name, createdAt: at ?? 0, finished: true }));
}

/** Finds the contact of this user id, or creates it; concurrent calls get the same one. */
export async function ensureContact(
  trx: Kysely<Schema>,
  ref: UserRef,
  now: number,
): Promise<KnownContact & { readonly isNew: boolean }> {
  const known = await findContactByUserId(trx, ref);
  if (known) return { ...known, isNew: false };
  const [made] = await insertContact(trx, { ...ref, id: newId(now), now });
  if (made) return { id: made.id, userId: ref.userId, isVerified: false, isNew: true };
  const other = await findContactByUserId(trx, ref);
  if (!other) throw new Error('contact neither inserted nor found');
  return { ...other, isNew: false };
}

/** Finds the contact of this user id. */
export async function findContactByUserId(
  db: Kysely<Schema>,
  ref: UserRef,
): Promise<KnownContact | undefined> {
  return toKnown(await selectByUserId(db, ref));
}

/** Finds the contact of this id in the environment. */
export async function findContactById(
  db: Kysely<Schema>,
  environmentId: string,
  id: string,
): Promise<KnownContact | undefined> {
  return toKnown(await selectById(db, { environmentId, id }));
}

/** Whether a contact is verified now. Until this transaction ends nobody can verify it. */
export async function lockUnverified(trx: Kysely<Schema>, id: string): Promise<boolean> {
  const [row] = await selectForWrite(trx, { id });
  return row !== undefined && row.verified_at === null;
}

/** Stores when a contact's user id came with a right hash; null when something was changed without one. */
export async function setVerified(trx: Kysely<Schema>, id: string, verifiedAt: number | null): Promise<void> {
  await updateVerified(trx, { id, verifiedAt });
}

/** Claims a contact's own value under this key, if there is one. Removes it when another contact has claimed it. */
export async function claimOwnValue(trx: Kysely<Schema>, ref: AttributeRef): Promise<void> {
  const { attributeKeyId, contactId } = ref;
  const isOwn = (eb: ExpressionBuilder<Schema, 'contact_attribute'>) =>
    eb.and({ contact_id: contactId, attribute_key_id: attributeKeyId });
  const own = await trx.selectFrom('contact_attribute').select('value').where(isOwn).executeTakeFirst();
  if (!own) return;
  if (await isClaimedByOther(trx, { ...ref, value: own.value })) {
    await trx.deleteFrom('contact_attribute').where(isOwn).execute();
  } else {
    await trx.updateTable('contact_attribute').set({ is_claimed: 1 }).where(isOwn).execute();
  }
}

/** A contact's attributes as text by key, its user id included: what a response remembers. */
export async function readAttributeTexts(
  db: Kysely<Schema>,
  contactId: string,
): Promise<Readonly<Record<string, string>>> {
  const rows = await selectAttributes(db, { contactId });
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

/**
 * Whether another contact has claimed exactly this value under this key. Concurrent calls for the same value wait until
 * this transaction ends: of two contacts that claim it at once, one gets it.
 */
export async function isClaimedByOther(
  trx: Kysely<Schema>,
  { attributeKeyId, contactId, value }: AttributeRef & { readonly value: string },
): Promise<boolean> {
  if (isPostgres(trx)) {
    const claim = `${attributeKeyId} ${value}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${claim}, 0))`.execute(trx);
  }
  const row = await trx
    .selectFrom('contact_attribute')
    .select('contact_id')
    .where('attribute_key_id', '=', attributeKeyId)
    .where('value', '=', value)
    .where('contact_id', '<>', contactId)
    // As the partial index says it: SQLite would not use it for a parameter.
    .where(sql<boolean>`is_claimed = 1`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Stores attribute values of a contact, replacing those of the same keys. */
export async function saveAttributes(
  trx: Kysely<Schema>,
  contactId: string,
  change: { readonly writes: readonly AttributeWrite[]; readonly now: number },
): Promise<void> {
  // Always in the same order: two transactions that write the same contact can't deadlock.
  const writes = [...change.writes].sort((a, b) => (a.attributeKeyId < b.attributeKeyId ? -1 : 1));
  for (const write of writes) {
    await upsertAttribute(trx, { ...write, contactId, now: change.now, isClaimed: write.isClaimed ? 1 : 0 });
  }
}

/** A stored value of a contact; pages of values end with one. */
export interface ValueCursor extends AttributeEntry {
  readonly contactId: string;
}

/** Values of a key that are no longer than a number or a date can be, by value and contact. */
export async function listValues(
  db: Kysely<Schema>,
  attributeKeyId: string,
  { behind, limit }: { readonly behind?: ValueCursor | undefined; readonly limit: number },
): Promise<readonly ValueCursor[]> {
  let page = db
    .selectFrom('contact_attribute')
    .select(['contact_id', 'value', 'number_value', 'date_value'])
    .where('attribute_key_id', '=', attributeKeyId)
    // Repeats the condition of the partial index, or the database would not use it.
    .where(sql<number>`length(value)`, '<=', 255);
  if (behind) page = page.where(sql<boolean>`(value, contact_id) > (${behind.value}, ${behind.contactId})`);
  const rows = await page.orderBy('value').orderBy('contact_id').limit(limit).execute();
  return rows.map((row) => ({
    contactId: row.contact_id,
    value: row.value,
    number: row.number_value,
    date: row.date_value,
  }));
}

/** Replaces a stored value by the same one in another type, unless the contact has got another value meanwhile. */
export async function replaceValue(
  trx: Kysely<Schema>,
  attributeKeyId: string,
  { stored, entry }: { readonly stored: ValueCursor; readonly entry: AttributeEntry },
): Promise<void> {
  await trx
    .updateTable('contact_attribute')
    .set({ value: entry.value, number_value: entry.number, date_value: entry.date })
    .where('contact_id', '=', stored.contactId)
    .where('attribute_key_id', '=', attributeKeyId)
    .where('value', '=', stored.value)
    .execute();
}

function newestFirst(rows: readonly PersonRow[], kind: PersonRow['kind']): readonly PersonRow[] {
  return rows
    .filter((row) => row.kind === kind)
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || ((a.value ?? '') < (b.value ?? '') ? 1 : -1));
}

function toKnown([row]: readonly ContactRow[]): KnownContact | undefined {
  return row && { id: row.id, userId: row.user_id, isVerified: row.verified_at !== null };
}
