import {
  answerBoth,
  call,
  expect,
  ratingThenText,
  startProcess,
  surveyOn,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';

const LINE = 'Your answers are saved. They will be sent as soon as there is a connection.';

test('the ending says while an answer is saved but not yet sent, and no longer once it is delivered', async ({
  page,
  site,
}) => {
  test.setTimeout(120_000);
  const server = await startProcess();
  try {
    const survey = await server.createSurvey(ratingThenText().document, [
      await server.createAction('did-it'),
    ]);
    site.put('*', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await expect(surveyOn(page)).toBeVisible();
    await server.kill();
    await answerBoth(page, '4', 'No network');
    // It closes by itself, but not while the pointer is over it.
    await surveyOn(page).getByText('Thank you!').hover();
    const line = surveyOn(page).getByText(LINE);
    await expect(line).toBeVisible();
    await expect(page.locator('inkling-survey').getByRole('status')).toHaveText(LINE);
    await server.start();
    await expect.poll(() => undelivered(page), { timeout: 30_000 }).toBe(0);
    await expect(line).toHaveCount(0);
    await expect(surveyOn(page).getByText('Thank you!')).toBeVisible();
    expect(await server.responses(survey.id)).toMatchObject([
      { finished: true, data: { text: 'No network' } },
    ]);
  } finally {
    await server.stop();
  }
});
