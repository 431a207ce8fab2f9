import type { Locator, Page } from '@playwright/test';
import {
  call,
  expect,
  passTime,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  whenReady,
} from './support.ts';

/** The debug panel. */
const panelOn = (page: Page): Locator => page.getByRole('region', { name: 'Inkling debug panel' });

/** One survey's line in it, with its gates inside. */
const rowOf = (page: Page, surveyId: string): Locator => panelOn(page).locator(`#survey-${surveyId}`);

const STRICT = (server: TestServer): Readonly<Record<string, string>> => ({
  'content-security-policy': `default-src 'none'; script-src ${server.url}; connect-src ${server.url}; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /violations`,
});

/** Creates one survey for each of five gates that refuse it, by the code of the gate. */
async function createSurveys(server: TestServer): Promise<Readonly<Record<string, string>>> {
  const action = await server.createAction('did-it');
  const never = await server.createAction('never-done');
  const make = async (change: object, actions = [action]): Promise<string> =>
    (await server.createSurvey(ratingThenText(change).document, actions)).id;
  const filter = {
    id: 'f1',
    connector: null,
    resource: {
      id: 'r1',
      root: { type: 'attribute', contactAttributeKey: 'plan' },
      value: 'pro',
      qualifier: { operator: 'equals' },
    },
  };
  // The newest is asked first: the one that opens is made last.
  const cooldown = await make({ recontactDays: 7, displayOption: 'respondMultiple' });
  const sampling = await make({ displayPercentage: 0, displayOption: 'respondMultiple' });
  const segment = await make({ segment: { title: 'Pro', filters: [filter] } });
  const trigger = await make({}, [never]);
  const once = await make({ displayOption: 'displayOnce' });
  return { cooldown, sampling, segment, trigger, 'display-option': once };
}

/** Opens the one survey that may open, closes it and tracks the action again, after which each gate has refused its survey. */
async function tryTwice(page: Page): Promise<void> {
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  await call(page, 'closeSurvey');
  await expect(surveyOn(page)).toHaveCount(0);
  await call(page, 'track', 'did-it');
  await expect.poll(() => call(page, 'state')).toMatchObject({ showings: [{ delivered: true }] });
}

test('the panel changes no decision and no request', async ({ browser, server, site }) => {
  await createSurveys(server);
  site.put('/plain', { head: tagFor(server) });
  site.put('/debug', { head: tagFor(server, 'data-debug') });
  const outcomeAt = async (path: string): Promise<unknown> => {
    // A device of its own.
    const context = await browser.newContext();
    const page = await context.newPage();
    const before = server.calls.length;
    await page.goto(site.url + path);
    await tryTwice(page);
    const explained = await call(page, 'explain');
    const verdicts = explained.map(({ surveyId, gates }) => [
      surveyId,
      ...gates.map(({ code, pass }) => `${code} ${pass}`),
    ]);
    await context.close();
    return [verdicts, server.calls.slice(before).map((asked) => `${asked.method} ${asked.path}`)];
  };
  expect(await outcomeAt('/debug')).toEqual(await outcomeAt('/plain'));
});

test('the panel names the gate that refuses each survey', async ({ page, server, site }) => {
  const surveys = await createSurveys(server);
  site.put('/', { head: tagFor(server, 'data-debug'), headers: STRICT(server) });
  await page.goto(site.url);
  await tryTwice(page);
  for (const [code, id] of Object.entries(surveys)) {
    await expect(rowOf(page, id).locator('.verdict')).toHaveText(code);
  }
  const { cooldown = '', 'display-option': once = '' } = surveys;
  await expect(rowOf(page, cooldown)).toContainText('7 days between any two surveys; the last one');
  await rowOf(page, cooldown).locator('summary').click();
  await passTime(page, 100);
  await expect(rowOf(page, cooldown).locator('dl')).toBeVisible();
  // Failed gates come first, the rest in their order.
  const gates = await rowOf(page, cooldown).locator('dt').allTextContents();
  expect(gates.slice(0, 3)).toEqual(['✗ cooldown', '✓ status', '✓ consent']);
  await expect(rowOf(page, once)).toContainText('shown once, not answered');
  await expect(panelOn(page).locator('.good', { hasText: /^delivered$/ })).toBeVisible();
  await expect(panelOn(page).getByText('survey-closed')).toBeVisible();
  // The details stay open while the panel is updated.
  await call(page, 'track', 'did-it');
  await passTime(page, 100);
  await expect(rowOf(page, cooldown).locator('dl')).toBeVisible();
  expect(site.violations).toEqual([]);
});

test('the panel takes no focus, works by keyboard, does not overlap the survey and is removed by destroy', async ({
  page,
  server,
  site,
}) => {
  await createSurveys(server);
  site.put('/', {
    head: tagFor(server),
    body: '<h1>Host</h1><button id="own">Own</button>',
    headers: STRICT(server),
  });
  await page.goto(`${site.url}/?inkling-debug=1`);
  await page.locator('#own').focus();
  await whenReady(page);
  await expect(panelOn(page)).toBeVisible();
  await expect(panelOn(page)).toContainText('Surveys (5)');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('own');
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  const overlaps = async (): Promise<boolean> => {
    const [one, other] = [await panelOn(page).boundingBox(), await surveyOn(page).boundingBox()];
    if (!one || !other) throw new Error('both should be on screen');
    return (
      one.x < other.x + other.width &&
      other.x < one.x + one.width &&
      one.y < other.y + other.height &&
      other.y < one.y + one.height
    );
  };
  await expect.poll(overlaps).toBe(false);
  await page.setViewportSize({ width: 320, height: 640 });
  await call(page, 'track', 'did-it');
  await expect.poll(overlaps).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 720 });
  await call(page, 'closeSurvey');

  const fold = panelOn(page).getByRole('button', { name: 'Unfold' });
  await fold.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(panelOn(page).locator('details[open]')).toHaveCount(1);
  await expect(panelOn(page).locator('details[open] summary')).toBeFocused();
  await call(page, 'track', 'did-it');
  await passTime(page, 100);
  await expect(panelOn(page).locator('details[open] summary')).toBeFocused();

  await call(page, 'destroy');
  await expect(page.locator('inkling-debug')).toHaveCount(0);
  expect(site.violations).toEqual([]);
});

test('the panel and its report name the mistake in the set-up', async ({ page, site, server, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  site.put('/', { head: tagFor({ ...server, environmentId: 'nosuch' }, 'data-debug') });
  await page.goto(site.url);
  await expect(panelOn(page)).toContainText('has no environment nosuch: check data-environment-id');
  await panelOn(page).getByRole('button', { name: 'Copy report' }).click();
  await expect(panelOn(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(report).toMatchObject({
    version: '0.1.0',
    page: `${site.url}/`,
    surveys: [{ problem: { code: 'not-found' } }],
  });
  await panelOn(page).getByRole('button', { name: 'Close the debug panel' }).click();
  await expect(panelOn(page)).toHaveCount(0);
});

test('a click in the panel fires no click action', async ({ page, server, site }) => {
  const { document, rating } = ratingThenText();
  const click = await server.manage<{ id: string; name: string }>('POST', 'action-classes', {
    name: 'Anywhere',
    type: 'noCode',
    noCodeConfig: { type: 'click', elementSelector: { cssSelector: 'html' }, urlFilters: [] },
  });
  await server.createSurvey(document, [click as never]);
  site.put('/', { head: tagFor(server, 'data-debug') });
  await page.goto(site.url);
  await whenReady(page);
  await panelOn(page).locator('summary').first().click();
  await passTime(page, 300);
  await expect(surveyOn(page)).toHaveCount(0);
  await page.locator('h1').first().click();
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
});
