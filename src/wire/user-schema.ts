import * as z from 'zod';
import { type Inferred, indexedSchema, textSchema } from './base-schema.ts';
import type { WireUserRequest } from './user.ts';

/** A user id that can be stored. */
export const userIdSchema = indexedSchema.min(1);

const ID_REQUIRED = 'userId is required and must be a string';
const INVALID_EMAIL = 'Invalid email format';

/** Messages of `userRequestSchema` that are the whole message of the reply; all others follow the field's name. */
export const WHOLE_MESSAGES: ReadonlySet<string> = new Set([ID_REQUIRED, INVALID_EMAIL]);

const emailSchema = z.email().max(255);

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
  attributes: attributesSchema.optional(),
}) satisfies z.ZodType<Inferred<WireUserRequest>>;

/** An e-mail is checked before all other attributes, first by its shape alone (client-api.md 3.7, row 5). */
function readAttributes(given: unknown, context: z.RefinementCtx): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
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
