import type { MiddlewareHandler } from 'hono';

const ALLOW_HEADERS = [
  'Content-Type',
  'Authorization',
  'Cache-Control',
  'X-CSRF-Token',
  'X-Requested-With',
  'Accept',
  'Accept-Version',
  'Content-Length',
  'Content-MD5',
  'Date',
  'X-Api-Version',
  // Sent by clients of 2024 with an upload.
  'X-File-Name',
  'X-File-Type',
  'X-Signature',
  'X-Survey-ID',
  'X-Timestamp',
  'X-UUID',
  'X-Inkling-User-Hash',
].join(', ');

// As in the original, shared caches must not store a preflight for one response or display (client-api.md 2.4).
const ITEM = /^\/api\/v\d\/client\/[^/]+\/(responses|displays)\/./;

const CLIENT_PATH = /^\/api\/v[12]\/client(\/|$)/;

/** Headers of every reply below the client routes (client-api.md 2.4). */
const CLIENT_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Date, Retry-After, ETag',
  'Cache-Control': 'private, no-store',
} as const;

/** Whether an address, as a request has it, is one of the client routes. */
export function isClientPath(address: string): boolean {
  return CLIENT_PATH.test(address);
}

/** Returns the headers of a reply that is sent outside of the app; without an address those of the client routes. */
export function outsideHeaders(address: string | undefined): Readonly<Record<string, string>> {
  const isForClients = address === undefined || isClientPath(address);
  return isForClients ? CLIENT_HEADERS : { 'Cache-Control': 'private, no-store' };
}

/**
 * CORS for the client routes (client-api.md 2.4): readable from every origin, errors included, never with
 * credentials. Answers every OPTIONS request itself, so that a preflight costs no database query.
 *
 * Headers are set before the handler runs: changing the response afterwards disables node-server's fast path.
 */
export const clientCors: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(CLIENT_HEADERS)) c.header(name, value);
  if (c.req.method !== 'OPTIONS') return next();

  c.header('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE, OPTIONS');
  c.header('Access-Control-Allow-Headers', ALLOW_HEADERS);
  c.header('Access-Control-Max-Age', '7200');
  if (!ITEM.test(c.req.path)) c.header('Cache-Control', 'public, s-maxage=3600, max-age=3600');
  return c.json({ data: {} });
};

/** Management replies are private to one owner: no shared cache may store them, and without CORS no other origin reads them. */
export const ownersOnly: MiddlewareHandler = (c, next) => {
  c.header('Cache-Control', 'private, no-store');
  return next();
};
