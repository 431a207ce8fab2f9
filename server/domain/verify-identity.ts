import { createHmac, timingSafeEqual } from 'node:crypto';
import { MAX_USER_HASH_CHARS } from '../../src/core/limits.ts';
import { ApiError } from '../base/api-error.ts';
import type { Environment, IdentitySecret } from '../repo/environments.ts';

/**
 * What a request may do with the person whose user id it names.
 *
 * `unchecked`: identity verification is off, everything. `proven`: it came with a right hash, everything. `bare`: without
 * a hash where none is required, everything except for people who are verified. `refused`: nothing.
 */
export type Claim = 'unchecked' | 'proven' | 'bare' | 'refused';

/** A user id and the proof that came with it. */
export interface GivenIdentity {
  /** Null for a contact that has none: nobody can prove to be it. */
  readonly userId: string | null;
  readonly userHash?: string | null | undefined;
}

/**
 * Decides what a request may do with the person it names (client-api.md 4.7). Asks no database: the answer, and the time
 * it takes, are the same for a user id that exists and for one that doesn't.
 */
export function claimOf(
  { settings, identitySecrets }: Pick<Environment, 'settings' | 'identitySecrets'>,
  { userId, userHash = null }: GivenIdentity,
  now: number,
): Claim {
  if (settings.identityVerification === 'off') return 'unchecked';
  if (userId === null) return 'refused';
  if (userHash === null) return settings.identityVerification === 'require' ? 'refused' : 'bare';
  const valid = identitySecrets.filter(({ validUntil }) => validUntil === null || now < validUntil);
  return isProof(valid, userId, userHash) ? 'proven' : 'refused';
}

/** Computes the proof of a user id: HMAC-SHA256 with the secret's text as the key, in lower-case hex. */
export function hashUserId(secret: string, userId: string): string {
  return createHmac('sha256', secret).update(userId).digest('hex');
}

/** Makes the 403 for a person whom a request may not act for. */
export function refuseIdentity({ userHash }: Pick<GivenIdentity, 'userHash'>): ApiError {
  const what = (userHash ?? null) === null ? 'missing' : 'wrong';
  const rule = "it is the HMAC-SHA256 of the user id with the environment's secret, as 64 hex digits";
  return new ApiError('forbidden', `userHash is ${what}: ${rule}`, { userHash: what });
}

/** Compares with every secret, whichever is the right one: the time tells nothing. */
function isProof(secrets: readonly IdentitySecret[], userId: string, userHash: string): boolean {
  if (userHash.length !== MAX_USER_HASH_CHARS) return false;
  const given = Buffer.from(userHash);
  const results = secrets.map(({ value }) => {
    const right = Buffer.from(hashUserId(value, userId));
    return right.length === given.length && timingSafeEqual(right, given);
  });
  return results.includes(true);
}
