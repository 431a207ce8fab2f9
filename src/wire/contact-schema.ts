import * as z from 'zod';
import { envelope, type Inferred, idSchema, instantSchema, keySchema, textSchema } from './base-schema.ts';
import type {
  WireAttributeClass,
  WireAttributeKey,
  WireContact,
  WireContactAttribute,
  WirePerson,
} from './management-reply.ts';

const RESERVED: ReadonlySet<string> = new Set(['user_id', 'first_name', 'last_name']);

const key = keySchema
  .refine(
    (name) => /^[a-z][a-z0-9_]*$/.test(name) || RESERVED.has(name.trim().toLowerCase()),
    'Key must be a safe identifier: only lowercase letters, numbers, and underscores, and must start with a letter',
  )
  .refine(
    (name) => !RESERVED.has(name.trim().toLowerCase()),
    'Key is reserved for the v5.1 safe-identifier default attribute migration. Please choose another one.',
  );
const dataType = z.enum(['string', 'number', 'date']);
const title = textSchema.max(1000);

/** The body of `POST …/contact-attribute-keys` (management-api.md 6). */
export const attributeKeySchema = z.object({
  key,
  type: z.literal('custom'),
  name: title.optional(),
  description: title.optional(),
  dataType: dataType.optional(),
});

/** The body of `PUT …/contact-attribute-keys/{id}`: what is absent stays. */
export const attributeKeyChangeSchema = z.object({
  key: key.optional(),
  name: title.optional(),
  description: title.optional(),
  dataType: dataType.optional(),
});

/** The body of `POST …/attribute-classes`: its own form, and that of attribute keys (management-api.md 13). */
export const attributeClassSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('code'),
    name: keySchema.min(1, 'Too small: expected string to have >=1 characters'),
    description: title.nullish(),
  }),
  attributeKeySchema.extend({ description: title.nullish() }),
]);

/** The body of `PUT …/attribute-classes/{id}`; `name` is required and ignored. */
export const attributeClassChangeSchema = z.object({
  name: textSchema,
  description: title.nullish(),
  archived: z.boolean().optional(),
});

const stamps = { id: idSchema, createdAt: instantSchema, updatedAt: instantSchema };
const owner = { workspaceId: idSchema, environmentId: idSchema };

const attributeKey = z.object({
  ...stamps,
  isUnique: z.boolean(),
  key: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  type: z.enum(['default', 'custom']),
  dataType,
  madeBy: z.literal('client').optional(),
  ...owner,
}) satisfies z.ZodType<Inferred<WireAttributeKey>>;

/** One attribute key (management-api.md 6). */
export const attributeKeyReplySchema = envelope(attributeKey);
/** `GET …/contact-attribute-keys`. */
export const attributeKeyListSchema = envelope(z.array(attributeKey));

const attributeClass = z.object({
  ...stamps,
  name: z.string(),
  description: z.string().nullable(),
  archived: z.boolean(),
  type: z.enum(['automatic', 'code']),
  ...owner,
}) satisfies z.ZodType<Inferred<WireAttributeClass>>;

/** One attribute class (management-api.md 13). */
export const attributeClassReplySchema = envelope(attributeClass);
/** `GET …/attribute-classes`. */
export const attributeClassListSchema = envelope(z.array(attributeClass));

const contactAttribute = z.object({
  ...stamps,
  attributeKeyId: idSchema,
  contactId: idSchema,
  value: z.string(),
  valueNumber: z.number().nullable(),
  valueDate: instantSchema.nullable(),
}) satisfies z.ZodType<Inferred<WireContactAttribute>>;

/** `GET …/contact-attributes` (management-api.md 7). */
export const contactAttributeListSchema = envelope(z.array(contactAttribute));

const contact = z.object({
  ...stamps,
  userId: z.string().nullable(),
  ...owner,
}) satisfies z.ZodType<Inferred<WireContact>>;

/** One contact (management-api.md 8). */
export const contactReplySchema = envelope(contact);
/** `GET …/contacts`. */
export const contactListSchema = envelope(z.array(contact));

const person = contact.extend({
  attributes: z.record(z.string(), z.string()),
}) satisfies z.ZodType<Inferred<WirePerson>>;

/** One person (management-api.md 14). */
export const personReplySchema = envelope(person);
/** `GET …/people`. */
export const personListSchema = envelope(z.array(person));

/** Reply to deleting a contact or person. */
export const erasedSchema = envelope(z.object({ success: z.string() }));
