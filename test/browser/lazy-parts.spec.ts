import type { Page } from '@playwright/test';
import { ELEMENTS, surveyOf } from './all-types.ts';
import {
  call,
  expect,
  type HostSite,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  whenReady,
} from './support.ts';

const pick = (...ids: string[]): readonly object[] =>
  ids.flatMap((id) => ELEMENTS.filter((one) => one.id === id));

/** Opens a survey of a text, two types that are chunks of their own, and a score, all required. Returns its id. */
async function open(page: Page, server: TestServer, site: HostSite): Promise<string> {
  const action = await server.createAction('did-it');
  const elements = pick('openText', 'ranking', 'date', 'nps').map((one) => ({ ...one, required: true }));
  const { id } = await server.createSurvey(surveyOf(elements), [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
  return id;
}

const next = (page: Page) => surveyOn(page).getByRole('button', { name: 'Next' }).click();
const NOT_LOADED = 'This question could not be loaded. You can go on without it.';

test('a survey can be finished offline although chunks of its questions are missing, and no answer is lost', async ({
  page,
  server,
  site,
  context,
}) => {
  await page.route(/chunks\/(ranking|date)-/, (route) => route.abort());
  const id = await open(page, server, site);
  const survey = surveyOn(page);
  await context.setOffline(true);
  await survey.getByRole('textbox').fill('Kept');
  await next(page);
  for (const headline of ['About ranking', 'About date']) {
    await expect(survey.getByRole('heading', { name: headline })).toBeVisible();
    await expect(survey.getByText(NOT_LOADED)).toBeVisible();
    await expect(survey.getByText('Required')).toHaveCount(0);
    await next(page);
  }
  await survey.getByRole('radio', { name: '9' }).click();
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
  await context.setOffline(false);
  await expect
    .poll(() => server.responses(id))
    .toMatchObject([{ finished: true, data: { openText: 'Kept', nps: 9 } }]);
});

test('closing a survey at a question that could not be loaded keeps the answers given before', async ({
  page,
  server,
  site,
}) => {
  await page.route(/chunks\/ranking-/, (route) => route.abort());
  const id = await open(page, server, site);
  const survey = surveyOn(page);
  await survey.getByRole('textbox').fill('Kept');
  await next(page);
  await expect(survey.getByText(NOT_LOADED)).toBeVisible();
  await survey.getByRole('button', { name: 'Close survey' }).click();
  await expect(survey).toHaveCount(0);
  await expect
    .poll(() => server.responses(id))
    .toMatchObject([{ finished: false, data: { openText: 'Kept' } }]);
});

test('chunks fetched during the first card draw later cards offline', async ({
  page,
  server,
  site,
  context,
}) => {
  const parts = ['ranking', 'date'].map((name) =>
    page
      .waitForResponse((reply) => reply.url().includes(`chunks/${name}-`))
      .then((reply) => reply.finished()),
  );
  const id = await open(page, server, site);
  await Promise.all(parts);
  const survey = surveyOn(page);
  await context.setOffline(true);
  await survey.getByRole('textbox').fill('Kept');
  await next(page);
  await survey.getByRole('button', { name: 'Silver' }).click();
  await next(page);
  await survey.getByRole('gridcell', { name: / 15, / }).click();
  await next(page);
  await survey.getByRole('radio', { name: '9' }).click();
  await survey.getByRole('button', { name: 'Finish' }).click();
  await context.setOffline(false);
  await expect
    .poll(() => server.responses(id))
    .toMatchObject([{ finished: true, data: { ranking: ['Silver'], date: expect.stringMatching(/-15$/) } }]);
});

const FETCHED: readonly (readonly [what: string, change: object, chunks: readonly string[]])[] = [
  ['a survey of a text and a score fetches the renderer only', { charLimit: undefined }, ['ui']],
  ['a text with a character limit fetches the rules as well', {}, ['ui', 'rules']],
];
for (const [what, change, fetched] of FETCHED)
  test(what, async ({ page, server, site }) => {
    const chunks: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/chunks/')) chunks.push(request.url());
    });
    const action = await server.createAction('did-it');
    const [openText, ...scores] = pick('openText', 'rating', 'nps');
    await server.createSurvey(surveyOf([{ ...openText, ...change }, ...scores]), [action]);
    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
    await next(page);
    await expect(surveyOn(page).getByRole('radio')).toHaveCount(5);
    expect(chunks.map((url) => url.replace(/.*\/(\w+)-.*/, '$1'))).toEqual(fetched);
  });
