import type { Context } from 'hono';
import { badRequest, notFound } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { type EncodedBodies, encodeBody, encodingHeaders, isUnchanged } from '../http/encoded-body.ts';
import { originOf } from '../http/origin.ts';
import { pathParam, type Route } from '../http/routes.ts';
import { hasFileUrls, toWireEnvironment } from '../replies/environment-wire.ts';
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

    const body = bodyOf(live, originOf(c, context.publicUrl)).pick(c.req.header('accept-encoding'));
    const headers = { ...encodingHeaders(body), 'Cache-Control': CACHE_CONTROL };
    if (isUnchanged(c.req.header('if-none-match'), body.etag)) return c.body(null, 304, headers);
    return c.body(body.bytes, 200, { ...headers, 'Content-Type': 'application/json' });
  };
}

interface Slot {
  readonly number: number;
  /** By origin where the body has URLs of files, else one body under the key ''. */
  readonly bodies: Map<string, EncodedBodies>;
}

/** A server has few origins, but a client may send any `Host`. */
const MAX_ORIGINS = 8;

function createBodies({
  now,
  lifetimes,
}: ServerContext): (live: LiveEnvironment, origin: string) => EncodedBodies {
  // Keyed by the loaded environment: after a change there is a new one, and the old body is garbage-collected.
  const known = new WeakMap<LiveEnvironment, Slot>();
  const usesFiles = new WeakMap<LiveEnvironment, boolean>();

  function slotOf(live: LiveEnvironment): Slot {
    const number = Math.floor(now() / lifetimes.slotMs);
    const present = known.get(live);
    if (present?.number === number) return present;
    const slot = { number, bodies: new Map() };
    known.set(live, slot);
    return slot;
  }

  return (live, origin) => {
    if (!usesFiles.has(live)) usesFiles.set(live, hasFileUrls(live));
    const { number, bodies } = slotOf(live);
    const place = usesFiles.get(live) ? origin : '';
    const present = bodies.get(place);
    if (present) return present;
    const expiresAt = new Date((number + 1) * lifetimes.slotMs + lifetimes.environmentMs).toISOString();
    const text = JSON.stringify({ data: { data: toWireEnvironment(live, place), expiresAt } });
    const made = encodeBody(Buffer.from(text));
    if (bodies.size >= MAX_ORIGINS) bodies.delete(bodies.keys().next().value ?? place);
    bodies.set(place, made);
    return made;
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
