import {
  answerBoth,
  call,
  expect,
  passTime,
  ratingThenText,
  refusals,
  surveyOn,
  tagFor,
  test,
  undelivered,
  valueIn,
  whenReady,
} from './support.ts';
import { closeSurvey, expectGone, expectShown, openPage } from './survey-page.ts';

test('a survey counts as shown although the network is blocked, and the page sees no error', async ({
  page,
  server,
  site,
}) => {
  await page.addInitScript(() => {
    const logged: unknown[] = [];
    Object.assign(window, { logged });
    for (const level of ['error', 'warn'] as const)
      console[level] = (...args: unknown[]) => void logged.push(args);
    addEventListener('unhandledrejection', ({ reason }) => void logged.push(`${reason}`));
  });
  const survey = await openPage(page, { server, site }, '<h1>Host</h1>', ratingThenText().document);
  await page.route(/\/(displays|responses)/, (route) => route.abort());
  await call(page, 'track', 'did-it');
  await answerBoth(page, '3', 'Nobody hears this yet');
  await expect(surveyOn(page).getByText('Thank you!')).toBeVisible();
  expect(await valueIn<unknown[]>(page, 'logged')).toEqual([]);
  await page.reload();
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expectGone(page);
  expect(await refusals(page, survey.id)).toEqual(['display-option']);
  expect(await valueIn<unknown[]>(page, 'logged')).toEqual([]);
  expect(await undelivered(page)).toBe(1);
});

test('a survey that opens at each page view is shown as often as its display limit says', async ({
  page,
  server,
  site,
}) => {
  const view = await server.createPageView('startsWith', '/');
  const { document } = ratingThenText({ displayOption: 'displaySome', displayLimit: 2 });
  await server.createSurvey(document, [view]);
  site.put('*', { head: tagFor(server) });
  for (const visit of [1, 2, 3]) {
    await page.goto(`${site.url}/visit-${visit}`);
    await whenReady(page);
    if (visit === 3) break;
    await closeSurvey(page);
  }
  await passTime(page, 500);
  await expect(surveyOn(page)).toHaveCount(0);
});

test('the cooldown of a person holds in a second browser', async ({ browser, page, server, site }) => {
  await server.settings({ recontactDays: 7 });
  const { document } = ratingThenText({ recontactDays: null, displayOption: 'respondMultiple' });
  const survey = await openPage(page, { server, site }, '<h1>Host</h1>', document);
  await call(page, 'identify', 'mara');
  await call(page, 'track', 'did-it');
  await expectShown(page);
  await expect.poll(() => undelivered(page)).toBe(0);
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(site.url);
  await whenReady(other);
  expect(await refusals(other, survey.id)).toEqual([]);
  await call(other, 'identify', 'mara');
  expect(await refusals(other, survey.id)).toEqual(['cooldown']);
  await elsewhere.close();
});

test('a cooldown holds for the device and for the person; a survey can have one of its own', async ({
  page,
  server,
  site,
}) => {
  await server.settings({ recontactDays: 7 });
  const other = await server.createAction('something-else');
  const free = await server.createSurvey(ratingThenText({ recontactDays: 0 }).document, [other]);
  const own = await server.createSurvey(ratingThenText({ recontactDays: 30 }).document, [other]);
  const { document } = ratingThenText({ recontactDays: null, displayOption: 'respondMultiple' });
  const waits = await openPage(page, { server, site }, '<h1>Host</h1>', document);
  await call(page, 'identify', 'mara');
  await call(page, 'track', 'did-it');
  await closeSurvey(page);
  await call(page, 'logout');
  expect(await refusals(page, waits.id)).toEqual(['cooldown']);
  await call(page, 'identify', 'nils');
  expect(await refusals(page, waits.id)).toEqual([]);
  await call(page, 'identify', 'mara');
  expect(await refusals(page, waits.id)).toEqual(['cooldown']);
  expect(await refusals(page, free.id)).toEqual([]);
  expect(await refusals(page, own.id)).toEqual(['cooldown']);
});

test('the answer on the device counts although the server’s reply does not have it yet', async ({
  page,
  server,
  site,
}) => {
  let first: string | undefined;
  // A server, or a cache before it, that always sends its first reply.
  await page.route('**/user', async (route) => {
    const response = await route.fetch();
    first ??= await response.text();
    await route.fulfill({ response, body: first });
  });
  const { document } = ratingThenText({ displayOption: 'displayMultiple' });
  const survey = await openPage(page, { server, site }, '<h1>Host</h1>', document);
  await call(page, 'identify', 'mara');
  await call(page, 'track', 'did-it');
  await answerBoth(page, '4', 'Once');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  await expect.poll(() => undelivered(page)).toBe(0);
  await page.reload();
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expectGone(page);
  expect(JSON.parse(first ?? '').data.state.data.responses).toEqual([]);
  expect(await refusals(page, survey.id)).toEqual(['display-option']);
});
