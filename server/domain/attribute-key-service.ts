import type * as z from 'zod';
import type { attributeClassSchema } from '../../src/wire/contact-schema.ts';
import { attributeClassChangeSchema, attributeKeyChangeSchema } from '../../src/wire/contact-schema.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import {
  type AttributeKeyRecord,
  type AttributeType,
  deleteAttributeKey,
  hasValues,
  insertAttributeKey,
  listAttributeKeys,
  toTitle,
  updateAttributeKey,
} from '../repo/attribute-keys.ts';
import { bumpRevision, lockEnvironment } from '../repo/environments.ts';
import { newId } from '../repo/new-id.ts';
import { MAX_KEYS } from './plan-attributes.ts';

/** Fields of a new attribute key. */
export interface NewKey {
  readonly key: string;
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly dataType?: AttributeType | undefined;
}

/** Stores a new key; throws 400 with the message `taken` when the key exists, 403 at the limit of keys. */
export async function createAttributeKey(
  context: ServerContext,
  environmentId: string,
  { input, taken }: { readonly input: NewKey; readonly taken: string },
): Promise<AttributeKeyRecord> {
  const now = context.now();
  const record: AttributeKeyRecord = {
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
    isArchived: false,
  };
  await context.database.write(async (trx) => {
    await lockEnvironment(trx, environmentId);
    const present = await listAttributeKeys(trx, environmentId);
    if (present.some(({ key }) => key === record.key)) throw badRequest(taken);
    if (present.length >= MAX_KEYS) {
      throw new ApiError('forbidden', `An environment has at most ${MAX_KEYS} attribute keys`);
    }
    if (!(await insertAttributeKey(trx, record))) throw badRequest(taken);
    await bumpRevision(trx, environmentId);
  });
  context.cache.forget(environmentId);
  return record;
}

/**
 * Changes the fields that a body has. Throws 400 when another key has the new name, and for a change that is incompatible
 * with stored data: the name or type of a default key, the type of a key that has values.
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
  await context.database.write(async (trx) => {
    if (changed.includes('dataType') && (await hasValues(trx, present.id))) {
      const details = { dataType: 'Must not change once contacts have values of it' };
      throw badRequest('Fields are missing or incorrectly formatted', details);
    }
    if (!(await updateAttributeKey(trx, record))) throw badRequest('Attribute key already exists');
    await bumpRevision(trx, present.environmentId);
  });
  context.cache.forget(present.environmentId);
  return record;
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
