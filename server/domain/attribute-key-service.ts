import type { Kysely } from 'kysely';
import type * as z from 'zod';
import { MAX_ATTRIBUTE_KEYS } from '../../src/core/limits.ts';
import type { attributeClassSchema } from '../../src/wire/contact-schema.ts';
import { attributeClassChangeSchema, attributeKeyChangeSchema } from '../../src/wire/contact-schema.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import {
  type AttributeKeyRecord,
  type AttributeType,
  deleteAttributeKey,
  findAttributeKey,
  insertAttributeKey,
  listAttributeKeys,
  toTitle,
  updateAttributeKey,
} from '../repo/attribute-keys.ts';
import { type AttributeEntry, listValues, replaceValue, type ValueCursor } from '../repo/contacts.ts';
import { bumpRevision, lockEnvironment } from '../repo/environments.ts';
import { newId } from '../repo/new-id.ts';
import type { Schema } from '../repo/schema.ts';
import { convertValue } from './attribute-types.ts';

/** Values that one transaction converts: it holds the write lock of SQLite for a few milliseconds. */
const CONVERTED_AT_ONCE = 500;

/** Fields of a new attribute key. */
export interface NewKey {
  readonly key: string;
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly dataType?: AttributeType | undefined;
}

/**
 * Stores a new key, or makes a key that identifications have made the owner's, with the fields that are given. Throws 400
 * with the message `taken` when the owner has made it before, 403 at the limit of the owner's keys: keys that anybody
 * could make take no room from them.
 */
export async function createAttributeKey(
  context: ServerContext,
  environmentId: string,
  { input, taken }: { readonly input: NewKey; readonly taken: string },
): Promise<AttributeKeyRecord> {
  const now = context.now();
  const { record, after } = await context.database.write(async (trx) => {
    await lockEnvironment(trx, environmentId);
    const present = await listAttributeKeys(trx, environmentId);
    const found = present.find(({ key }) => key === input.key);
    if (found?.isOwned) throw badRequest(taken);
    if (present.filter(({ isOwned }) => isOwned).length >= MAX_ATTRIBUTE_KEYS) {
      throw new ApiError('forbidden', `An environment has at most ${MAX_ATTRIBUTE_KEYS} attribute keys`);
    }
    if (found) {
      const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const adopted = { ...found, ...given, isOwned: true, updatedAt: now };
      const after = await storeKey(trx, adopted, { taken, isTyped: input.dataType !== undefined });
      return { record: adopted, after };
    }
    const made = toRecord(environmentId, input, now);
    if (!(await insertAttributeKey(trx, made))) throw badRequest(taken);
    await bumpRevision(trx, environmentId);
    return { record: made, after: undefined };
  });
  context.cache.forget(environmentId);
  await convertRest(context, record, after);
  return record;
}

function toRecord(environmentId: string, input: NewKey, now: number): AttributeKeyRecord {
  return {
    id: newId(now),
    environmentId,
    createdAt: now,
    updatedAt: now,
    key: input.key,
    dataType: input.dataType ?? 'string',
    name: input.name ?? toTitle(input.key),
    description: input.description === undefined ? '' : input.description,
    isDefault: false,
    isUnique: false,
    isOwned: true,
    isArchived: false,
  };
}

/**
 * Changes the fields that a body has; values are converted to a new type (management-api.md 6). Throws 400 when another
 * key has the new name, and for the name or type of a default key.
 */
export async function changeAttributeKey(
  context: ServerContext,
  present: AttributeKeyRecord,
  body: unknown,
): Promise<AttributeKeyRecord> {
  const input = checkBody(attributeKeyChangeSchema, body);
  const record: AttributeKeyRecord = {
    ...present,
    key: input.key ?? present.key,
    name: input.name ?? present.name,
    description: input.description ?? present.description,
    dataType: input.dataType ?? present.dataType,
    updatedAt: context.now(),
  };
  const changed = (['key', 'dataType'] as const).filter((field) => record[field] !== present[field]);
  const [first] = changed;
  if (present.isDefault && first) {
    throw badRequest('Default Contact Attribute Keys keep their key and type', {
      [first]: 'Must not change',
    });
  }
  const after = await context.database.write((trx) => {
    const isTyped = input.dataType !== undefined;
    return storeKey(trx, record, { taken: 'Attribute key already exists', isTyped });
  });
  context.cache.forget(present.environmentId);
  await convertRest(context, record, after);
  return record;
}

/**
 * Replaces a key and, where its type was given, converts the first values to it in the same transaction: a key with few
 * values changes at once. Returns the last value converted; undefined when there are no more.
 */
async function storeKey(
  trx: Kysely<Schema>,
  record: AttributeKeyRecord,
  { taken, isTyped }: { readonly taken: string; readonly isTyped: boolean },
): Promise<ValueCursor | undefined> {
  if (!(await updateAttributeKey(trx, record))) throw badRequest(taken);
  await bumpRevision(trx, record.environmentId);
  return isTyped ? convertValues(trx, record) : undefined;
}

/** Converts the values behind one, in transactions of their own: other writes go on between them. */
async function convertRest(
  { database }: ServerContext,
  record: AttributeKeyRecord,
  after: ValueCursor | undefined,
): Promise<void> {
  let behind = after;
  while (behind) {
    const from = behind;
    behind = await database.write(async (trx) => {
      const isCurrent = (await findAttributeKey(trx, record.id))?.dataType === record.dataType;
      return isCurrent ? convertValues(trx, record, from) : undefined;
    });
  }
}

async function convertValues(
  trx: Kysely<Schema>,
  { id, dataType }: AttributeKeyRecord,
  behind?: ValueCursor,
): Promise<ValueCursor | undefined> {
  const page = await listValues(trx, id, { behind, limit: CONVERTED_AT_ONCE });
  for (const stored of page) {
    const entry = convertValue(stored.value, dataType);
    if (isSameEntry(stored, entry)) continue;
    await replaceValue(trx, id, { stored, entry });
  }
  return page.length < CONVERTED_AT_ONCE ? undefined : page.at(-1);
}

function isSameEntry(a: AttributeEntry, b: AttributeEntry): boolean {
  return a.value === b.value && a.number === b.number && a.date === b.date;
}

/** Changes an attribute class as the older API does (management-api.md 13): its name stays. */
export async function changeAttributeClass(
  context: ServerContext,
  present: AttributeKeyRecord,
  body: unknown,
): Promise<AttributeKeyRecord> {
  const { description, archived } = checkBody(attributeClassChangeSchema, body);
  const record: AttributeKeyRecord = {
    ...present,
    description: description === undefined ? present.description : description,
    isArchived: archived ?? present.isArchived,
    updatedAt: context.now(),
  };
  await context.database.write((trx) => updateAttributeKey(trx, record));
  return record;
}

/** Deletes a key with all its values; throws 400 with the message `refusal` for a default key. */
export async function removeAttributeKey(
  context: ServerContext,
  { id, environmentId, isDefault }: AttributeKeyRecord,
  refusal: string,
): Promise<void> {
  if (isDefault) throw badRequest(refusal);
  await context.database.write(async (trx) => {
    await deleteAttributeKey(trx, id);
    await bumpRevision(trx, environmentId);
  });
  context.cache.forget(environmentId);
}

/** Converts a new attribute class, in either of its two forms, to an attribute key. */
export function toNewKey(input: z.output<typeof attributeClassSchema>): NewKey {
  return input.type === 'code' ? { key: input.name, description: null } : input;
}
