import type { Page } from '@playwright/test';
import { CALL_NAMES } from '../support/calls.ts';
import { listenTo as listen, type Trouble } from './console-lines.ts';
import {
  call,
  expect,
  freePort,
  passTime,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  valueIn,
  whenReady,
} from './support.ts';

/** The stub, with a listener that records `error` events from the start. */
const STUB = `<script>window.inkling=window.inkling||(()=>{const i=(...a)=>{i.q.push(a)};i.q=[];return i})();
window.codes=[];inkling('on','error',({code})=>codes.push(code))</script>`;
const codes = async (page: Page): Promise<string[]> => [...new Set(await valueIn<string[]>(page, 'codes'))];

/** Expects a problem in all three places: one console line with the fix, the `error` event, `explain()`. */
async function expectProblem(page: Page, seen: Trouble, code: string, fix: string) {
  await expect.poll(() => seen.lines).toHaveLength(1);
  expect(seen.lines[0]).toContain(`(${code})`);
  expect(seen.lines[0]).toContain(fix);
  expect(await codes(page)).toEqual([code]);
  expect(await call(page, 'explain')).toMatchObject([{ problem: { code } }]);
  expect(seen.errors).toEqual([]);
}

test('an empty environment id is reported with the fix', async ({ page, server, site }) => {
  const seen = listen(page);
  site.put('/', { head: `${STUB}<script src="${server.url}/inkling.js" data-environment-id=""></script>` });
  await page.goto(site.url);
  await expectProblem(page, seen, 'environment-id', 'data-environment-id');
});

/** What a tag may have in the place of `data-environment-id`, and the words that its advice must have. */
const MISSPELT: readonly (readonly [attribute: string, words: string])[] = [
  ['', 'missing'],
  ['data-environmentid', 'data-environmentid'],
  ['data-environment', 'data-environment instead'],
  ['data-env-id', 'data-env-id'],
  ['data-enviroment-id', 'data-enviroment-id'],
  ['environment-id', 'environment-id instead'],
  ['data-workspace', 'data-workspace'],
];

for (const [attribute, words] of MISSPELT) {
  const named = (server: TestServer): string =>
    `<script async src="${server.url}/inkling.js" ${attribute && `${attribute}="${server.environmentId}"`}></script>`;

  test(`a tag with ${attribute || 'nothing'} in the place of the environment id is reported with the fix`, async ({
    page,
    server,
    site,
  }) => {
    const seen = listen(page);
    site.put('/', { head: STUB + named(server) });
    await page.goto(site.url);
    await expectProblem(page, seen, 'environment-id', words);
    expect(seen.lines[0]).toContain('data-environment-id');
    await expect(page.locator('inkling-debug')).toHaveCount(0);
    expect(server.calls).toEqual([]);
    expect(seen.missing).toEqual([]);
  });

  test(`the debug panel opens and says so when the tag has ${attribute || 'nothing'}`, async ({
    page,
    server,
    site,
  }) => {
    const seen = listen(page);
    site.put('/', { head: named(server) });
    await page.goto(`${site.url}/?inkling-debug=1`);
    const panel = page.getByRole('region', { name: 'Inkling debug panel' });
    await expect(panel).toContainText(words);
    await expect(panel).toContainText('(environment-id)');
    expect(seen.lines).toHaveLength(1);
    expect(seen.errors).toEqual([]);
  });
}

test('a page that calls setup itself, also after the other scripts, has no line', async ({
  page,
  server,
  site,
}) => {
  const seen = listen(page);
  // The page takes its time: it is complete when this has come.
  await page.route('**/slow.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await route.fulfill({
      contentType: 'text/javascript',
      body: `inkling.setup(${JSON.stringify({ environmentId: server.environmentId, appUrl: server.url })})`,
    });
  });
  site.put('/', {
    head: `${STUB}<script src="${server.url}/inkling.js"></script><script defer src="/slow.js"></script>`,
  });
  await page.goto(`${site.url}/?inkling-debug=1`);
  await whenReady(page);
  await passTime(page, 2_500);
  expect(seen).toEqual({ lines: [], errors: [], missing: [] });
  expect(await codes(page)).toEqual([]);
  await expect(page.getByRole('region', { name: 'Inkling debug panel' })).toContainText(server.environmentId);
});

/** Names of no call: each right one mistyped, and what every object has. */
const WRONG_NAMES = [
  ...CALL_NAMES.filter((name) => name.length > 2).map(
    (name) => [name.slice(0, -2) + name.slice(-1), name] as const,
  ),
  ...['constructor', 'toString', '__proto__', 'ready', 'version', 'q'].map((name) => [name, ''] as const),
];

for (const when of ['before', 'after'] as const) {
  test(`each call by a wrong name ${when} the script has loaded is one line with the nearest call`, async ({
    page,
    server,
    site,
  }) => {
    const seen = listen(page);
    const names = WRONG_NAMES.map(([name]) => name);
    const call = `window.returned = ${JSON.stringify(names)}.map((name) => inkling(name, 'go'))`;
    site.put('/', {
      head: STUB + (when === 'before' ? `<script>${call}</script>` : '') + tagFor(server),
    });
    await page.goto(site.url);
    await whenReady(page);
    if (when === 'after') await page.evaluate(call);
    await expect.poll(() => seen.lines).toHaveLength(names.length);
    for (const [name, nearest] of WRONG_NAMES)
      expect(seen.lines).toContainEqual(
        expect.stringMatching(
          new RegExp(`inkling\\('${name}', .*nearest is '${nearest || '\\w+'}'.*\\(unknown-call\\)`),
        ),
      );
    // Once each.
    await page.evaluate(call);
    await passTime(page, 300);
    expect(seen.lines).toHaveLength(names.length);
    expect(await valueIn<unknown[]>(page, 'returned')).toEqual(names.map(() => undefined));
    expect(seen.errors).toEqual([]);
  });
}

test('an unknown environment id is reported with the fix', async ({ page, server, site }) => {
  const seen = listen(page);
  site.put('/', {
    head: `${STUB}<script src="${server.url}/inkling.js" data-environment-id="nobody"></script>`,
  });
  await page.goto(site.url);
  await expectProblem(page, seen, 'not-found', 'nobody');
});

test('a server address that is no URL is reported with the fix', async ({ page, server, site }) => {
  const seen = listen(page);
  site.put('/', { head: STUB + tagFor(server, 'data-app-url="surveys.example.com"') });
  await page.goto(site.url);
  await expectProblem(page, seen, 'app-url', 'data-app-url');
});

test('an unreachable server is reported with the fix', async ({ page, server, site }) => {
  const seen = listen(page);
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  site.put('/', { head: STUB + tagFor(server, `data-app-url="${nowhere}"`) });
  await page.goto(site.url);
  await expectProblem(page, seen, 'unreachable', nowhere);
});

test('a content security policy that blocks the server is reported with the fix', async ({
  page,
  server,
  site,
}) => {
  const seen = listen(page);
  const policy = `script-src 'unsafe-inline' ${server.url}; connect-src 'self'`;
  site.put('/', { head: STUB + tagFor(server), headers: { 'content-security-policy': policy } });
  await page.goto(site.url);
  await expectProblem(page, seen, 'csp', 'connect-src');
});

test('a blocked chunk is reported once, and requested again for the next survey', async ({
  page,
  server,
  site,
}) => {
  const seen = listen(page);
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: STUB + tagFor(server) });
  await page.route(/chunks\/ui/, (route) => route.abort());
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expectProblem(page, seen, 'renderer', 'chunks');
  await expect(page.locator('inkling-survey')).toHaveCount(0);
  await call(page, 'track', 'did-it');
  await passTime(page, 200);
  expect(seen.lines).toHaveLength(1);
});

test('a device clock that is days off is reported, and surveys open all the same', async ({
  page,
  server,
  site,
}) => {
  const seen = listen(page);
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 4 * 86_400_000;
  });
  site.put('/', { head: STUB + tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await expect.poll(() => seen.lines).toHaveLength(1);
  expect(seen.lines[0]).toContain('4 days');
  expect(await codes(page)).toEqual(['clock']);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
});

test('of two tags with different environments the first one counts, and the second is reported', async ({
  page,
  server,
  site,
}) => {
  const seen = listen(page);
  const other = `<script src="${server.url}/inkling.js" data-environment-id="another"></script>`;
  site.put('/', { head: STUB + tagFor(server).replace(' async', '') + other });
  await page.goto(site.url);
  await whenReady(page);
  await expect.poll(() => seen.lines).toHaveLength(1);
  expect(seen.lines[0]).toContain('another');
  expect(await codes(page)).toEqual(['second-setup']);
  expect(await call(page, 'state')).toMatchObject({ environmentId: server.environmentId });
});

test('a server that becomes unreachable later causes no console line, and the stored state serves', async ({
  page,
  server,
  site,
}) => {
  const seen = listen(page);
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: STUB + tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 2 * 3_600_000;
  });
  await page.route(/\/api\//, (route) => route.abort());
  await page.reload();
  await whenReady(page);
  await expect.poll(() => codes(page)).toEqual(['unreachable']);
  expect(await call(page, 'explain')).toMatchObject([{ problem: { code: 'unreachable' } }]);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  expect(seen.lines).toEqual([]);
});
