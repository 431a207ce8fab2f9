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
].join(', ');

// As in the original, shared caches must not store a preflight for one response or display (client-api.md 2.4).
const ITEM = /^\/api\/v\d\/client\/[^/]+\/(responses|displays)\/./;

/**
 * CORS for the client routes (client-api.md 2.4): readable from every origin, errors included, never with
 * credentials. Answers every OPTIONS request itself, so that a preflight costs no database query.
 *
 * Headers are set before the handler runs: changing the response afterwards disables node-server's fast path.
 */
export const clientCors: MiddlewareHandler = async (c, next) => {
  c.header('Access-Control-Allow-Origin', '*');
  c.header('Access-Control-Expose-Headers', 'Date, Retry-After, ETag');
  c.header('Cache-Control', 'private, no-store');
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
