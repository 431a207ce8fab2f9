import { userRequestSchema, WHOLE_MESSAGES } from '../../src/wire/user-schema.ts';
import { badRequest } from '../base/api-error.ts';
import type { AttributeValue } from './plan-attributes.ts';

/** A user id with its attributes, or with the reason why they can't be stored (client-api.md 3.7, row 7). */
export type CheckedUser = { readonly userId: string; readonly userHash: string | undefined } & (
  | { readonly attributes: Readonly<Record<string, AttributeValue>> }
  | { readonly problem: string }
);

/**
 * Checks a user id and attributes as `POST …/user` takes them. Throws 400 for a wrong user id and for an e-mail of the
 * wrong shape. Any other wrong attribute is returned as a problem: the contact is made before that one is answered.
 */
export function checkUser(body: {
  readonly userId?: unknown;
  readonly attributes?: unknown;
  readonly userHash?: unknown;
}): CheckedUser {
  const checked = userRequestSchema.safeParse(body);
  if (checked.success) {
    const { userId, userHash, attributes = {} } = checked.data;
    return { userId, userHash: userHash ?? undefined, attributes };
  }
  const { path = [], message = 'invalid' } = checked.error.issues[0] ?? {};
  if (WHOLE_MESSAGES.has(message)) throw badRequest(message);
  const [field, ...rest] = path.map(String);
  if (field !== 'attributes') throw badRequest(`Validation failed: ${field}: ${message}`);
  const { userHash } = body;
  return {
    userId: String(body.userId),
    userHash: typeof userHash === 'string' ? userHash : undefined,
    problem: [...rest, message].join(': '),
  };
}
