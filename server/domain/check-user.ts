import type * as z from 'zod';
import { attributesSchema, emailSchema, userIdSchema } from '../../src/wire/user-schema.ts';
import { badRequest } from '../base/api-error.ts';
import type { AttributeValue } from './plan-attributes.ts';

/** Attributes as they arrived: an object whose values nobody has looked at yet. */
export type GivenAttributes = Readonly<Record<string, unknown>>;

/**
 * Takes what a body says about attributes: anything but an object counts as none, and `userId` and `id` among them are
 * nobody's business. Throws 400 for an `email` that can't be one at a glance (client-api.md 3.7, row 5).
 */
export function readAttributes(given: unknown): GivenAttributes {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const { userId: _userId, id: _id, ...attributes } = given as Record<string, unknown>;
  const { email } = attributes;
  if (email !== undefined && (typeof email !== 'string' || email.length < 3 || !email.includes('@'))) {
    throw badRequest('Invalid email format');
  }
  return attributes;
}

/** Attributes that may be planned, or what is wrong with the first that may not (client-api.md 3.7, row 7). */
export function checkAttributes(
  given: GivenAttributes,
): { readonly attributes: Readonly<Record<string, AttributeValue>> } | { readonly problem: string } {
  if (given.email !== undefined && !emailSchema.safeParse(given.email).success) {
    return { problem: 'email: Invalid email address' };
  }
  const checked = attributesSchema.safeParse(given);
  return checked.success ? { attributes: checked.data } : { problem: firstMessage(checked.error) };
}

/** A user id that can be stored; throws 400 naming what is wrong with it. */
export function checkUserId(userId: string): string {
  const checked = userIdSchema.safeParse(userId);
  if (checked.success) return checked.data;
  throw badRequest(`Validation failed: userId: ${firstMessage(checked.error)}`);
}

function firstMessage(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? [...issue.path.map(String), issue.message].join(': ') : 'invalid';
}
