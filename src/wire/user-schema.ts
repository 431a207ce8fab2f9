import * as z from 'zod';
import { MAX_ATTRIBUTES, MAX_EMAIL_CHARS } from '../core/limits.ts';
import { boundedSchema, type Inferred, indexedSchema, textSchema, userHashSchema } from './base-schema.ts';
import type { WireUserRequest } from './user.ts';

/** A user id that can be stored. */
export const userIdSchema = indexedSchema.min(1);

const ID_REQUIRED = 'userId is required and must be a string';
const INVALID_EMAIL = 'Invalid email format';
const TOO_MANY = `attributes must not be more than ${MAX_ATTRIBUTES}`;

/** Messages of `userRequestSchema` that are the whole message of the reply; all others follow the field's name. */
export const WHOLE_MESSAGES: ReadonlySet<string> = new Set([ID_REQUIRED, INVALID_EMAIL, TOO_MANY]);

const emailSchema = boundedSchema(MAX_EMAIL_CHARS).pipe(z.email());

const attributesSchema = z.preprocess(
  readAttributes,
  z.record(
    z.string(),
    z.union([textSchema, z.number(), z.boolean()], 'Attribute values must be string, number or boolean'),
  ),
);

/**
 * The body of `POST …/user` (client-api.md 3.7). Attributes are texts, numbers and flags by key; anything but an object
 * counts as none, and `userId` and `id` among them are ignored. Of several failures the first one is answered.
 */
export const userRequestSchema = z.object({
  userId: z.string(ID_REQUIRED).min(1, ID_REQUIRED).pipe(indexedSchema),
  userHash: userHashSchema,
  attributes: attributesSchema.optional(),
}) satisfies z.ZodType<Inferred<WireUserRequest>>;

/** An e-mail is checked before all other attributes, first by its shape alone (client-api.md 3.7, row 5). */
function readAttributes(given: unknown, context: z.RefinementCtx): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  // Counted before each of them is checked.
  if (Object.keys(given).length > MAX_ATTRIBUTES) {
    context.addIssue({ code: 'custom', path: [], message: TOO_MANY });
    return {};
  }
  const { userId: _userId, id: _id, ...attributes } = given as Record<string, unknown>;
  const { email } = attributes;
  if (email === undefined) return attributes;
  const looksRight = typeof email === 'string' && email.length >= 3 && email.includes('@');
  if (!looksRight || !emailSchema.safeParse(email).success) {
    const message = looksRight ? 'Invalid email address' : INVALID_EMAIL;
    context.addIssue({ code: 'custom', path: ['email'], message });
  }
  return attributes;
}
