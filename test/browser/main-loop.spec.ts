import {
  answerBoth,
  call,
  expect,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';

test('a survey made by the management API is shown, answered and stored once', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const { document, rating, text } = ratingThenText();
  const survey = await server.createSurvey(document, [action]);
  site.put('/', { head: tagFor(server) });

  await page.goto(`${site.url}/?secret=1`);
  await whenReady(page);
  await call(page, 'identify', 'mara', { plan: 'pro' });
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  await expect(surveyOn(page)).toHaveAccessibleName(new RegExp(rating.slice(0, 11)));
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await surveyOn(page).getByRole('textbox', { name: text }).fill('More tea');
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect(surveyOn(page).getByText('Thank you!')).toBeVisible();

  await expect.poll(() => undelivered(page)).toBe(0);
  expect(await server.responses(survey.id)).toMatchObject([
    {
      finished: true,
      data: { rating: 4, text: 'More tea' },
      contact: { userId: 'mara' },
      meta: { url: `${site.url}/`, action: action.name },
    },
  ]);
  await expect(page.locator('inkling-survey')).toHaveCount(0);
});

test('a survey with a page-view action opens on pages whose path matches, and on no other', async ({
  page,
  server,
  site,
}) => {
  const view = await server.createPageView('startsWith', '/wel');
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [view]);
  site.put('*', { head: tagFor(server) });
  await page.goto(`${site.url}/other`);
  await whenReady(page);
  await expect(surveyOn(page)).toHaveCount(0);
  await page.goto(`${site.url}/welcome?from=mail`);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
});

test('an older document with questions instead of blocks is drawn', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const questions = [
    {
      id: 'why',
      type: 'openText',
      headline: { default: 'Why did you come?' },
      required: true,
      inputType: 'text',
    },
    {
      id: 'how',
      type: 'multipleChoiceSingle',
      headline: { default: 'How did you find us?' },
      required: false,
      choices: [
        { id: 'ad', label: { default: 'An advert' } },
        { id: 'friend', label: { default: 'A friend' } },
      ],
    },
  ];
  const survey = await server.createSurvey({ questions }, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await surveyOn(page).getByRole('textbox', { name: 'Why did you come?' }).fill('To see');
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await surveyOn(page).getByRole('radio', { name: 'A friend' }).click();
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { why: 'To see', how: 'A friend' } }]);
});

test('answers given right before the page is left arrive', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const { document } = ratingThenText();
  const survey = await server.createSurvey(document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '2', 'Bye');
  await page.goto('about:blank');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { rating: 2, text: 'Bye' } }]);
});

test('answers that wait behind another tab are sent when the page is left', async ({
  page,
  context,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  site.put('*', { head: tagFor(server) });
  site.put('/other', { head: '' });
  // Another tab holds the lock of the delivery and never releases it: this page cannot send while it is open.
  const other = await context.newPage();
  await other.goto(`${site.url}/other`);
  await other.evaluate((id) => {
    void navigator.locks.request(`inkling/${id}/delivery`, () => new Promise(() => {}));
  }, server.environmentId);
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '5', 'On my way out');
  await expect(surveyOn(page).getByText('Thank you!')).toBeVisible();
  expect(await server.responses(survey.id)).toEqual([]);
  await page.goto('about:blank');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { rating: 5, text: 'On my way out' } }]);
});
