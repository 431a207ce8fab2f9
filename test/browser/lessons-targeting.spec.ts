import { call, expect, randomId, ratingThenText, surveyOn, tagFor, test, whenReady } from './support.ts';

// What users of such snippets complained about, one test each: field.md B1 and B2. What other specs prove is not
// repeated: one tab (12), the delay that goes on (17), the identification while it runs (16).

interface Explained {
  readonly surveyId: string;
  readonly show: boolean;
  readonly gates: readonly { readonly code: string; readonly pass: boolean }[];
}

test('lesson 4: what is shown at each navigation is capped by its displays', async ({
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
    await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
    await expect(surveyOn(page)).toHaveCount(0);
  }
  await page.waitForTimeout(500);
  await expect(surveyOn(page)).toHaveCount(0);
});

test('lessons 14 and 15: what fired on one page opens nothing on the next', async ({
  page,
  server,
  site,
}) => {
  const exit = await server.manage<{ id: string }>('POST', 'action-classes', {
    name: `Exit ${randomId()}`,
    type: 'noCode',
    noCodeConfig: { type: 'exitIntent', urlFilters: [] },
  });
  await server.createSurvey(ratingThenText().document, [exit]);
  // The first page has a dialog of its own: the survey that is armed has to wait there.
  const script = "if (location.pathname === '/') document.querySelector('dialog').showModal()";
  site.put('*', { head: tagFor(server), body: `<dialog>Wait</dialog><script>${script}</script>` });
  await page.goto(site.url);
  await whenReady(page);
  const hasFired = async (): Promise<boolean> => {
    await page.mouse.move(200, 50);
    await page.mouse.move(200, -10);
    const [one] = (await call(page, 'explain')) as Explained[];
    return one?.gates.some(({ code, pass }) => code === 'trigger' && pass) ?? false;
  };
  await expect.poll(hasFired).toBe(true);
  await page.goto(`${site.url}/next`);
  await whenReady(page);
  await page.mouse.move(300, 300);
  await page.waitForTimeout(500);
  await expect(surveyOn(page)).toHaveCount(0);
});

test('lessons 18 and 24: a page view waits for who is here, but not for ever', async ({
  page,
  server,
  site,
}) => {
  const view = await server.createPageView('startsWith', '/');
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [view]);
  site.put('*', { head: tagFor(server, 'data-user-id="mara"') });
  // Never answered.
  await page.route('**/user', () => {});
  await page.goto(site.url);
  await page.waitForTimeout(1_500);
  await expect(surveyOn(page)).toHaveCount(0);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible({ timeout: 15_000 });
});

test('lesson 19: may be shown and is due are two things', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const [one] = (await call(page, 'explain')) as Explained[];
  expect(one?.show).toBe(false);
  expect(one?.gates.filter(({ pass }) => !pass).map(({ code }) => code)).toEqual(['trigger']);
});

test('lessons 20 and 21: a survey follows the trigger it has now, and each goes its own way', async ({
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
