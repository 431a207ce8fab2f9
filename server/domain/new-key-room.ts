import { MAX_CLIENT_ATTRIBUTE_KEYS, MAX_ENVIRONMENT_NEW_KEYS_PER_DAY } from '../../src/core/limits.ts';
import type { RateLimits } from '../context/rate-limits.ts';
import type { AttributeKeyRecord } from '../repo/attribute-keys.ts';

const DAY_MS = 86_400_000;

/**
 * Returns how many keys identifications may make in an environment now, whoever calls (client-api.md 4.1): anybody can
 * call, so they have a part of all keys, and a part of that in a day. The owner's keys count for neither.
 */
export function findKeyRoom(keys: Iterable<AttributeKeyRecord>, now: number): number {
  const made = [...keys].filter(({ isOwned }) => !isOwned);
  const today = made.filter(({ createdAt }) => createdAt > now - DAY_MS);
  return Math.max(
    0,
    Math.min(MAX_CLIENT_ATTRIBUTE_KEYS - made.length, MAX_ENVIRONMENT_NEW_KEYS_PER_DAY - today.length),
  );
}

/** Counts new keys against the address that brings them, and returns how many of them it may make. */
export function countNewKeys(limits: RateLimits, address: string | undefined, wanted: number): number {
  if (address === undefined) return wanted;
  let admitted = 0;
  while (admitted < wanted && limits.admits('new-key', address)) admitted += 1;
  return admitted;
}
