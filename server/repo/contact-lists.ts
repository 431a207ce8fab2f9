import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type ListPage, listOldestFirst } from './list-page.ts';
import type { ContactTable, Schema } from './schema.ts';

/** A contact as its owner sees it. */
export interface ContactRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly userId: string | null;
}

/** One value of one contact. */
export interface ContactAttribute {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly attributeKeyId: string;
  readonly contactId: string;
  readonly value: string;
  readonly number: number | null;
  readonly date: number | null;
}

interface AttributeRow {
  contact_id: string;
  attribute_key_id: string;
  value: string;
  number_value: number | null;
  date_value: number | null;
  created_at: number;
  updated_at: number;
}

/** Contacts per statement, where a list of ids is passed as parameters. */
const CHUNK = 500;

/** The contacts of these environments, oldest first. */
export async function listContacts(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  page: ListPage = {},
): Promise<readonly ContactRecord[]> {
  return (await listOldestFirst(db, 'contact', environmentIds, page)).map(fromRow);
}

/** Finds a contact by id, in any environment. */
export async function findContact(db: Kysely<Schema>, id: string): Promise<ContactRecord | undefined> {
  const row = await db.selectFrom('contact').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** Every value of these environments' contacts, the user id among them: it is an attribute like any other. */
export async function listContactAttributes(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  { limit, offset }: ListPage = {},
): Promise<readonly ContactAttribute[]> {
  const ids = sql.join(environmentIds);
  const { rows } = await sql<AttributeRow>`
    select c.id as contact_id, k.id as attribute_key_id, c.user_id as value,
           cast(null as double precision) as number_value, cast(null as bigint) as date_value,
           c.created_at as created_at, c.created_at as updated_at
      from contact c join attribute_key k on k.environment_id = c.environment_id and k.key = 'userId'
      where c.environment_id in (${ids}) and c.user_id is not null
    union all
    select a.contact_id, a.attribute_key_id, a.value, a.number_value, a.date_value, a.created_at, a.updated_at
      from contact_attribute a join contact c on c.id = a.contact_id
      where c.environment_id in (${ids})
    order by created_at, contact_id, attribute_key_id
    limit ${limit ?? Number.MAX_SAFE_INTEGER} offset ${offset ?? 0}`.execute(db);
  return rows.map((row) => ({
    id: toAttributeId(row.contact_id, row.attribute_key_id),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    attributeKeyId: row.attribute_key_id,
    contactId: row.contact_id,
    value: row.value,
    number: row.number_value,
    date: row.date_value,
  }));
}

/** The attributes of these contacts as text by key, by contact; neither user ids nor what the owner has archived. */
export async function readAttributesOf(
  db: Kysely<Schema>,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const found = new Map<string, Record<string, string>>(contactIds.map((id) => [id, {}]));
  for (let start = 0; start < contactIds.length; start += CHUNK) {
    const rows = await db
      .selectFrom('contact_attribute')
      .innerJoin('attribute_key', 'attribute_key.id', 'contact_attribute.attribute_key_id')
      .select(['contact_id', 'key', 'value'])
      .where('contact_id', 'in', contactIds.slice(start, start + CHUNK))
      .where('archived', '=', 0)
      .orderBy('key')
      .execute();
    for (const { contact_id: id, key, value } of rows) {
      const attributes = found.get(id);
      if (attributes) Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true });
    }
  }
  return found;
}

/** Deletes a contact with its attributes, displays and responses. */
export async function deleteContact(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('contact').where('id', '=', id).execute();
}

/** Values are identified by contact and key; the id that older clients expect is derived from both. */
function toAttributeId(contactId: string, attributeKeyId: string): string {
  const hash = createHash('sha256').update(`${contactId}:${attributeKeyId}`).digest('hex');
  return `c${BigInt(`0x${hash}`).toString(36).slice(0, 24)}`;
}

function fromRow(row: ContactTable): ContactRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    userId: row.user_id,
  };
}
