import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context } from 'hono';
import { ApiError } from './base/api-error.ts';
import { html } from './docs/html.ts';
import { type OwnAddresses, toOwnAddresses } from './files/own-address.ts';
import { type EncodedBodies, encodeBody, encodingHeaders, isUnchanged } from './http/encoded-body.ts';

/** A file in memory with its response headers. */
interface Asset {
  readonly bodies: EncodedBodies;
  readonly headers: Readonly<Record<string, string>>;
}

/** Files by URL path. */
export type Assets = ReadonlyMap<string, Asset>;

/** Options of `loadAssets`. */
export interface AssetOptions {
  /** The output folder of the build, `dist`. */
  readonly folder: string;
  readonly version: string;
  /** Where the tag on the first page points. Default: `http://localhost`. */
  readonly addresses?: OwnAddresses;
  /** Replaces `%INKLING_ENVIRONMENT_ID%` in the demo's pages; without it there is no demo. */
  readonly demoEnvironmentId?: string;
}

const SHORT = 'public, max-age=300';
/** The original's cache lifetimes, which pages and edge caches rely on (client-api.md 3.10). */
const DROP_IN = 'public, max-age=3600, s-maxage=2592000, stale-while-revalidate=3600, stale-if-error=86400';
const FOREVER = 'public, max-age=31536000, immutable';

/** Paths of the drop-ins that existing pages and SDKs request (client-api.md 3.8, 3.10). */
const DROP_IN_PATHS: Readonly<Record<string, readonly string[]>> = {
  'formbricks.js': [
    '/js/formbricks.umd.cjs',
    '/api/packages/js',
    '/api/packages/app',
    '/api/packages/website',
  ],
  'surveys.js': ['/js/surveys.umd.cjs', '/api/packages/surveys'],
};

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

// Strict, so that the demo proves that the snippet needs no exception. Scripts read the forms: none is ever submitted.
const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Reads every served file into memory, so that no request path ever reaches the file system. Files that are missing in
 * the build are left out.
 */
export function loadAssets({
  folder,
  version,
  addresses = toOwnAddresses(undefined),
  demoEnvironmentId,
}: AssetOptions): Assets {
  const assets = new Map<string, Asset>();

  for (const name of ['inkling.js', 'inkling.full.js']) {
    const file = readAsset(join(folder, name));
    if (!file) continue;
    assets.set(`/${name}`, toScript(file, SHORT));
    assets.set(`/${version}/${name}`, toScript(file, FOREVER));
  }
  for (const [name, paths] of Object.entries(DROP_IN_PATHS)) {
    const file = readAsset(join(folder, name));
    if (!file) continue;
    const type = 'application/javascript; charset=UTF-8';
    for (const path of paths) assets.set(path, toScript({ ...file, type }, DROP_IN));
    assets.set(`/${version}/${name}`, toScript(file, FOREVER));
  }
  for (const name of listFiles(join(folder, 'chunks'))) {
    const file = readAsset(join(folder, 'chunks', name));
    if (!file || extname(name) !== '.js') continue;
    // Chunks without a hash are the fallback of an old page after a deploy.
    assets.set(`/chunks/${name}`, toScript(file, name.includes('-') ? FOREVER : SHORT));
    assets.set(`/${version}/chunks/${name}`, toScript(file, FOREVER));
  }
  addPages(
    assets,
    { folder: join(folder, 'pages'), below: '/', first: 'home.html' },
    toFacts(version, addresses),
  );
  if (demoEnvironmentId !== undefined) {
    const demo = { folder: join(folder, 'demo'), below: '/demo/', first: 'index.html' };
    addPages(assets, demo, { INKLING_ENVIRONMENT_ID: demoEnvironmentId });
  }
  return assets;
}

/** Answers a request for a file; undefined for any other path. Throws 405 for other methods than GET and HEAD. */
export function answerAsset(c: Context, assets: Assets): Response | undefined {
  // `@formbricks/js` up to 4.2 sends two slashes when `appUrl` ends in one.
  const asset = assets.get(c.req.path.replace(/^\/{2}/, '/'));
  if (!asset) return undefined;
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    throw new ApiError(
      'method_not_allowed',
      'Method not allowed',
      { allowed_methods: ['GET', 'HEAD'] },
      { Allow: 'GET, HEAD' },
    );
  }
  const body = asset.bodies.pick(c.req.header('accept-encoding'));
  const headers = { ...asset.headers, ...encodingHeaders(body) };
  if (isUnchanged(c.req.header('if-none-match'), body.etag)) return c.body(null, 304, headers);
  return c.body(body.bytes, 200, headers);
}

interface LoadedFile {
  readonly bodies: EncodedBodies;
  readonly type: string;
  readonly plain: Buffer;
}

function readAsset(path: string): LoadedFile | undefined {
  const plain = readIfThere(path);
  if (!plain) return undefined;
  const br = readIfThere(`${path}.br`);
  const gzip = readIfThere(`${path}.gz`);
  const bodies = encodeBody(plain, { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) });
  return { bodies, type: TYPES[extname(path)] ?? 'application/octet-stream', plain };
}

/** Scripts run on any site, so every origin may load them, under COEP too. */
function toScript({ bodies, type }: LoadedFile, cacheControl: string): Asset {
  return {
    bodies,
    headers: {
      'Content-Type': type,
      'Cache-Control': cacheControl,
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Content-Type-Options': 'nosniff',
    },
  };
}

/** A folder of pages and what belongs to them. */
interface PageFolder {
  readonly folder: string;
  /** Where scripts, styles and pictures are served; pages are at the root, under their names. */
  readonly below: string;
  /** The page at the root itself. */
  readonly first: string;
}

/** What the first page says about this server. */
function toFacts(version: string, { publicUrl, base }: OwnAddresses): Readonly<Record<string, string>> {
  return {
    VERSION: version,
    ADDRESS: base,
    ADDRESS_NOTE:
      publicUrl === undefined
        ? 'The address is the one that the server listens on. Where visitors reach it under another one, set PUBLIC_URL.'
        : 'The address is that of PUBLIC_URL.',
  };
}

/** Adds pages, with `%NAME%` replaced by the fact of this name. They refer to everything relative to themselves. */
function addPages(
  assets: Map<string, Asset>,
  { folder, below, first }: PageFolder,
  facts: Readonly<Record<string, string>>,
): void {
  for (const name of listFiles(folder)) {
    const file = readAsset(join(folder, name));
    if (!file || /\.(br|gz)$/.test(name)) continue;
    const common = {
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Content-Type': file.type,
    };
    if (extname(name) !== '.html') {
      assets.set(`${below}${name}`, { bodies: file.bodies, headers: common });
      continue;
    }
    const page = file.plain
      .toString('utf8')
      .replace(/%([A-Z_]+)%/g, (written, fact: string) => html`${facts[fact] ?? written}`.text);
    const headers = {
      ...common,
      'Content-Security-Policy': PAGE_POLICY,
      'Referrer-Policy': 'strict-origin-when-cross-origin',
    };
    const path = name === first ? '/' : `/${name.slice(0, -'.html'.length)}`;
    assets.set(path, { bodies: encodeBody(Buffer.from(page)), headers });
  }
}

function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}
