import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import { CONDITIONS, type Condition } from './hostile/conditions.ts';
import { type HostileWeb, startWeb } from './hostile/servers.ts';
import { randomId, startServer, type TestServer } from './support.ts';

/** One server, one site and one page per worker; each condition is an origin of its own on it. */
interface Hostile {
  readonly server: TestServer;
  readonly web: HostileWeb;
  readonly surveyId: string;
  readonly page: Page;
  readonly browserName: string;
  /** Errors and rejections that the browser itself told of, since the last look. */
  readonly takeErrors: () => string[];
}

/** What Firefox itself notes of a request that was refused; nobody's exception. */
const BROWSER_SAYS =
  /^(Content-Security-Policy:|Loading module from|Loading failed for|Cross-Origin Request Blocked|None of the .sha384. hashes)/;
/** As calm as Chromium is by `reducedMotion`, and without the notes that a session's restoration would need. */
const QUIET_FIREFOX = { 'ui.prefersReducedMotion': 1, 'browser.sessionstore.interval': 600_000 };
/** `npm test` tries one of nine in Firefox, `npm run prove` all: those with this tag are left to it. */
const tagOf = (n: number): string[] => (n % 9 === 0 ? [] : ['@long-in-firefox']);

const test = base.extend<object, { hostile: Hostile }>({
  // Each condition is an origin of its own: one process for all spares Chromium the start of two hundred. Firefox has one
  // for each site, which is the same for all; it knows reduced motion by a preference only.
  launchOptions: [
    async ({ launchOptions, browserName }, use) => {
      const { args = [] } = launchOptions;
      await use(
        browserName === 'chromium'
          ? { ...launchOptions, args: [...args, '--renderer-process-limit=1'] }
          : { ...launchOptions, firefoxUserPrefs: QUIET_FIREFOX },
      );
    },
    { scope: 'worker' },
  ],
  hostile: [
    async ({ browser, browserName }, use) => {
      const server = await startServer();
      const action = await server.manage<object>('POST', 'action-classes', {
        name: 'Go',
        type: 'code',
        key: 'go',
      });
      const { id } = await server.createSurvey(
        {
          displayOption: 'respondMultiple',
          blocks: [
            {
              id: randomId(),
              name: 'Card',
              elements: [
                {
                  id: 'rating',
                  type: 'rating',
                  scale: 'number',
                  range: 5,
                  required: true,
                  headline: { default: 'How was it?' },
                },
                {
                  id: 'text',
                  type: 'openText',
                  required: false,
                  headline: { default: 'Why?' },
                  charLimit: { enabled: false },
                },
              ],
            },
          ],
          endings: [],
        },
        [action],
      );
      const file = fileURLToPath(new URL('../../dist/integrity.json', import.meta.url));
      const integrity = JSON.parse(readFileSync(file, 'utf8'))['inkling.js'];
      const web = await startWeb(server, CONDITIONS, integrity);
      const context = await browser.newContext({ reducedMotion: 'reduce' });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => {
        if (!BROWSER_SAYS.test(`${error}`)) errors.push(`${error}`);
      });
      await use({ server, web, surveyId: id, page, browserName, takeErrors: () => errors.splice(0) });
      await context.close();
      await web.stop();
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

test('at least 220 conditions, of which at least 190 must deliver', () => {
  expect(CONDITIONS.length).toBeGreaterThanOrEqual(220);
  expect(CONDITIONS.filter(({ must }) => must === 'deliver').length).toBeGreaterThanOrEqual(190);
  expect(new Set(CONDITIONS.map(({ name }) => name)).size).toBe(CONDITIONS.length);
});

for (const [n, condition] of CONDITIONS.entries()) {
  test(`${condition.name}: must ${condition.must}`, { tag: tagOf(n) }, ({ hostile }) =>
    runCondition(hostile, n, condition),
  );
}

async function runCondition(hostile: Hostile, n: number, condition: Condition): Promise<void> {
  const { page, web } = hostile;
  const { must } = condition;
  hostile.takeErrors();
  await page.goto(web.pageUrl(n), { waitUntil: condition.fault ? 'commit' : 'domcontentloaded' });
  const place = condition.frame === undefined ? page : page.frameLocator('iframe');
  if (must === 'deliver') await answerSurvey(hostile, place, condition);
  else await staySilent(page, place, condition);

  const html = place.locator('html');
  // A browser that asks again by itself hides a line that is cut once: then there is nothing to tell.
  const isHidden = condition.mayBeHidden && !(await html.getAttribute('data-codes'));
  const { codes = [], line } = isHidden ? {} : condition;
  // Its words are fetched, and come a moment after the code.
  if (line) await expect(html).toHaveAttribute('data-lines', /./);
  // Not `dispatchEvent()`: that puts listeners of the driver's own into the page's world.
  const frame = page.frames().at(condition.frame === undefined ? 0 : 1);
  await frame?.evaluate('document.dispatchEvent(new Event("hostile-end")), undefined');
  const report = (await place.locator('html[data-report]').getAttribute('data-report')) ?? '';
  const findings = report.split('\n').filter((text) => text !== '');
  const said = findings.filter((text) => text.startsWith('console '));
  expect([...findings.filter((text) => !said.includes(text)), ...hostile.takeErrors()]).toEqual([]);
  expect(said).toEqual(line ? [expect.stringMatching(line)] : []);
  if (line) expect(said[0]).toMatch(/^console \[inkling\] /);
  const heard = (await html.getAttribute('data-codes')) ?? '';
  expect(heard.trim().split(' ').filter(Boolean)).toEqual(codes);
}

/** As a visitor does; then looks at the server. */
async function answerSurvey(
  hostile: Hostile,
  place: Page | FrameLocator,
  condition: Condition,
): Promise<void> {
  const { page, server, surveyId, browserName } = hostile;
  // Firefox's driver points beside what stands in a frame of another process.
  const press = (target: Locator): Promise<void> =>
    condition.frame === 'other' && browserName === 'firefox'
      ? target.evaluate((element: HTMLElement) => element.click())
      : target.click();
  const survey = place.locator('inkling-survey').getByRole('dialog');
  const token = condition.isTyped ? randomId() : `Größe ${randomId()} ☕`;
  const four = survey.getByRole('radio', { name: '4', exact: true });
  await expect(four).toBeVisible({ timeout: 20_000 });
  if (condition.leaves) {
    await page.goto(new URL('/elsewhere', page.url()).href);
    await page.goBack();
  }
  if (condition.whileOpen) await page.evaluate(condition.whileOpen);
  await press(four);
  const field = survey.getByRole('textbox');
  // What Firefox's driver fills in with is broken by some pages; single keys are not.
  if (condition.isTyped && browserName === 'firefox') await field.pressSequentially(token);
  else await field.fill(token);
  await press(survey.getByRole('button', { name: 'Finish' }));
  const stored = async () => (await server.responses(surveyId)).filter(({ data }) => data.text === token);
  await expect
    .poll(stored, { intervals: [20, 40, 80, 160] })
    .toMatchObject([{ finished: true, data: { rating: 4, text: token } }]);
  await expect(place.locator('inkling-survey')).toHaveCount(0);
}

async function staySilent(page: Page, place: Page | FrameLocator, { codes }: Condition): Promise<void> {
  const last = codes?.at(-1);
  const html = place.locator('html');
  // A mistake in the tag is found before anybody can listen: `explain()` knows it.
  if (last && last !== 'environment-id')
    await expect(html).toHaveAttribute('data-codes', new RegExp(`${last} $`), { timeout: 20_000 });
  else await page.waitForTimeout(300);
  await expect(place.locator('inkling-survey').getByRole('dialog')).toHaveCount(0);
}
