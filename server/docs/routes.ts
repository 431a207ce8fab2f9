import type { Context } from 'hono';
import type { OwnAddresses } from '../files/own-address.ts';
import { type EncodedBodies, encodeBody, encodingHeaders, isUnchanged } from '../http/encoded-body.ts';
import type { Route } from '../http/routes.ts';

// Only our own style sheet: the page has no script, no frame and nothing from other origins.
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Facts about the server that the documentation mentions. */
export interface DocsOptions {
  readonly version: string;
  /** Without `publicUrl` the document means the server that it was loaded from. */
  readonly addresses: OwnAddresses;
}

/**
 * `/openapi.json` and `/docs/api`, built at the first request from every route of the server, these included: nothing
 * of it is loaded at the start.
 */
export function docsRoutes(listRoutes: () => readonly Route[], options: DocsOptions): readonly Route[] {
  const document = once(async () => {
    const { describeApi } = await import('./document.ts');
    return describeApi(listRoutes(), {
      version: options.version,
      origin: options.addresses.publicUrl ?? '.',
    });
  });
  const json = once(async () => encodeBody(Buffer.from(JSON.stringify(await document()))));
  const page = once(async () => {
    const { renderPage } = await import('./page.ts');
    return encodeBody(Buffer.from(renderPage(await document())));
  });
  const style = once(async () => encodeBody(Buffer.from((await import('./style.ts')).STYLE)));

  const file = { method: 'GET', tag: 'Service', auth: 'none', reply: 'bytes', errors: [304] } as const;
  const pageHeaders = { 'Content-Security-Policy': PAGE_POLICY, 'Referrer-Policy': 'no-referrer' };
  return [
    {
      ...file,
      path: '/openapi.json',
      summary: 'Gives this description for programs, in the form OpenAPI',
      replyType: 'application/json',
      handle: async (c) => answer(c, await json(), { ...ANYWHERE, 'Content-Type': 'application/json' }),
    },
    {
      ...file,
      path: '/docs/api',
      summary: 'Gives this description for people',
      replyType: 'text/html',
      handle: async (c) =>
        answer(c, await page(), { ...pageHeaders, 'Content-Type': 'text/html; charset=utf-8' }),
    },
    {
      ...file,
      path: '/docs/api.css',
      summary: 'Gives the style sheet of the description',
      replyType: 'text/css',
      handle: async (c) => answer(c, await style(), { 'Content-Type': 'text/css; charset=utf-8' }),
    },
  ];
}

// Tools in a browser read it from other origins; it contains no secrets.
const ANYWHERE = { 'Access-Control-Allow-Origin': '*' };

function answer(c: Context, bodies: EncodedBodies, given: Readonly<Record<string, string>>): Response {
  const body = bodies.pick(c.req.header('accept-encoding'));
  const headers = {
    ...given,
    ...encodingHeaders(body),
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  if (isUnchanged(c.req.header('if-none-match'), body.etag)) return c.body(null, 304, headers);
  return c.body(body.bytes, 200, headers);
}

/** Caches a value that is computed at first use; failures aren't cached. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
