import { randomInt } from 'node:crypto';
import {
  MAX_ENVIRONMENT_UPLOADS_PER_MINUTE,
  MAX_NEW_KEYS_PER_DAY,
  MAX_REQUESTS_PER_MINUTE,
  MAX_UPLOADS_PER_MINUTE,
} from '../../src/core/limits.ts';
import { ApiError } from '../base/api-error.ts';
import { createWindowCounter } from './window-counter.ts';

/** `INKLING_RATE_LIMIT`: the limits of client-api.md 2.6, none, or a number of requests per minute and address. */
export type RateLimitSetting = 'on' | 'off' | number;

/** Limits with separate counters: requests, uploads and new attribute keys per address, uploads per environment. */
export type LimitName = 'client' | 'upload' | 'environment-upload' | 'new-key';

/** Rate limits of this process. */
export interface RateLimits {
  /** Counts one request against a limit. Throws 429 with the seconds to wait when it is used up. */
  take(name: LimitName, key: string): void;
  /** Counts one more against a limit and returns whether it is within. */
  admits(name: LimitName, key: string): boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LIMITS: Readonly<Record<LimitName, { readonly limit: number; readonly windowMs: number }>> = {
  client: { limit: MAX_REQUESTS_PER_MINUTE, windowMs: MINUTE_MS },
  upload: { limit: MAX_UPLOADS_PER_MINUTE, windowMs: MINUTE_MS },
  'environment-upload': { limit: MAX_ENVIRONMENT_UPLOADS_PER_MINUTE, windowMs: MINUTE_MS },
  'new-key': { limit: MAX_NEW_KEYS_PER_DAY, windowMs: DAY_MS },
};

/**
 * Makes the limits of client-api.md 2.6. A number in the setting replaces the general limit alone; the others stay.
 *
 * @example
 * limits.take('environment-upload', environmentId);
 */
export function createRateLimits(setting: RateLimitSetting, now: () => number): RateLimits {
  if (setting === 'off') return { take: () => {}, admits: () => true };
  const counterOf = (name: LimitName, limit = LIMITS[name].limit) =>
    createWindowCounter({ limit, windowMs: LIMITS[name].windowMs, salt: randomInt(2 ** 31) });
  const counters = {
    client: counterOf('client', setting === 'on' ? undefined : setting),
    upload: counterOf('upload'),
    'environment-upload': counterOf('environment-upload'),
    'new-key': counterOf('new-key'),
  };
  return {
    take(name, key) {
      const waitMs = counters[name].count(key, now());
      if (waitMs > 0) throw tooMany(waitMs);
    },
    admits: (name, key) => counters[name].count(key, now()) === 0,
  };
}

function tooMany(waitMs: number): ApiError {
  return new ApiError(
    'too_many_requests',
    'Maximum number of requests reached. Please try again later.',
    {},
    { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  );
}
