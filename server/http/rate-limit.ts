import { randomInt } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { Log } from '../base/log.ts';
import { findClientKey } from './client-address.ts';
import { ApiError } from './errors.ts';
import { createWindowCounter } from './window-counter.ts';

/** `INKLING_RATE_LIMIT`: as client-api.md 2.6 has it, none, or requests per minute and address. */
export type RateLimitSetting = 'on' | 'off' | number;

/** What is counted by itself: requests of an address, its uploads, and the uploads of an environment. */
export type LimitName = 'client' | 'upload' | 'environment-upload';

/** The limits of this process. */
export interface RateLimits {
  /** Counts one request against a limit. Throws 429 with the seconds to wait when it is used up. */
  take(name: LimitName, key: string): void;
}

const WINDOW_MS = 60_000;
const LIMITS: Readonly<Record<LimitName, number>> = { client: 100, upload: 5, 'environment-upload': 100 };
const UPLOAD_PATH = /^\/api\/v[12]\/client\/[^/]+\/storage$/;

/**
 * The limits of client-api.md 2.6. A number in the setting replaces the general limit alone; uploads keep theirs.
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

/**
 * Counts each client request for the address it comes from. A request that came through no socket, as tests make
 * them, comes from nobody and is not counted.
 *
 * While a proxy shows itself and `INKLING_TRUST_PROXY` is unset, every visitor would look like that proxy: its
 * requests are not counted, and one warning says what to set (design.md 4).
 */
export function limitClients(
  limits: RateLimits,
  { trustedProxies, log }: { readonly trustedProxies: number | undefined; readonly log: Log },
): MiddlewareHandler {
  let hasWarned = false;

  function warn(forwardedFor: string): void {
    if (hasWarned) return;
    hasWarned = true;
    const hops = forwardedFor.split(',').length;
    log.warn(
      'X-Forwarded-For arrives and INKLING_TRUST_PROXY is unset: no limit per address. ' +
        `Set INKLING_TRUST_PROXY=${hops} if that many proxies stand before the server, 0 if none does`,
    );
  }

  return (c, next) => {
    const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
    if (!incoming) return next();
    const forwardedFor = c.req.header('x-forwarded-for');
    const key = findClientKey({ socketAddress: incoming.socket.remoteAddress, forwardedFor, trustedProxies });
    if (key === undefined) warn(forwardedFor ?? '');
    else limits.take(isUpload(c) ? 'upload' : 'client', key);
    return next();
  };
}

function isUpload(c: Context): boolean {
  return c.req.method === 'POST' && UPLOAD_PATH.test(c.req.path);
}

function tooMany(waitMs: number): ApiError {
  return new ApiError(
    'too_many_requests',
    'Maximum number of requests reached. Please try again later.',
    {},
    { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  );
}
