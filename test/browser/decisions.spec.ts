import type { Page } from '@playwright/test';
import {
  call,
  expect,
  ratingThenText,
  recordEvents,
  surveyOn,
  tagFor,
  test,
  undelivered,
  whenReady,
  withClient,
} from './support.ts';
import { closeSurvey } from './survey-page.ts';

test('the server decides who is in a segment and sends no filters to the browser', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const filter = {
    id: 'f1',
    connector: null,
    resource: {
      id: 'r1',
      root: { type: 'attribute', contactAttributeKey: 'plan' },
      value: 'pro-secret',
      qualifier: { operator: 'equals' },
    },
  };
  const { document, rating } = ratingThenText({ segment: { title: 'Pro', filters: [filter] } });
  await server.createSurvey(document, [action]);
  site.put('*', { head: tagFor(server) });
  const body = page.waitForResponse((response) => response.url().endsWith('/environment'));
  await page.goto(site.url);
  expect(await (await body).text()).not.toContain('pro-secret');
  await whenReady(page);

  const failing = async (): Promise<string[]> => {
    await call(page, 'track', 'did-it');
    const [one] = await call(page, 'explain');
    return one?.gates.filter(({ pass }) => !pass).map(({ code }) => code) ?? [];
  };
  expect(await failing()).toEqual(['segment']);
  await call(page, 'identify', 'mara', { plan: 'free' });
  expect(await failing()).toEqual(['segment']);
  await call(page, 'setAttributes', { plan: 'pro-secret' });
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
});

test('a survey shown once is not shown again: anonymous, identified, logged out, after a reload', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await closeSurvey(page);
  const isShown = async (): Promise<boolean> => {
    await call(page, 'track', 'did-it');
    return (await surveyOn(page).count()) > 0;
  };
  await call(page, 'identify', 'mara');
  expect(await isShown()).toBe(false);
  await call(page, 'logout');
  expect(await isShown()).toBe(false);
  await page.reload();
  await whenReady(page);
  expect(await isShown()).toBe(false);
  await call(page, 'forget');
  await page.reload();
  await whenReady(page);
  expect(await isShown()).toBe(true);
});

test('the cooldown counts displays of every survey', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.settings({ recontactDays: 7 });
  const second = ratingThenText({ recontactDays: null });
  await server.createSurvey(second.document, [action]);
  const first = ratingThenText();
  await server.createSurvey(first.document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('radiogroup', { name: first.rating })).toBeVisible();
  await closeSurvey(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toHaveCount(0);
  const explained = await call(page, 'explain');
  const failing = explained.map(({ gates }) => gates.find(({ pass }) => !pass)?.code);
  expect(failing).toEqual(['display-option', 'cooldown']);
});

test('a survey with an unknown element type is skipped, and the next one is shown', async ({
  page,
  server,
  site,
  context,
}) => {
  const action = await server.createAction('did-it');
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [action]);
  const newer = await server.createSurvey(ratingThenText().document, [action]);
  // A newer server may send an element type that this version doesn't know.
  await context.route('**/environment', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const survey = body.data.data.surveys.find(({ id }: { id: string }) => id === newer.id);
    survey.blocks[0].elements[0].type = 'hologram';
    await route.fulfill({ response, json: body });
  });
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  const [skipped] = await call(page, 'explain', newer.id);
  expect(skipped?.gates).toContainEqual({ code: 'unsupported', pass: false, used: 'hologram' });
});

test('a percentage is rolled once per device while nobody is identified, and once per person', async ({
  page,
  browser,
  server,
  site,
}) => {
  const percentages = [0.01, 50, 99.99];
  const document = (displayPercentage: number) => ratingThenText({ displayPercentage }).document;
  const action = await server.createAction('did-it');
  for (const percentage of percentages) await server.createSurvey(document(percentage), [action]);
  site.put('/', { head: tagFor(server) });
  const open = async (on: Page): Promise<void> => {
    await on.goto(site.url);
    await whenReady(on);
  };
  const rolls = async (on: Page): Promise<number[]> => {
    const explained = await call(on, 'explain');
    const gates = explained.map(({ gates }) => gates.find(({ code }) => code === 'sampling'));
    const used = gates.map((gate) => gate?.used as { roll: number; percentage: number });
    expect(used.map(({ percentage }) => percentage).sort()).toEqual(percentages);
    expect(gates.map((gate) => gate?.pass)).toEqual(used.map(({ roll, percentage }) => roll < percentage));
    return used.map(({ roll }) => roll);
  };
  await open(page);
  const anonymous = await rolls(page);
  // Each survey has a roll of its own.
  expect(new Set(anonymous).size).toBeGreaterThan(1);
  await call(page, 'track', 'did-it');
  expect(await rolls(page)).toEqual(anonymous);
  await open(page);
  expect(await rolls(page)).toEqual(anonymous);
  await call(page, 'identify', 'mara');
  const person = await rolls(page);
  expect(person).not.toEqual(anonymous);

  const context = await browser.newContext();
  const other = await context.newPage();
  await open(other);
  expect(await rolls(other)).not.toEqual(anonymous);
  await call(other, 'identify', 'mara');
  expect(await rolls(other)).toEqual(person);
  await context.close();
});

test('a paused survey and a percentage of 0 stay closed', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText({ displayPercentage: 0 }).document, [action]);
  const paused = await server.createSurvey({ ...ratingThenText().document, status: 'paused' }, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  for (let i = 0; i < 5; i++) await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toHaveCount(0);
  expect(await call(page, 'explain', paused.id)).toEqual([]);
  const [sampled] = await call(page, 'explain');
  expect(sampled?.gates.find(({ code }) => code === 'sampling')).toMatchObject({ pass: false });
});

test('the language falls back to a sibling, and is sent with the answer', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const now = new Date().toISOString();
  const language = (code: string, isDefault: boolean) => ({
    default: isDefault,
    enabled: true,
    language: {
      id: `l${code.toLowerCase().replace('-', '')}`,
      code,
      alias: null,
      createdAt: now,
      updatedAt: now,
    },
  });
  const survey = await server.createSurvey(
    {
      languages: [language('en-US', true), language('de-DE', false)],
      blocks: [
        {
          id: 'b1',
          name: 'One',
          elements: [
            {
              id: 'q1',
              type: 'multipleChoiceSingle',
              required: true,
              headline: { default: 'Which one?', 'de-DE': 'Welches?' },
              choices: [
                { id: 'a', label: { default: 'The red one', 'de-DE': 'Das rote' } },
                { id: 'b', label: { default: 'The blue one', 'de-DE': 'Das blaue' } },
              ],
            },
          ],
        },
      ],
    },
    [action],
  );
  site.put('*', { head: tagFor(server, 'data-language="de-AT"') });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await surveyOn(page).getByRole('radio', { name: 'Das blaue' }).click();
  await surveyOn(page)
    .getByRole('button')
    .filter({ hasText: /Finish/ })
    .click();
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { q1: 'Das blaue' }, language: 'de-DE' }]);
});

test('showSurvey ignores the gates, and events follow the survey in order although a listener throws', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('never');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const surveyEvents = await recordEvents(
    page,
    'survey-shown',
    'survey-answered',
    'survey-finished',
    'survey-closed',
    'delivered',
  );
  const errors = await recordEvents(page, 'error');
  await withClient(page, (inkling) => {
    inkling.on('survey-shown', () => {
      throw new Error('the page’s own mistake');
    });
  });
  await call(page, 'showSurvey', survey.id);
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect(surveyOn(page)).toHaveCount(0);
  await expect.poll(() => undelivered(page)).toBe(0);
  const story = await surveyEvents();
  expect(await errors()).toEqual([]);
  const names = story.map(({ name }) => name).filter((name) => name !== 'delivered');
  expect(names).toEqual([
    'survey-shown',
    'survey-answered',
    'survey-answered',
    'survey-finished',
    'survey-closed',
  ]);
  expect(story.filter(({ name }) => name === 'delivered').at(-1)).toMatchObject({ finished: true });
  expect(
    story.every(({ at, surveyId }) => surveyId === survey.id && Math.abs(Date.now() - at) < 60_000),
  ).toBe(true);
  expect(story.at(-1)).toBeDefined();
});

test('before its action has happened a survey fails the trigger gate only', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const [one] = await call(page, 'explain');
  expect(one?.show).toBe(false);
  expect(one?.gates.filter(({ pass }) => !pass).map(({ code }) => code)).toEqual(['trigger']);
});

test('a survey opens at the trigger it has now, and the action of another survey leaves the open one alone', async ({
  page,
  server,
  site,
}) => {
  const before = await server.createAction('before');
  const after = await server.createAction('after');
  const moved = await server.createSurvey(ratingThenText({ displayOption: 'respondMultiple' }).document, [
    before,
  ]);
  site.put('*', { head: tagFor(server) });
  await server.manage('PUT', `surveys/${moved.id}`, { triggers: [{ actionClass: after }] });
  const other = ratingThenText({ displayOption: 'respondMultiple' });
  await server.createSurvey(other.document, [before]);
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'before');
  await expect(surveyOn(page).getByRole('radiogroup', { name: other.rating })).toBeVisible();
  // Another survey's action neither closes nor moves the one that is open.
  await call(page, 'track', 'after');
  await expect(surveyOn(page)).toHaveCount(1);
  await expect(surveyOn(page).getByRole('radiogroup', { name: other.rating })).toBeVisible();
});
