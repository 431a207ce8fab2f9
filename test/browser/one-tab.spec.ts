import type { BrowserContext, Page } from '@playwright/test';
import {
  call,
  expect,
  type HostSite,
  isEnvironmentFresh,
  ratingThenText,
  recordEvents,
  startServer,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  undelivered,
  whenReady,
  withClient,
} from './support.ts';
import { closeSurvey, everyField } from './survey-page.ts';

/** A page of a site with one survey, which the action `did-it` triggers. */
async function openPage(
  page: Page,
  { server, site }: { readonly server: TestServer; readonly site: HostSite },
  change: object = {},
  head = '',
): Promise<{ readonly id: string; readonly text: string }> {
  const action = await server.createAction('did-it');
  const { document, text } = ratingThenText(change);
  const { id } = await server.createSurvey(document, [action]);
  site.put('*', { head: head + tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  return { id, text };
}

/** Shows the survey in another tab, closes it and the tab. */
async function closeInAnotherTab(context: BrowserContext, site: HostSite): Promise<void> {
  const page = await context.newPage();
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await closeSurvey(page);
  await page.close();
}

test('a second tab opens nothing while the first has a survey', async ({ page, context, server, site }) => {
  await openPage(page, { server, site }, { displayOption: 'respondMultiple' });
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();

  const second = await context.newPage();
  await second.goto(site.url);
  await whenReady(second);
  await call(second, 'track', 'did-it');
  await expect(surveyOn(second)).toHaveCount(0);
  const [explained] = await call(second, 'explain');
  expect(explained?.gates.find(({ code }) => code === 'other-tab')).toMatchObject({ pass: false });

  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  await expect(surveyOn(page)).toHaveCount(0);
  await call(second, 'track', 'did-it');
  await expect(surveyOn(second)).toBeVisible();
});

test('a survey that another tab has shown since this page loaded is not shown again', async ({
  page,
  context,
  server,
  site,
}) => {
  const survey = await openPage(page, { server, site }, { displayOption: 'displayOnce' });
  await closeInAnotherTab(context, site);

  const events = await recordEvents(page, 'survey-shown', 'survey-closed');
  await page.bringToFront();
  await call(page, 'track', 'did-it');
  await expect(page.locator('inkling-survey')).toHaveCount(0);
  expect(await events()).toEqual([]);
  expect(await call(page, 'state')).toMatchObject({ showings: [{ surveyId: survey.id, closed: true }] });
  expect(server.calls.filter(({ path }) => path.endsWith('/displays'))).toHaveLength(1);
});

test('a card is drawn while its display is being stored, and visible only once it is stored', async ({
  page,
  server,
  site,
}) => {
  // Its first write takes 200 ms, and until the card is drawn, but not so long that the card goes on without it.
  const slowDisk = `
    const times = {};
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value, key) {
      const request = put.call(this, value, key);
      if (!/showings/.test(key) || times.asked) return request;
      times.asked = performance.now();
      const store = this;
      (function stay() {
        const took = performance.now() - times.asked;
        if (took < 200 || (took < 600 && !times.drawn)) store.get('nothing').onsuccess = stay;
      })();
      this.transaction.addEventListener('complete', () => { times.stored = performance.now(); });
      return request;
    };
    (function look() {
      const host = document.querySelector('inkling-survey');
      const field = host?.shadowRoot.querySelector('[role=dialog] input');
      if (field) times.drawn ??= performance.now();
      const { left, width, top, height } = field?.parentElement.getBoundingClientRect() ?? {};
      if (width && getComputedStyle(field).visibility === 'visible') times.seen ??= performance.now();
      const hit = width && document.elementFromPoint(left + width / 2, top + height / 2);
      if (hit && hit === host) times.met ??= performance.now();
      setTimeout(look, 5);
    })();`;
  await openPage(page, { server, site }, {}, `<script>${slowDisk}</script>`);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  await expect.poll(() => page.evaluate('times.met')).toBeDefined();
  const { stored, drawn, seen, met } = (await page.evaluate('times')) as Record<string, number>;
  expect(drawn).toBeLessThan(stored ?? 0);
  expect(seen).toBeGreaterThan(stored ?? 0);
  expect(met).toBeGreaterThan(stored ?? 0);
});

test('a survey that is shown before a slow disk has answered is stored afterwards', async ({
  page,
  context,
  server,
  site,
}) => {
  // Once `isSlow` is set, a read of the showings takes 2 s: longer than a survey waits.
  const slowDisk = `
    let isSlow = false;
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = function (key) {
      const request = get.call(this, key);
      if (!isSlow || !/showings/.test(key)) return request;
      const store = this;
      const until = performance.now() + 2000;
      const late = new EventTarget();
      (function stay() {
        const busy = get.call(store, 'nothing');
        busy.onsuccess = () => {
          if (performance.now() < until) return stay();
          late.result = request.result;
          late.onsuccess?.(new Event('success'));
        };
      })();
      return late;
    };`;
  const survey = await openPage(
    page,
    { server, site },
    { displayOption: 'displayOnce' },
    `<script>${slowDisk}</script>`,
  );
  await closeInAnotherTab(context, site);

  await page.evaluate('isSlow = true');
  await page.bringToFront();
  await call(page, 'track', 'did-it');
  // This page could not know of the other tab's display.
  await expect(surveyOn(page)).toBeVisible();
  const shown = async () => {
    const state = await call(page, 'state');
    return state?.showings.map(({ surveyId }) => surveyId);
  };
  await expect.poll(shown).toEqual([survey.id, survey.id]);
});

test('a survey continues at the same card after a navigation, with the same response', async ({
  page,
  server,
  site,
}) => {
  const survey = await openPage(page, { server, site });
  await call(page, 'track', 'did-it');
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox', { name: survey.text })).toBeVisible();

  await page.goto(`${site.url}/next-page`);
  await expect(surveyOn(page).getByRole('textbox', { name: survey.text })).toBeVisible();
  await surveyOn(page).getByRole('textbox').fill('On the next page');
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect.poll(() => undelivered(page)).toBe(0);
  expect(await server.responses(survey.id)).toMatchObject([
    { finished: true, data: { rating: 4, text: 'On the next page' } },
  ]);
});

test('a survey that was changed since it was left starts over with its new questions', async ({
  page,
  site,
}) => {
  const server = await startServer({ environmentMs: 300, slotMs: 1 });
  try {
    const survey = await openPage(page, { server, site });
    await call(page, 'track', 'did-it');
    await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await expect(surveyOn(page).getByRole('textbox', { name: survey.text })).toBeVisible();
    await expect.poll(() => undelivered(page)).toBe(0);
    const { blocks } = everyField() as { blocks: object[] };
    await server.manage('PUT', `surveys/${survey.id}`, { blocks });
    // A reload draws the stored document as long as that is fresh: the lifetime and up to a second more, since the
    // header `Date` has whole seconds.
    await expect.poll(() => isEnvironmentFresh(page)).toBe(false);
    await page.reload();
    await expect(surveyOn(page).getByRole('group').or(surveyOn(page).getByRole('radiogroup'))).toHaveCount(4);
    await expect(surveyOn(page).getByRole('textbox')).toHaveCount(2);
    await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
    await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  } finally {
    await server.stop();
  }
});

test('a closed survey is not shown again', async ({ page, server, site }) => {
  const survey = await openPage(page, { server, site });
  await call(page, 'track', 'did-it');
  await closeSurvey(page);
  await page.goto(`${site.url}/next-page`);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toHaveCount(0);
  expect(await server.responses(survey.id)).toEqual([]);
});

test('a survey stays closed when the page navigates in its survey-closed listener', async ({
  page,
  server,
  site,
}) => {
  // The write that stores the closing takes 150 ms: the transaction is kept busy.
  const slowDisk = `
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value, key) {
      const request = put.call(this, value, key);
      if (!value.showings?.some(({ closed }) => closed)) return request;
      const until = performance.now() + 150;
      const store = this;
      (function stay() {
        if (performance.now() < until) store.get('nothing').onsuccess = stay;
      })();
      return request;
    };`;
  const survey = await openPage(page, { server, site }, {}, `<script>${slowDisk}</script>`);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  await withClient(page, (inkling) => {
    inkling.on('survey-closed', () => location.assign('/next-page'));
  });
  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  await page.waitForURL('**/next-page');
  await whenReady(page);
  expect(await call(page, 'state')).toMatchObject({ showings: [{ surveyId: survey.id, closed: true }] });
});

test('two tabs that start with undelivered answers deliver each once', async ({
  page,
  context,
  server,
  site,
}) => {
  const survey = await openPage(page, { server, site });
  let isAway = true;
  await context.route('**/responses', (route) => (isAway ? route.abort() : route.continue()));
  await call(page, 'track', 'did-it');
  await surveyOn(page).getByRole('radio', { name: '1', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect.poll(() => undelivered(page)).toBe(1);
  isAway = false;
  const others = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all(others.map((other) => other.goto(site.url)));
  await expect.poll(() => server.responses(survey.id)).toHaveLength(1);
  await page.reload();
  await whenReady(page);
  await expect.poll(() => undelivered(page)).toBe(0);
  expect(await server.responses(survey.id)).toHaveLength(1);
});
