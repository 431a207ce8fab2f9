import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Log, LogFacts } from '../base/log.ts';

/**
 * One line per request at `info`: pattern, status and duration, and at `trace` one when it begins. Nothing that came
 * with it appears: neither path nor query, headers, body or address.
 */
export function logRequests(log: Log, clock: () => number = () => performance.now()): MiddlewareHandler {
  return async (c, next) => {
    const began = clock();
    log.trace('request began', describeRequest(c));
    await next();
    const durationMs = Math.round((clock() - began) * 10) / 10;
    log.info('request', { ...describeRequest(c), status: c.res.status, durationMs });
  };
}

/** What a line may say of a request. All lines of one request carry the same random id. */
export function describeRequest(c: Context): LogFacts {
  const known = c.get('requestId') as string | undefined;
  const requestId = known ?? randomUUID();
  if (known === undefined) c.set('requestId', requestId);
  return { requestId, method: c.req.method, route: patternOf(c) };
}

/** The pattern and not the path: a path can carry ids that say who somebody is. */
function patternOf(c: Context): string {
  const route = matchedRoutes(c).findLast(({ method, path }) => method !== 'ALL' || !path.endsWith('*'));
  return route?.path ?? 'none';
}
