import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { listenTo } from './console-lines.ts';
import {
  answerBoth,
  call,
  expect,
  type HostSite,
  passTime,
  ratingThenText,
  surveyOn,
  type TestServer,
  test,
  whenReady,
} from './support.ts';

const dist = new URL('../../dist/', import.meta.url);
const integrity: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('integrity.json', dist), 'utf8'),
);

/** Serves built files from the site's own origin: path → file in `dist/`; a folder takes all that lie in it. */
async function copyTo(page: Page, { url }: HostSite, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, file] of Object.entries(files)) {
    const isFolder = path.endsWith('/');
    const isMine = (asked: URL): boolean =>
      asked.origin === url && (isFolder ? asked.pathname.startsWith(path) : asked.pathname === path);
    await page.route(isMine, (route) => {
      const { pathname } = new URL(route.request().url());
      const name = isFolder ? file + pathname.slice(path.length) : file;
      return route.fulfill({
        contentType: 'text/javascript',
        body: readFileSync(new URL(name, dist), 'utf8'),
      });
    });
  }
}

const ENVIRONMENT = (server: TestServer): string =>
  `data-environment-id="${server.environmentId}" data-app-url="${server.url}"`;

/** Opens a page with this tag, answers a survey, and expects one answer. */
async function answerOn(page: Page, { server, site }: { server: TestServer; site: HostSite }, head: string) {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  const seen = listenTo(page);
  site.put('/', { head });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '4', 'Copied');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { rating: 4, text: 'Copied' } }]);
  await expect(surveyOn(page)).toHaveCount(0);
  expect([seen.lines, seen.errors]).toEqual([[], []]);
  return seen.missing;
}

/** Tags for a copy of the script alone, by what is special about each. */
const ALONE: Readonly<Record<string, (server: TestServer) => readonly [path: string, tag: string]>> = {
  'of another name': (server) => ['/s.js', `<script async src="/s.js" ${ENVIRONMENT(server)}></script>`],
  'in a folder, under the name of its version': (server) => [
    '/static/s-0.1.0.min.js',
    `<script src="/static/s-0.1.0.min.js" ${ENVIRONMENT(server)}></script>`,
  ],
  'in the folder of its version': (server) => [
    '/static/0.1.0/inkling.js',
    `<script src="/static/0.1.0/inkling.js" ${ENVIRONMENT(server)}></script>`,
  ],
  'pinned by its hash': (server) => [
    '/s.js',
    `<script src="/s.js" integrity="${integrity['inkling.js']}" crossorigin ${ENVIRONMENT(server)}></script>`,
  ],
  'with its settings in its address': (server) => [
    '/s.js',
    `<script src="/s.js?environment=${server.environmentId}&app-url=${encodeURIComponent(server.url)}"></script>`,
  ],
};

for (const [name, tagOf] of Object.entries(ALONE)) {
  test(`a copy of the script alone, ${name}, takes its chunks from data-app-url after one wrong address`, async ({
    page,
    server,
    site,
  }) => {
    const [path, tag] = tagOf(server);
    await copyTo(page, site, { [path]: 'inkling.js' });
    const missing = await answerOn(page, { server, site }, tag);
    expect(missing).toEqual([
      expect.stringMatching(new RegExp(`^${site.url}${path.replace(/[^/]*$/, '')}chunks/ui-[^/]+\\.js$`)),
    ]);
  });
}

test('a copy of script and chunks asks the server for none of them', async ({ page, server, site }) => {
  await copyTo(page, site, { '/static/s.js': 'inkling.js', '/static/chunks/': 'chunks/' });
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).origin);
  });
  const tag = `<script async src="/static/s.js" ${ENVIRONMENT(server)}></script>`;
  expect(await answerOn(page, { server, site }, tag)).toEqual([]);
  expect(new Set(scripts)).toEqual(new Set([site.url]));
});

test('the full script under another name asks for no chunk', async ({ page, server, site }) => {
  await copyTo(page, site, { '/s.js': 'inkling.full.js' });
  const tag = `<script async src="/s.js" ${ENVIRONMENT(server)}></script>`;
  expect(await answerOn(page, { server, site }, tag)).toEqual([]);
});

test('a script whose text is in the page asks for no wrong address', async ({ page, server, site }) => {
  const text = readFileSync(new URL('inkling.js', dist), 'utf8');
  expect(text).not.toContain('</script');
  const tag = `<script ${ENVIRONMENT(server)}>${text}</script>`;
  expect(await answerOn(page, { server, site }, tag)).toEqual([]);
});

test('a script of a version that the server no longer has takes its chunks from data-app-url', async ({
  page,
  server,
  site,
}) => {
  await page.route(`${server.url}/0.1.0/chunks/**`, (route) => route.fulfill({ status: 404 }));
  const tag = `<script src="${server.url}/0.1.0/inkling.js" data-environment-id="${server.environmentId}"></script>`;
  expect(await answerOn(page, { server, site }, tag)).toHaveLength(1);
});

test('the debug panel and the advice come from data-app-url, too', async ({ page, server, site }) => {
  await copyTo(page, site, { '/s.js': 'inkling.js' });
  const seen = listenTo(page);
  site.put('/', { head: `<script src="/s.js" ${ENVIRONMENT(server)}></script>` });
  await page.goto(`${site.url}/?inkling-debug=1`);
  await whenReady(page);
  await expect(page.getByRole('region', { name: 'Inkling debug panel' })).toBeVisible();
  await call(page, 'track', 'nothing');
  await expect.poll(() => seen.lines).toEqual([expect.stringContaining("track('nothing')")]);
  expect(seen.missing).toHaveLength(1);
});

test('where neither folder has the chunk one line says so, and each address was asked once', async ({
  page,
  server,
  site,
}) => {
  await copyTo(page, site, { '/s.js': 'inkling.js' });
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  await page.route(`${server.url}/chunks/ui*`, (route) => route.fulfill({ status: 404 }));
  const seen = listenTo(page);
  site.put('/', { head: `<script src="/s.js" ${ENVIRONMENT(server)}></script>` });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect.poll(() => seen.lines).toHaveLength(1);
  expect(seen.lines[0]).toContain(`${server.url}/chunks/`);
  await passTime(page, 300);
  const ui = seen.missing.filter((url) => url.includes('/chunks/ui'));
  expect(ui).toHaveLength(4);
  expect(new Set(ui).size).toBe(4);
});
