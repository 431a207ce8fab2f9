import {
  call,
  expect,
  passTime,
  ratingThenText,
  recordEvents,
  surveyOn,
  tagFor,
  test,
  whenReady,
  withClient,
} from './support.ts';

const NO_CODE = [
  { type: 'click', elementSelector: { cssSelector: '#never' } },
  { type: 'exitIntent' },
  { type: 'fiftyPercentScroll' },
  { type: 'pageDwell', timeInSeconds: 2 },
];

test('destroy leaves no listener, timer, element or global behind, and later calls settle', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const noCode = await Promise.all(
    NO_CODE.map((noCodeConfig) =>
      server.manage<{ id: string }>('POST', 'action-classes', {
        name: noCodeConfig.type,
        type: 'noCode',
        noCodeConfig: { ...noCodeConfig, urlFilters: [] },
      }),
    ),
  );
  await server.createSurvey({ ...ratingThenText().document, delay: 1 }, [noCode[3] as object]);
  await server.createSurvey(ratingThenText().document, [action]);
  await page.addInitScript(() => {
    const held = new Map<string, number>();
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    const seen = new WeakMap<object, Map<string, Set<unknown>>>();
    const keysOf = (target: object, key: string): Set<unknown> => {
      const all = seen.get(target) ?? new Map();
      seen.set(target, all);
      if (!all.has(key)) all.set(key, new Set());
      return all.get(key);
    };
    const keyOf = (target: object, type: string, options: AddEventListenerOptions | boolean | undefined) => {
      const capture = typeof options === 'object' ? options?.capture : options;
      return `${target.constructor.name} ${type} ${Boolean(capture)}`;
    };
    EventTarget.prototype.addEventListener = function (
      this: EventTarget | undefined,
      type,
      handler,
      options,
    ) {
      const key = keyOf(this ?? window, type, options);
      const set = keysOf(this ?? window, key);
      // The test driver adds listeners, too.
      const isOurs = /inkling\.js|\/chunks\//.test(new Error().stack ?? '');
      if (isOurs && handler && !set.has(handler)) {
        set.add(handler);
        held.set(key, (held.get(key) ?? 0) + 1);
      }
      return addEventListener.call(this ?? window, type, handler, options);
    };
    EventTarget.prototype.removeEventListener = function (
      this: EventTarget | undefined,
      type,
      handler,
      options,
    ) {
      const key = keyOf(this ?? window, type, options as EventListenerOptions | boolean | undefined);
      if (keysOf(this ?? window, key).delete(handler)) held.set(key, (held.get(key) ?? 0) - 1);
      return removeEventListener.call(this ?? window, type, handler, options);
    };
    Object.assign(window, { held });
  });
  /** Listeners of the snippet on objects that outlive a survey. */
  const listeners = (): Promise<string[]> =>
    page.evaluate(() =>
      [...(window as never as { held: Map<string, number> }).held]
        .filter(
          ([key, count]) =>
            count > 0 &&
            /^(Window|HTML(Document|BodyElement)|Navigation|MediaQueryList|VisualViewport) /.test(key),
        )
        .map(([key]) => key),
    );
  const before = await page.evaluate(() => history.pushState === History.prototype.pushState);
  site.put('/', { head: tagFor(server), body: '<div style="height:3000px">tall</div>' });
  await page.goto(site.url);
  const own = await page.evaluate(() => Object.keys(window).sort());
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  expect((await listeners()).length).toBeGreaterThan(5);

  const closings = await recordEvents(page, 'survey-closed');
  await call(page, 'destroy');
  await expect.poll(closings).toMatchObject([{ reason: 'destroyed' }]);
  await expect(page.locator('inkling-survey')).toHaveCount(0);
  expect(await listeners()).toEqual([]);
  expect(await page.evaluate(() => Object.keys(window).sort())).toEqual(own);
  expect(await page.evaluate(() => history.pushState === History.prototype.pushState)).toBe(before);

  const sent = server.calls.length;
  await call(page, 'identify', 'u1');
  await call(page, 'track', 'did-it');
  await page.evaluate(() => history.pushState({}, '', '/elsewhere'));
  // Longer than the dwell time and the delay behind it.
  await passTime(page, 3_300);
  expect(server.calls).toHaveLength(sent);
  await expect(page.locator('inkling-survey')).toHaveCount(0);
  expect(await call(page, 'state')).toBeUndefined();
  expect(await call(page, 'explain')).toEqual([]);

  // `setup` may follow.
  await call(page, 'setup', { environmentId: server.environmentId, appUrl: server.url });
  await call(page, 'identify', 'u2');
  expect(await call(page, 'state')).toMatchObject({ userId: 'u2' });
});

test('destroy right after setup sends no request and starts nothing', async ({ page, server, site }) => {
  site.put('/', {});
  await page.goto(site.url);
  await page.addScriptTag({ url: `${server.url}/inkling.js` });
  await withClient(
    page,
    (inkling, options) => {
      void inkling.setup(options);
      inkling.destroy();
    },
    { environmentId: server.environmentId, appUrl: server.url },
  );
  await passTime(page, 500);
  expect(server.calls).toEqual([]);
  expect(await call(page, 'state')).toBeUndefined();
});

for (const [name, replace] of [
  ['its body', () => document.body.replaceWith(document.createElement('body'))],
  ['what is in its body', () => document.body.replaceChildren(document.createElement('main'))],
] as const) {
  test(`an open survey stays when the page replaces ${name}`, async ({ page, server, site }) => {
    const action = await server.createAction('did-it');
    const { document, rating, text } = ratingThenText();
    const survey = await server.createSurvey(document, [action]);
    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
    await page.evaluate(replace);
    await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
    await expect(surveyOn(page).getByRole('radio', { name: '4', exact: true })).toBeChecked();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await surveyOn(page).getByRole('textbox', { name: text }).fill('Still here');
    await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
    await expect
      .poll(() => server.responses(survey.id))
      .toMatchObject([{ data: { rating: 4, text: 'Still here' } }]);
  });
}

test('a survey that the page keeps removing closes in the end', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const closings = await recordEvents(page, 'survey-closed');
  const showings = await recordEvents(page, 'survey-shown');
  await call(page, 'track', 'did-it');
  // One that is removed before it has been shown goes without an event.
  await expect.poll(showings).toHaveLength(1);
  await page.evaluate(() => {
    const remove = () => document.querySelector('inkling-survey')?.remove();
    new MutationObserver(remove).observe(document.body, { childList: true });
    remove();
  });
  await expect.poll(closings).toMatchObject([{ reason: 'destroyed' }]);
  await expect(page.locator('inkling-survey')).toHaveCount(0);
});
