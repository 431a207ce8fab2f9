import type { Page } from '@playwright/test';
import {
  answerBoth,
  call,
  expect,
  passTime,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  whenLoaded,
  whenReady,
} from './support.ts';

/** Everything that the origin stores in the browser: keys of IndexedDB, web storage, cookies. */
function stored(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const keys: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name as string);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const found = await new Promise<IDBValidKey[]>((resolve) => {
        const request = database.transaction('kv').objectStore('kv').getAllKeys();
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      keys.push(...found.map(String));
    }
    return { keys, local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie };
  });
}

const NOTHING = { keys: [], local: {}, session: {}, cookie: '' };
const SURVEY = 'did-it';

test.describe('consent required', () => {
  test('nothing is stored or sent before consent is granted; calls made meanwhile take effect then', async ({
    page,
    server,
    site,
  }) => {
    const action = await server.createAction(SURVEY);
    const { document, rating } = ratingThenText();
    const survey = await server.createSurvey(document, [action]);
    site.put('/', { head: tagFor(server, 'data-consent="required"') });
    await page.goto(site.url);
    await whenLoaded(page);
    await call(page, 'identify', 'u1', { plan: 'pro' });
    await call(page, 'track', SURVEY);
    await passTime(page, 300);
    expect(server.calls).toEqual([]);
    expect(await stored(page)).toEqual(NOTHING);
    expect(await call(page, 'explain', survey.id)).toMatchObject([
      { surveyId: survey.id, show: false, gates: [{ code: 'consent', pass: false, used: 'required' }] },
    ]);

    await call(page, 'consent', 'granted');
    await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
    await answerBoth(page, '4', 'Granted');
    await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
    expect(await call(page, 'state')).toMatchObject({ userId: 'u1', isPersistent: true });
  });

  test('consent denied closes the open survey, erases everything and sends nothing more', async ({
    page,
    server,
    site,
  }) => {
    const action = await server.createAction(SURVEY);
    await server.createSurvey(ratingThenText().document, [action]);
    site.put('/', { head: tagFor(server, 'data-consent="granted"') });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'identify', 'u1');
    await call(page, 'track', SURVEY);
    await expect(surveyOn(page)).toBeVisible();
    await call(page, 'consent', 'denied');
    await expect(page.locator('inkling-survey')).toHaveCount(0);
    await expect.poll(() => stored(page)).toEqual(NOTHING);

    const before = server.calls.length;
    await call(page, 'identify', 'u2');
    await call(page, 'track', SURVEY);
    await passTime(page, 300);
    expect(server.calls).toHaveLength(before);
    expect(await stored(page)).toEqual(NOTHING);
    expect(await call(page, 'explain')).toMatchObject([{ gates: [{ code: 'consent', used: 'denied' }] }]);

    await call(page, 'consent', 'granted');
    await whenReady(page);
    await call(page, 'track', SURVEY);
    await expect(surveyOn(page)).toBeVisible();
    expect(await call(page, 'state')).toMatchObject({ userId: null });
  });

  test('data-consent="denied" erases what an earlier page stored', async ({ page, server, site }) => {
    site.put('/', { head: tagFor(server) });
    site.put('/denied', { head: tagFor(server, 'data-consent="denied"') });
    await page.goto(site.url);
    await whenReady(page);
    await expect.poll(async () => (await stored(page)) as object).not.toEqual(NOTHING);
    await page.goto(`${site.url}/denied`);
    await expect.poll(() => stored(page)).toEqual(NOTHING);
  });

  test('consent denied on a page that required it erases what an earlier page stored', async ({
    page,
    server,
    site,
  }) => {
    site.put('/', { head: tagFor(server) });
    site.put('/asks', { head: tagFor(server, 'data-consent="required"') });
    await page.goto(site.url);
    await whenReady(page);
    await expect.poll(async () => (await stored(page)) as object).not.toEqual(NOTHING);
    await page.goto(`${site.url}/asks`);
    await whenLoaded(page);
    await call(page, 'consent', 'denied');
    expect(await stored(page)).toEqual(NOTHING);
  });

  test('an unknown value of data-consent counts as required', async ({ page, server, site }) => {
    site.put('/', { head: tagFor(server, 'data-consent="sure"') });
    await page.goto(site.url);
    await whenLoaded(page);
    await passTime(page, 200);
    expect(server.calls).toEqual([]);
    expect(await call(page, 'explain')).toMatchObject([{ gates: [{ code: 'consent', used: 'required' }] }]);
  });
});

test.describe('Global Privacy Control', () => {
  test.beforeEach(async ({ page }) => {
    await page.addInitScript(() =>
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
    );
  });

  test('without a consent setting only the environment is requested, nothing is stored, and code actions open surveys', async ({
    page,
    server,
    site,
  }) => {
    const action = await server.createAction(SURVEY);
    const view = await server.createPageView('contains', '/');
    const first = ratingThenText();
    const survey = await server.createSurvey(first.document, [action]);
    const onView = await server.createSurvey(ratingThenText().document, [view]);
    site.put('/', { head: tagFor(server, 'data-user-id="u0"') });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'identify', 'u1');
    await call(page, 'setAttributes', { plan: 'pro' });
    await passTime(page, 200);
    expect(server.calls.map(({ path }) => path.split('/').pop())).toEqual(['environment']);
    expect(await call(page, 'explain')).toMatchObject([{ problem: { code: 'privacy' } }, {}]);
    expect(await call(page, 'explain', onView.id)).toMatchObject([
      { gates: expect.arrayContaining([expect.objectContaining({ code: 'no-memory', pass: false })]) },
    ]);
    await expect(surveyOn(page)).toHaveCount(0);

    await call(page, 'track', SURVEY);
    await answerBoth(page, '2', 'Private');
    await expect
      .poll(() => server.responses(survey.id))
      .toMatchObject([{ finished: true, contact: null, data: { rating: 2, text: 'Private' } }]);
    expect(await stored(page)).toEqual(NOTHING);
  });

  test('a consent setting of the site overrides it', async ({ page, server, site }) => {
    site.put('/', { head: tagFor(server, 'data-consent="granted"') });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'identify', 'u1');
    expect(await call(page, 'state')).toMatchObject({ userId: 'u1', isPersistent: true });
  });

  test('consent granted later starts over with storage', async ({ page, server, site }) => {
    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'consent', 'granted');
    await call(page, 'identify', 'u1');
    await expect.poll(() => call(page, 'state')).toMatchObject({ userId: 'u1', isPersistent: true });
  });
});

test('forget erases everything on the device, also while a survey is open', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction(SURVEY);
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'identify', 'u1', { plan: 'pro' });
  await call(page, 'track', SURVEY);
  await expect(surveyOn(page)).toBeVisible();
  await call(page, 'forget');
  await expect(page.locator('inkling-survey')).toHaveCount(0);
  await expect.poll(() => stored(page)).toEqual(NOTHING);
});
