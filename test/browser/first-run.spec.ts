import type { Page } from '@playwright/test';
import {
  call,
  expect,
  freePort,
  passTime,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  valueIn,
  whenReady,
} from './support.ts';

/** Records the snippet's console lines and the page's errors. */
function listen(page: Page): { lines: string[]; errors: string[] } {
  const lines: string[] = [];
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('[inkling]')) lines.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(`${error}`));
  return { lines, errors };
}

/** The stub, with a listener that records `error` events from the start. */
const STUB = `<script>window.inkling=window.inkling||(()=>{const i=(...a)=>{i.q.push(a)};i.q=[];return i})();
window.codes=[];inkling('on','error',({code})=>codes.push(code))</script>`;
const codes = async (page: Page): Promise<string[]> => [...new Set(await valueIn<string[]>(page, 'codes'))];

/** Expects a problem in all three places: one console line with the fix, the `error` event, `explain()`. */
async function expectProblem(page: Page, seen: ReturnType<typeof listen>, code: string, fix: string) {
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
