import type { Context } from 'hono';
import { badRequest, notFound } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { type EncodedBodies, encodeBody, encodingHeaders, isUnchanged } from '../http/encoded-body.ts';
import { pathParam, type Route } from '../http/routes.ts';
import { toWireEnvironment } from '../replies/environment-wire.ts';
import { markAppSetUp } from '../repo/environments.ts';

const CACHE_CONTROL = 'public, s-maxage=60, max-age=60, stale-while-revalidate=60, stale-if-error=60';

/**
 * Handler of `GET …/environment` (client-api.md 3.1).
 *
 * The body is made once per change and slot: all requests of the same five minutes get the same bytes, compressed once,
 * or a 304.
 */
export function environmentRoute(context: ServerContext): Route['handle'] {
  const bodyOf = createBodies(context);

  return async (c: Context) => {
    const id = pathParam(c, 'environmentId').trim();
    if (!/^[0-9a-z]+$/.test(id)) throw badRequest('Invalid ID format');
    const live = await context.cache.find(id);
    if (!live) throw notFound('Workspace', id);
    noteFirstVisit(context, live);

    const body = bodyOf(live).pick(c.req.header('accept-encoding'));
    const headers = { ...encodingHeaders(body), 'Cache-Control': CACHE_CONTROL };
    if (isUnchanged(c.req.header('if-none-match'), body.etag)) return c.body(null, 304, headers);
    return c.body(body.bytes, 200, { ...headers, 'Content-Type': 'application/json' });
  };
}

interface Slot {
  readonly number: number;
  readonly bodies: EncodedBodies;
}

function createBodies({
  now,
  lifetimes,
  addresses,
}: ServerContext): (live: LiveEnvironment) => EncodedBodies {
  // Keyed by the loaded environment: after a change there is a new one, and the old body is garbage-collected.
  const known = new WeakMap<LiveEnvironment, Slot>();

  return (live) => {
    const number = Math.floor(now() / lifetimes.slotMs);
    const present = known.get(live);
    if (present?.number === number) return present.bodies;
    const expiresAt = new Date((number + 1) * lifetimes.slotMs + lifetimes.environmentMs).toISOString();
    const text = JSON.stringify({ data: { data: toWireEnvironment(live, addresses.base), expiresAt } });
    const bodies = encodeBody(Buffer.from(text));
    known.set(live, { number, bodies });
    return bodies;
  };
}

const noted = new WeakSet<LiveEnvironment>();

/** Records that a browser has loaded the environment, for the owner's set-up page. The request does not wait for it. */
function noteFirstVisit({ database, log }: ServerContext, live: LiveEnvironment): void {
  const { id, isAppSetUp } = live.environment;
  if (isAppSetUp || noted.has(live)) return;
  noted.add(live);
  database
    .write((trx) => markAppSetUp(trx, id))
    .catch((error: unknown) => log.warn('first visit not noted', { error }));
}
