import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { loadAssets } from '../../server/assets.ts';
import { createContext } from '../../server/context/context.ts';
import { toOwnAddresses } from '../../server/files/own-address.ts';
import type { Database } from '../../server/repo/database.ts';
import { openDatabase } from '../../server/repo/open-database.ts';
import { silentLog } from './support.ts';

describe('built files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-assets-'));
  let database: Database;
  const withoutDemo: Record<string, (path: string) => Promise<Response>> = {};
  let get: (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>;

  beforeAll(async () => {
    mkdirSync(join(folder, 'chunks'));
    mkdirSync(join(folder, 'demo'));
    mkdirSync(join(folder, 'pages'));
    writeFileSync(join(folder, 'inkling.js'), 'plain');
    writeFileSync(join(folder, 'inkling.js.br'), brotliCompressSync('made by the build'));
    writeFileSync(join(folder, 'formbricks.js'), 'drop-in');
    writeFileSync(join(folder, 'surveys.js'), 'renderer');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'chunks/ui-a1b2.js'), 'chunk');
    writeFileSync(join(folder, 'chunks/ui.js'), 'chunk');
    writeFileSync(join(folder, 'demo/index.html'), '<script data-environment-id="%INKLING_ENVIRONMENT_ID%">');
    writeFileSync(join(folder, 'demo/welcome.html'), 'welcome');
    writeFileSync(join(folder, 'pages/home.html'), 'v%VERSION% "%ADDRESS%" %ADDRESS_NOTE% 100%');
    writeFileSync(join(folder, 'pages/results.html'), 'results');
    writeFileSync(join(folder, 'pages/results.js'), 'script');
    writeFileSync(join(folder, 'demo/demo.css'), 'p {}');
    database = await openDatabase(`sqlite:${join(folder, 'test.db')}`);
    const log = silentLog;
    const context = createContext({ database, now: Date.now, log });
    const common = { folder, version: '1.2.3' };
    const app = createApp(context, loadAssets({ ...common, demoEnvironmentId: 'demo' }));
    get = async (path, headers = {}, method = 'GET') => app.request(path, { method, headers });
    const told = { listeningUrl: () => 'http://localhost:1', publicUrl: 'https://a.example/"><b>' };
    for (const [name, publicUrl] of Object.entries({ plain: undefined, public: told.publicUrl })) {
      const addresses = toOwnAddresses(publicUrl, told.listeningUrl);
      const other = createApp(context, loadAssets({ ...common, addresses }));
      withoutDemo[name] = async (path) => other.request(path);
    }
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const FOREVER = 'public, max-age=31536000, immutable';
  it.each([
    ['/inkling.js', 'public, max-age=300'],
    ['/1.2.3/inkling.js', FOREVER],
    ['/chunks/ui-a1b2.js', FOREVER],
    ['/chunks/ui.js', 'public, max-age=300'],
    ['/1.2.3/chunks/ui-a1b2.js', FOREVER],
  ])('%s has CORS for every origin and Cache-Control "%s"', async (path, cacheControl) => {
    const reply = await get(path);
    expect(reply.status).toBe(200);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'cache-control': cacheControl,
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
  });

  it.each([
    ['/js/formbricks.umd.cjs', 'drop-in'],
    ['//js/formbricks.umd.cjs', 'drop-in'],
    ['/api/packages/js', 'drop-in'],
    ['/api/packages/app', 'drop-in'],
    ['/api/packages/website', 'drop-in'],
    ['/js/surveys.umd.cjs', 'renderer'],
    ['/api/packages/surveys', 'renderer'],
  ])('%s serves the %s to existing clients', async (path, content) => {
    const reply = await get(path);
    expect([reply.status, await reply.text()]).toEqual([200, content]);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'cache-control':
        'public, max-age=3600, s-maxage=2592000, stale-while-revalidate=3600, stale-if-error=86400',
      'content-type': 'application/javascript; charset=UTF-8',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
  });

  it('are sent as the build compressed them, and answered with 304 for their ETag', async () => {
    const reply = await get('/inkling.js', { 'accept-encoding': 'gzip, br' });
    expect(reply.headers.get('content-encoding')).toBe('br');
    expect(brotliDecompressSync(Buffer.from(await reply.arrayBuffer())).toString()).toBe('made by the build');
    const etag = reply.headers.get('etag') ?? '';
    const again = await get('/inkling.js', { 'accept-encoding': 'br', 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await get('/inkling.js', { 'if-none-match': etag })).status).toBe(200);
    // Without a compressed file from the build the server compresses it.
    const chunk = await get('/chunks/ui.js', { 'accept-encoding': 'br' });
    expect(brotliDecompressSync(Buffer.from(await chunk.arrayBuffer())).toString()).toBe('chunk');
  });

  it.each([
    '/chunks/ui-gone.js',
    '/1.2.2/inkling.js',
    '/secret.txt',
    '/chunks/../secret.txt',
    '/chunks/%2e%2e/secret.txt',
    '/chunks/..%2fsecret.txt',
    '/inkling.js.br',
    '/demo/index.html.br',
    '/%00',
  ])('%s is answered with 404 in the error format', async (path) => {
    const reply = await get(path);
    expect(reply.status).toBe(404);
    expect(await reply.json()).toMatchObject({ code: 'not_found' });
  });

  it('answer HEAD, and any method but GET and HEAD with 405', async () => {
    expect(await (await get('/inkling.js', {}, 'HEAD')).text()).toBe('');
    const reply = await get('/inkling.js', {}, 'POST');
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('without the demo are the server’s own pages, with what they say about it escaped', async () => {
    const ask = async (name: string, path = '/') => {
      const reply = await withoutDemo[name]?.(path);
      return [reply?.status, await reply?.text()];
    };
    expect(await ask('plain')).toEqual([
      200,
      expect.stringMatching(/^v1\.2\.3 "http:\/\/localhost:1" .*set PUBLIC_URL\. 100%$/),
    ]);
    expect((await ask('public'))[1]).toMatch(/^v1\.2\.3 "https:\/\/a\.example\/&quot;&gt;&lt;b&gt;" /);
    expect(await ask('plain', '/results')).toEqual([200, 'results']);
    expect(await ask('plain', '/results.js')).toEqual([200, 'script']);
    for (const path of ['/welcome', '/demo/demo.css', '/demo.css', '/index', '/home']) {
      expect([path, (await ask('plain', path))[0]]).toEqual([path, 404]);
    }
    for (const reply of [
      await withoutDemo.plain?.('/'),
      await withoutDemo.plain?.('/results'),
      await get('/'),
    ]) {
      expect(reply?.headers.get('content-security-policy')).toContain("form-action 'none'");
    }
  });

  it('of the demo are pages with a strict CSP and their environment id', async () => {
    const reply = await get('/');
    expect(await reply.text()).toBe('<script data-environment-id="demo">');
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.headers.get('content-security-policy')).toMatch(
      /default-src 'self'; script-src 'self'; style-src 'self'/,
    );
    expect((await get('/welcome')).status).toBe(200);
    expect((await get('/demo/demo.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });
});
