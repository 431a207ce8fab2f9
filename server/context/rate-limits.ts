import { randomInt } from 'node:crypto';
import { ApiError } from '../base/api-error.ts';
import { createWindowCounter } from './window-counter.ts';

/** `INKLING_RATE_LIMIT`: the limits of client-api.md 2.6, none, or a number of requests per minute and address. */
export type RateLimitSetting = 'on' | 'off' | number;

/** Limits with separate counters: requests per address, uploads per address, uploads per environment. */
export type LimitName = 'client' | 'upload' | 'environment-upload';

/** Rate limits of this process. */
export interface RateLimits {
  /** Counts one request against a limit. Throws 429 with the seconds to wait when it is used up. */
  take(name: LimitName, key: string): void;
}

const WINDOW_MS = 60_000;
const LIMITS: Readonly<Record<LimitName, number>> = { client: 100, upload: 5, 'environment-upload': 100 };

/**
 * Makes the limits of client-api.md 2.6. A number in the setting replaces the general limit alone; uploads keep theirs.
 *
 * @example
 * limits.take('environment-upload', environmentId);
 */
export function createRateLimits(setting: RateLimitSetting, now: () => number): RateLimits {
  if (setting === 'off') return { take: () => {} };
  const limits = { ...LIMITS, ...(setting === 'on' ? {} : { client: setting }) };
  const counterOf = (limit: number) =>
    createWindowCounter({ limit, windowMs: WINDOW_MS, salt: randomInt(2 ** 31) });
  const counters = {
    client: counterOf(limits.client),
    upload: counterOf(limits.upload),
    'environment-upload': counterOf(limits['environment-upload']),
  };
  return {
    take(name, key) {
      const waitMs = counters[name].count(key, now());
      if (waitMs > 0) throw tooMany(waitMs);
    },
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
