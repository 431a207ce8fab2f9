import type { Page } from '@playwright/test';
import {
  call,
  expect,
  type HostSite,
  passTime,
  randomId,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  valueIn,
  whenLoaded,
  whenReady,
  withClient,
} from './support.ts';

/** Tells the browser to prerender `/next` at once. */
const AHEAD = `<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>`;
/** The stub of the README, and calls that a page makes while it is parsed. */
const EARLY = `<script>
  window.inkling = window.inkling || function () { (inkling.q = inkling.q || []).push(arguments) };
  window.wasAhead = document.prerendering;
  inkling('identify', 'early', { plan: 'free' });
  inkling('setAttributes', { plan: 'pro' });
  let shownAt = 0;
  const begin = () => (shownAt = performance.now());
  document.prerendering ? document.addEventListener('prerenderingchange', begin) : begin();
  window.actions = [];
  inkling('on', 'action', ({ action }) => actions.push({ action, ms: performance.now() - shownAt }));
  inkling('track', 'go');
</script>`;
/** Stands in for the browser: the page believes that it is rendered ahead until `activate()` is called. */
const PRETENDED = `<script>
  let isAhead = true;
  Object.defineProperty(document, 'prerendering', { configurable: true, get: () => isAhead });
  window.activate = () => {
    isAhead = false;
    document.dispatchEvent(new Event('prerenderingchange'));
  };
</script>`;

/** Lets the pretended page be shown. */
const activate = (page: Page): Promise<void> =>
  page.evaluate(() => (window as unknown as { activate: () => void }).activate());

/** The page's record of its actions: name and time since it was shown, ms. */
type Seen = readonly { readonly action: string; readonly ms: number }[];

/** A survey for each of these actions, and a page that records when they happen. */
async function setUp(server: TestServer, site: HostSite, before = ''): Promise<{ names: string[] }> {
  const watch = (type: string, more: object): Promise<{ name: string }> =>
    server.manage('POST', 'action-classes', {
      name: `${type} ${randomId()}`,
      type: 'noCode',
      noCodeConfig: { type, urlFilters: [], ...more },
    });
  const actions = [
    await server.createAction('go'),
    await server.createPageView('contains', '/next'),
    await watch('pageDwell', { timeInSeconds: 1 }),
    await watch('idle', { timeInSeconds: 1 }),
  ];
  const { document } = ratingThenText({ displayOption: 'respondMultiple' });
  await server.createSurvey(document, actions.slice(0, 1));
  const page = { head: `${before}${EARLY}${tagFor(server)}` };
  site.put('/next', page);
  return { names: actions.map(({ name }) => name) };
}

/** Expects that the visit began when the page was shown, and that the calls made before were made in order. */
async function expectVisit(page: Page, server: TestServer, [go, view, dwell, idle]: string[]): Promise<void> {
  await whenReady(page);
  await expect(surveyOn(page)).toBeVisible();
  await expect
    .poll(async () => (await valueIn<Seen>(page, 'actions')).map(({ action }) => action).sort())
    .toEqual([go, view, dwell, idle].sort());
  const seen = await valueIn<Seen>(page, 'actions');
  for (const { action, ms } of seen) {
    if (action === dwell || action === idle) expect(ms).toBeGreaterThan(990);
  }
  expect(await call(page, 'state')).toMatchObject({ userId: 'early' });
  const posts = server.calls.filter(({ path }) => path.endsWith('/user'));
  expect(posts).toHaveLength(1);
}

test('a page that the browser prerenders begins its visit when it is shown', async ({
  page,
  server,
  site,
}) => {
  const { names } = await setUp(server, site);
  site.put('/', { head: AHEAD, body: '<a href="/next">Next</a>' });
  await page.goto(site.url);
  await passTime(page, 2_000);
  const before = [...server.calls];
  await page.getByRole('link').click();
  await page.waitForURL('**/next');
  // The shell without a window renders no page ahead: then the visit begins with the navigation.
  expect(before).toEqual([]);
  await expectVisit(page, server, names);
});

test('before a prerendered page is shown nothing is asked, stored or opened, whatever it calls', async ({
  page,
  server,
  site,
}) => {
  const { names } = await setUp(server, site, PRETENDED);
  await page.goto(`${site.url}/next`);
  await whenLoaded(page);
  await withClient(page, (inkling) => void inkling.setLanguage('de'));
  await passTime(page, 1_500);
  expect(server.calls).toEqual([]);
  await expect(page.locator('inkling-survey')).toHaveCount(0);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
  await activate(page);
  await expectVisit(page, server, names);
  expect(await call(page, 'state')).toMatchObject({ language: 'de' });
});

test('a prerendered page that is destroyed before it is shown stays silent', async ({
  page,
  server,
  site,
}) => {
  await setUp(server, site, PRETENDED);
  await page.goto(`${site.url}/next`);
  await whenLoaded(page);
  await call(page, 'destroy');
  await activate(page);
  await passTime(page, 1_000);
  expect(server.calls).toEqual([]);
});
