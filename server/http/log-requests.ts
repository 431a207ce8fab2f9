import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Log, LogFacts } from '../base/log.ts';

/**
 * Makes a middleware that logs each request: at `info` its route pattern, status and duration, at `trace` its beginning.
 * No path, query, header, body or address is logged.
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

/** Returns the loggable facts of a request. All lines of one request have the same random id. */
export function describeRequest(c: Context): LogFacts {
  const known = c.get('requestId') as string | undefined;
  const requestId = known ?? randomUUID();
  if (known === undefined) c.set('requestId', requestId);
  return { requestId, method: c.req.method, route: patternOf(c) };
}

/** Returns the route pattern instead of the path, which may contain ids of persons. */
function patternOf(c: Context): string {
  const route = matchedRoutes(c).findLast(({ method, path }) => method !== 'ALL' || !path.endsWith('*'));
  return route?.path ?? 'none';
}
