import type { Context } from 'hono';
import { badRequest, notFound } from '../http/errors.ts';
import { pathParam, type Route } from '../http/routes.ts';
import { markAppSetUp } from '../repo/environments.ts';
import type { ServerContext } from './context.ts';
import { type EncodedBodies, encodeBody, encodingHeaders, isUnchanged } from './encoded-body.ts';
import type { LiveEnvironment } from './environment-cache.ts';
import { toWireEnvironment } from './environment-wire.ts';

const CACHE_CONTROL = 'public, s-maxage=60, max-age=60, stale-while-revalidate=60, stale-if-error=60';

/**
 * `GET …/environment` (client-api.md 3.1).
 *
 * The body is made once per change and slot, so that everybody's request of the same five minutes is answered with
 * the same bytes, compressed beforehand and confirmed by 304.
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

interface SlotBody {
  readonly slot: number;
  readonly bodies: EncodedBodies;
}

function createBodies({ now, lifetimes }: ServerContext): (live: LiveEnvironment) => EncodedBodies {
  // By the loaded environment itself: a change makes a new one, and the old body goes with the old one.
  const known = new WeakMap<LiveEnvironment, SlotBody>();
  return (live) => {
    const slot = Math.floor(now() / lifetimes.slotMs);
    const present = known.get(live);
    if (present?.slot === slot) return present.bodies;
    const expiresAt = new Date((slot + 1) * lifetimes.slotMs + lifetimes.environmentMs).toISOString();
    const text = JSON.stringify({ data: { data: toWireEnvironment(live), expiresAt } });
    const bodies = encodeBody(Buffer.from(text));
    known.set(live, { slot, bodies });
    return bodies;
  };
}

const noted = new WeakSet<LiveEnvironment>();

/** The owner's set-up page waits for the first browser; nobody's request waits for this. */
function noteFirstVisit({ database, log }: ServerContext, live: LiveEnvironment): void {
  const { id, isAppSetUp } = live.environment;
  if (isAppSetUp || noted.has(live)) return;
  noted.add(live);
  database
    .write((trx) => markAppSetUp(trx, id))
    .catch((error: unknown) => log.warn('first visit not noted', { error }));
}
