import {
  call,
  expect,
  passTime,
  randomId,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  valueIn,
  whenReady,
  withClient,
} from './support.ts';
import { closeSurvey } from './survey-page.ts';

test('pushState, replaceState, back and a hash change are page views', async ({ page, server, site }) => {
  const view = await server.createPageView('exactMatch', '/spa');
  const { document, rating } = ratingThenText({ displayOption: 'respondMultiple' });
  await server.createSurvey(document, [view]);
  site.put('*', { head: tagFor(server) });
  await page.goto(`${site.url}/start`);
  await whenReady(page);
  const question = surveyOn(page).getByRole('radiogroup', { name: rating });

  const opens = async (go: () => Promise<unknown>): Promise<void> => {
    await go();
    await expect(question).toBeVisible();
    await closeSurvey(page);
  };
  await opens(() => page.evaluate(() => history.pushState(null, '', '/spa')));
  await page.evaluate(() => history.pushState(null, '', '/elsewhere'));
  await opens(() => page.goBack());
  await page.evaluate(() => history.replaceState(null, '', '/elsewhere'));
  await opens(() => page.evaluate(() => history.replaceState(null, '', '/spa')));
  // A value without `#` ignores the hash, and each distinct address is a page view of its own.
  await opens(() => page.evaluate(() => location.assign('#part')));
});

test('one address is one page view, however often it is pushed', async ({ page, server, site }) => {
  const view = await server.createPageView('startsWith', '/');
  await server.createSurvey(ratingThenText().document, [view]);
  site.put('*', { head: tagFor(server) });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    addEventListener('load', () => window.inkling?.on('action', ({ action }) => seen.push(action)));
  });
  await page.goto(`${site.url}/a`);
  await whenReady(page);
  await page.evaluate(() => {
    for (let i = 0; i < 5; i++) history.pushState(null, '', '/b');
    history.replaceState({ scroll: 10 }, '', '/b');
  });
  const seen = () => valueIn<string[]>(page, 'seen');
  await expect.poll(seen).not.toEqual([]);
  await expect(surveyOn(page)).toBeVisible();
  expect((await seen()).length).toBeLessThanOrEqual(2);
});

test('a delay continues across a navigation, and its survey opens on the next page', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const { document, rating } = ratingThenText({ delay: 6 });
  await server.createSurvey(document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.addInitScript(() => {
    const shownAt: number[] = [];
    Object.assign(window, { shownAt });
    addEventListener('load', () => window.inkling?.on('survey-shown', ({ at }) => shownAt.push(at)));
  });
  await page.goto(site.url);
  await whenReady(page);
  const trackedAt = Date.now();
  await call(page, 'track', 'did-it');
  const dueAt = (await call(page, 'state'))?.due[0]?.dueAt ?? 0;
  expect(dueAt - trackedAt).toBeGreaterThan(5_950);
  await page.goto(`${site.url}/next`);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  const [shownAt] = await valueIn<number[]>(page, 'shownAt');
  expect(shownAt).toBeGreaterThan(dueAt - 50);
});

test('the delay of a page view is cancelled when the address stops matching', async ({
  page,
  server,
  site,
}) => {
  const view = await server.createPageView('exactMatch', '/here');
  await server.createSurvey(ratingThenText({ delay: 4 }).document, [view]);
  site.put('*', { head: tagFor(server) });
  await page.goto(`${site.url}/here`);
  await whenReady(page);
  await expect.poll(async () => (await call(page, 'state'))?.due.length).toBe(1);
  await page.evaluate(() => history.pushState(null, '', '/there'));
  await expect.poll(async () => (await call(page, 'state'))?.due.length).toBe(0);
  await passTime(page, 4_300);
  await expect(surveyOn(page)).toHaveCount(0);
});

test('the gates are asked again after a delay: a person identified meanwhile has seen the survey', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const { document, rating } = ratingThenText({ delay: 1, displayOption: 'displayOnce' });
  await server.createSurvey(document, [action]);
  site.put('*', { head: tagFor(server) });
  // Mara has seen it on another device.
  const [survey] = await server.manage<{ id: string }[]>('GET', 'surveys');
  const display = await fetch(`${server.url}/api/v1/client/${server.environmentId}/displays`, {
    method: 'POST',
    body: JSON.stringify({ surveyId: survey?.id, userId: 'mara' }),
  });
  expect(display.status).toBe(200);
  await page.goto(site.url);
  await whenReady(page);
  // In one go, so that the delay cannot end in between on a busy machine.
  await withClient(page, async (inkling) => {
    await inkling.track('did-it');
    await inkling.identify('mara');
  });
  await expect.poll(async () => (await call(page, 'state'))?.due.length).toBe(0);
  await passTime(page, 500);
  await expect(surveyOn(page)).toHaveCount(0);
  await call(page, 'logout');
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
});

test('hidden fields that the survey declares are stored with the answer, others are not', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const { document } = ratingThenText({ hiddenFields: { enabled: true, fieldIds: ['plan'] } });
  const survey = await server.createSurvey(document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it', { hiddenFields: { plan: 'pro', secret: 'x' } });
  await surveyOn(page).getByRole('radio', { name: '5', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: false }]);
  const [response] = await server.responses(survey.id);
  expect(response?.data).toEqual({ plan: 'pro', rating: 5 });
});

test('an action that fired on one page opens nothing on the next', async ({ page, server, site }) => {
  const exit = await server.manage<{ id: string }>('POST', 'action-classes', {
    name: `Exit ${randomId()}`,
    type: 'noCode',
    noCodeConfig: { type: 'exitIntent', urlFilters: [] },
  });
  await server.createSurvey(ratingThenText().document, [exit]);
  // The first page has a dialog of its own, which the survey has to wait for.
  const script = "if (location.pathname === '/') document.querySelector('dialog').showModal()";
  site.put('*', { head: tagFor(server), body: `<dialog>Wait</dialog><script>${script}</script>` });
  await page.goto(site.url);
  await whenReady(page);
  const hasFired = async (): Promise<boolean> => {
    await page.mouse.move(200, 50);
    await page.mouse.move(200, -10);
    const [one] = await call(page, 'explain');
    return one?.gates.some(({ code, pass }) => code === 'trigger' && pass) ?? false;
  };
  await expect.poll(hasFired).toBe(true);
  await page.goto(`${site.url}/next`);
  await whenReady(page);
  await page.mouse.move(300, 300);
  await passTime(page, 500);
  await expect(surveyOn(page)).toHaveCount(0);
});

test('a page view waits for an identification that is under way, but opens without it in the end', async ({
  page,
  server,
  site,
}) => {
  const view = await server.createPageView('startsWith', '/');
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [view]);
  site.put('*', { head: tagFor(server, 'data-user-id="mara"') });
  // A request that is never answered.
  const asked = page.waitForRequest('**/user');
  await page.route('**/user', () => {});
  await page.goto(site.url);
  await asked;
  // Longer than a survey needs to open, shorter than the 5 s that the page view waits.
  await passTime(page, 1_500);
  await expect(surveyOn(page)).toHaveCount(0);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
});

test('navigating within the page writes nothing to IndexedDB', async ({ page, server, site }) => {
  await page.addInitScript(() => {
    const writes: unknown[] = [];
    Object.assign(window, { writes });
    for (const name of ['put', 'add', 'delete'] as const) {
      const original = IDBObjectStore.prototype[name] as (...args: unknown[]) => IDBRequest;
      IDBObjectStore.prototype[name] = function (this: IDBObjectStore, ...args: unknown[]) {
        writes.push(args.at(-1));
        return original.apply(this, args);
      } as never;
    }
  });
  const view = await server.createPageView('startsWith', '/');
  await server.createSurvey(ratingThenText({ displayPercentage: 0.01 }).document, [view]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const writes = () => valueIn<unknown[]>(page, 'writes');
  const before = await writes();
  expect(before).not.toEqual([]);
  for (let step = 0; step < 20; step++) {
    await page.evaluate((n) => history.pushState({}, '', `/page/${n}`), step);
  }
  await passTime(page, 300);
  expect(await writes()).toEqual(before);
});
