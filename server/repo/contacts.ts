import { type Kysely, sql } from 'kysely';
import { compileOnce, isPostgres } from './compiled-query.ts';
import { newId } from './new-id.ts';
import type { Schema } from './schema.ts';

/** A person's attribute value: always as text, and as a number or an instant where the key has that type. */
export interface AttributeEntry {
  readonly value: string;
  readonly number: number | null;
  readonly date: number | null;
}

/** A contact with attributes and history: what segments and display rules are judged by. */
export interface Person {
  readonly contactId: string;
  readonly userId: string;
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

/** An attribute about to be stored. */
export interface AttributeWrite extends AttributeEntry {
  readonly attributeKeyId: string;
}

interface PersonRow {
  kind: 'contact' | 'attribute' | 'display' | 'response';
  name: string;
  value: string | null;
  amount: number | null;
  at: number | null;
}

// One statement, since this is the read of every identification: on PostgreSQL four would be four round trips.
const selectPerson = compileOnce<UserRef, PersonRow>((db, value) => ({
  compile: () =>
    sql<PersonRow>`
      with person as (
        select id from contact
        where environment_id = ${value('environmentId')} and user_id = ${value('userId')}
      )
      select 'contact' as kind, person.id as name, cast(null as text) as value,
             cast(null as double precision) as amount, cast(null as bigint) as at
        from person
      union all
      select 'attribute', k.key, a.value, a.number_value, a.date_value
        from person join contact_attribute a on a.contact_id = person.id
        join attribute_key k on k.id = a.attribute_key_id
      union all
      select 'display', d.survey_id, d.id, cast(null as double precision), d.created_at
        from person join display d on d.contact_id = person.id
      union all
      select 'response', r.survey_id, r.id, cast(r.finished as double precision), r.created_at
        from person join response r on r.contact_id = person.id`.compile(db),
}));

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

const selectByUserId = compileOnce<UserRef, { id: string }>((db, value) =>
  db
    .selectFrom('contact')
    .select('id')
    .where('environment_id', '=', value('environmentId'))
    .where('user_id', '=', value('userId')),
);

const selectById = compileOnce<{ environmentId: string; id: string }, { id: string }>((db, value) =>
  db
    .selectFrom('contact')
    .select('id')
    .where('environment_id', '=', value('environmentId'))
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

const upsertAttribute = compileOnce<AttributeWrite & { contactId: string; now: number }, unknown>(
  (db, value) =>
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
      })
      .onConflict((conflict) =>
        conflict.columns(['contact_id', 'attribute_key_id']).doUpdateSet((eb) => ({
          value: eb.ref('excluded.value'),
          number_value: eb.ref('excluded.number_value'),
          date_value: eb.ref('excluded.date_value'),
          updated_at: eb.ref('excluded.updated_at'),
        })),
      ),
);

/** Reads a person with attributes and complete history, in one statement. */
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
  return {
    contactId: contact.name,
    userId: ref.userId,
    attributes,
    displays: newestFirst(rows, 'display').map((row) => ({ surveyId: row.name, createdAt: row.at ?? 0 })),
    responses: newestFirst(rows, 'response').map((row) => ({
      surveyId: row.name,
      createdAt: row.at ?? 0,
      finished: row.amount === 1,
    })),
  };
}

/** Finds the contact of this user id, or creates it; concurrent calls get the same one. */
export async function ensureContact(
  trx: Kysely<Schema>,
  ref: UserRef,
  now: number,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const known = await findContactId(trx, ref);
  if (known !== undefined) return { id: known, isNew: false };
  const [made] = await insertContact(trx, { ...ref, id: newId(now), now });
  if (made) return { id: made.id, isNew: true };
  const other = await findContactId(trx, ref);
  if (other === undefined) throw new Error('contact neither inserted nor found');
  return { id: other, isNew: false };
}

/** Finds the contact of this user id. */
export async function findContactId(db: Kysely<Schema>, ref: UserRef): Promise<string | undefined> {
  return (await selectByUserId(db, ref))[0]?.id;
}

/** Whether the environment has a contact of this id. */
export async function hasContact(db: Kysely<Schema>, environmentId: string, id: string): Promise<boolean> {
  return (await selectById(db, { environmentId, id })).length > 0;
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
 * Whether another contact of the environment has exactly this value under this key. Concurrent calls for the same value
 * wait until this transaction ends: of two contacts that claim it at once, one gets it.
 */
export async function isValueTaken(
  trx: Kysely<Schema>,
  { attributeKeyId, value, contactId }: { attributeKeyId: string; value: string; contactId: string },
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
    // Repeats the condition of the partial index, or the database would not use it.
    .where(sql<number>`length(value)`, '<=', 255)
    .where('contact_id', '<>', contactId)
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
  for (const write of writes) await upsertAttribute(trx, { ...write, contactId, now: change.now });
}

function newestFirst(rows: readonly PersonRow[], kind: PersonRow['kind']): readonly PersonRow[] {
  return rows
    .filter((row) => row.kind === kind)
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || ((a.value ?? '') < (b.value ?? '') ? 1 : -1));
}
