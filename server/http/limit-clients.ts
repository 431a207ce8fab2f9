import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { Log } from '../base/log.ts';
import type { RateLimits } from '../context/rate-limits.ts';
import { findClientKey } from './client-address.ts';

const UPLOAD_PATH = /^\/api\/v[12]\/client\/[^/]+\/storage$/;

/**
 * Makes a middleware that applies the rate limit per client address. Requests without a socket, as tests send them, are
 * not counted.
 *
 * While `X-Forwarded-For` arrives and `INKLING_TRUST_PROXY` is unset, all visitors behind a proxy share its address: one
 * warning names the value to set (architecture.md 4).
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
      'X-Forwarded-For arrives and INKLING_TRUST_PROXY is unset: the header is ignored, and all visitors behind a reverse ' +
        'proxy share the rate limit of one address, so that many of them are refused with 429. ' +
        `Set INKLING_TRUST_PROXY=${hops} if that many proxies stand before the server, 0 if none does`,
    );
  }

  return (c, next) => {
    const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
    if (!incoming) return next();
    const forwardedFor = c.req.header('x-forwarded-for');
    const key = findClientKey({ socketAddress: incoming.socket.remoteAddress, forwardedFor, trustedProxies });
    if (trustedProxies === undefined && forwardedFor !== undefined) warn(forwardedFor);
    limits.take(isUpload(c) ? 'upload' : 'client', key);
    return next();
  };
}

function isUpload(c: Context): boolean {
  return c.req.method === 'POST' && UPLOAD_PATH.test(c.req.path);
}
