import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { parseFilePath, toFileKey, toFilePath } from '../../server/files/file-address.ts';
import { openFileStore } from '../../server/files/open-file-store.ts';
import { toServedHeaders } from '../../server/files/served-headers.ts';
import { FILE_EXTENSIONS, FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';
import { loaded, SAMPLES } from '../server/files/samples.ts';
import { test as base, expect, type HostSite, type TestServer } from './support.ts';

/** Counts the scripts that ran, and serves the same bytes without the server's headers, for comparison. */
interface Counter {
  readonly url: string;
  /** Who sent a request: `page`, `script`, `done…`. */
  readonly beacons: string[];
  put: (path: string, headers: Readonly<Record<string, string>>) => string;
}

const test = base.extend<{ counter: Counter }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from here
  counter: async ({}, use) => {
    const beacons: string[] = [];
    const files = new Map<string, Readonly<Record<string, string>>>();
    const server = createServer((request, reply) => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://counter');
      const headers = files.get(pathname);
      if (pathname === '/beacon') beacons.push(search.slice(1));
      if (headers) return reply.writeHead(200, headers).end(evil(url));
      return reply.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const put: Counter['put'] = (path, headers) => {
      files.set(path, headers);
      return url + path;
    };
    await use({ url, beacons, put });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});

/** Bytes that run as a page as well as a script. */
function evil(counter: string): string {
  const ask = (what: string): string => `new Image().src='${counter}/beacon?${what}'`;
  return `<!--\n${ask('script')}//--><script>${ask('page')}</script>`;
}

/** Opens each address as a frame, an image and a script of a page, and some by themselves. */
async function openEverywhere(page: Page, site: HostSite, urls: readonly string[]): Promise<void> {
  const body = urls.map(
    (url) => `<iframe src="${url}"></iframe><img src="${url}"><script src="${url}"></script>`,
  );
  site.put('/files', { body: body.join('') });
  await page.goto(`${site.url}/files`);
  // One for each way that a browser treats types; a download ends the navigation with an error.
  const direct = ['png', 'pdf', 'mp4', 'txt', 'csv', 'eml', 'zip'];
  for (const extension of direct) {
    const url = urls.find((one) => one.endsWith(`.${extension}`));
    if (url !== undefined) await page.goto(url).catch(() => undefined);
  }
}

/** Requests of scripts that must not have run. */
function ranOf({ beacons }: Counter): readonly string[] {
  return beacons.filter((what) => !what.startsWith('done'));
}

/** Loads one more picture: once its request has arrived, earlier ones have too. */
async function settle(page: Page, site: HostSite, counter: Counter): Promise<void> {
  const mark = `done${counter.beacons.length}`;
  site.put('/done', { body: `<img src="${counter.url}/beacon?${mark}">` });
  await page.goto(`${site.url}/done`);
  await expect.poll(() => counter.beacons).toContain(mark);
}

/** Puts bytes straight into the file store, past all checks. */
async function smuggle(server: TestServer, extension: FileExtension, content: Buffer): Promise<string> {
  const name = `a--fid--${crypto.randomUUID()}.${extension}`;
  const path = toFilePath({ environmentId: server.environmentId, access: 'public', name });
  const address = parseFilePath(path);
  if (!address) throw new Error('no address');
  const draft = await (await openFileStore(server.filesUrl)).draft();
  await draft.write(content);
  await draft.keep(toFileKey(address));
  return server.url + path;
}

/** Uploads as a visitor does. */
async function upload(
  server: TestServer,
  surveyId: string,
  extension: FileExtension,
  content: Buffer,
): Promise<string> {
  const request = {
    surveyId,
    elementId: 'file',
    fileName: `a.${extension}`,
    fileType: FILE_TYPES[extension],
  };
  const asked = await fetch(`${server.url}/api/v1/client/${server.environmentId}/storage`, {
    method: 'POST',
    body: JSON.stringify(request),
  });
  const { data } = (await asked.json()) as {
    data: { signedUrl: string; presignedFields: Record<string, string>; fileUrl: string };
  };
  const form = new FormData();
  for (const [name, value] of Object.entries(data.presignedFields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(content)]));
  const sent = await fetch(data.signedUrl, { method: 'POST', body: form });
  expect(sent.status, `${extension}: ${await sent.text()}`).toBe(201);
  return server.url + data.fileUrl;
}

test('control: without the server’s headers the same bytes run as a page, in a frame and as a script', async ({
  page,
  site,
  counter,
}) => {
  const asPage = counter.put('/page', { 'content-type': 'text/html' });
  const asText = counter.put('/text', { 'content-type': 'text/plain' });
  await page.goto(asPage);
  await settle(page, site, counter);
  expect(counter.beacons.filter((what) => what === 'page')).toHaveLength(1);
  site.put('/files', { body: `<iframe src="${asPage}"></iframe><script src="${asText}"></script>` });
  await page.goto(`${site.url}/files`);
  await settle(page, site, counter);
  expect(counter.beacons.filter((what) => what === 'page')).toHaveLength(2);
  expect(counter.beacons.filter((what) => what === 'script')).toHaveLength(1);
});

test('the policy alone stops a page, and nosniff alone stops a script', async ({ page, site, counter }) => {
  const headers = toServedHeaders('public', { base: 'a', uuid: '', extension: 'png' });
  const policy = headers['Content-Security-Policy'] ?? '';
  const nosniff = headers['X-Content-Type-Options'] ?? '';
  const asPage = counter.put('/page', { 'content-type': 'text/html', 'content-security-policy': policy });
  const asText = counter.put('/text', { 'content-type': 'text/plain', 'x-content-type-options': nosniff });
  await page.goto(asPage);
  site.put('/files', { body: `<iframe src="${asPage}"></iframe><script src="${asText}"></script>` });
  await page.goto(`${site.url}/files`);
  await settle(page, site, counter);
  expect(ranOf(counter)).toEqual([]);
});

test('a script in a file of any type does not run, even if the upload checks had let it pass', async ({
  page,
  server,
  site,
  counter,
}) => {
  test.slow();
  const content = Buffer.from(evil(counter.url));
  const urls: string[] = [];
  for (const extension of FILE_EXTENSIONS) urls.push(await smuggle(server, extension, content));
  await openEverywhere(page, site, urls);
  await settle(page, site, counter);
  expect(ranOf(counter)).toEqual([]);
});

test('scripts hidden inside or behind valid files do not run', async ({ page, server, site, counter }) => {
  test.slow();
  const element = { id: 'file', type: 'fileUpload', headline: { default: 'Files?' }, required: false };
  const { id } = await server.createSurvey(
    { blocks: [{ id: 'b', name: 'B', elements: [{ ...element, allowMultipleFiles: true }] }] },
    [await server.createAction('upload')],
  );
  const urls: string[] = [];
  for (const [extension, content] of loaded(`${counter.url}/beacon`)) {
    urls.push(await upload(server, id, extension, content));
  }
  for (const extension of FILE_EXTENSIONS) urls.push(await upload(server, id, extension, SAMPLES[extension]));
  await page.setExtraHTTPHeaders({ 'x-api-key': server.key });
  await openEverywhere(page, site, urls);
  await settle(page, site, counter);
  expect(ranOf(counter)).toEqual([]);
});

test('a public picture loads on any page', async ({ page, server, site }) => {
  const url = await smuggle(server, 'png', SAMPLES.png);
  site.put('/', { body: `<img src="${url}">` });
  await page.goto(site.url);
  await expect
    .poll(() => page.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(1);
  await page.goto(url);
  expect(await page.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
});
