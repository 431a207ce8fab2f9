import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import {
  call,
  expect,
  randomId,
  ratingThenText,
  surveyOn,
  type TestServer,
  test,
  valueIn,
  whenReady,
} from './support.ts';

/** Hashes of the built files. */
const integrity: Readonly<Record<string, string>> = JSON.parse(readFileSync('dist/integrity.json', 'utf8'));

/** A tag with SRI: the policy allows the same hash that the browser checks. */
function pinnedTag(server: TestServer, path: string): string {
  return `<script async src="${server.url}${path}" integrity="${integrity['inkling.full.js']}" crossorigin data-environment-id="${server.environmentId}"></script>`;
}

function policyFor(server: TestServer, hash = integrity['inkling.full.js']): string {
  return [
    "default-src 'none'",
    `script-src '${hash}'`,
    `connect-src ${server.url}`,
    "style-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    'report-uri /violations',
  ].join('; ');
}

/** Records the page's own `securitypolicyviolation` events; returns what reads them. */
async function watchViolations(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const violated: string[] = [];
    Object.assign(window, { violated });
    addEventListener('securitypolicyviolation', (event) =>
      violated.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  return () => valueIn<string[]>(page, 'violated');
}

/** A rating, then a choice: without the full script, the second card would need another chunk. */
function ratingThenChoice(): { document: object; rating: string } {
  const { document, rating } = ratingThenText();
  const [first] = (document as { blocks: object[] }).blocks;
  const choice = {
    id: 'choice',
    type: 'multipleChoiceSingle',
    required: true,
    headline: { default: 'Which one?' },
    choices: [
      { id: 'north', label: { default: 'North' } },
      { id: 'south', label: { default: 'South' } },
    ],
  };
  return {
    rating,
    document: { ...document, blocks: [first, { id: randomId(), name: 'Choice', elements: [choice] }] },
  };
}

for (const path of ['/inkling.full.js', '/0.1.0/inkling.full.js']) {
  test(`a page that allows one script by its hash runs a survey from ${path} alone`, async ({
    page,
    server,
    site,
  }) => {
    const action = await server.createAction('did-it');
    const { document, rating } = ratingThenChoice();
    const survey = await server.createSurvey(document, [action]);
    site.put('/', {
      headers: { 'content-security-policy': policyFor(server) },
      head: pinnedTag(server, path),
    });
    const violations = await watchViolations(page);
    const asked: string[] = [];
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === server.url) asked.push(pathname.replace(server.environmentId, 'ENV'));
    });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await surveyOn(page)
      .getByRole('radiogroup', { name: rating })
      .getByRole('radio', { name: '4', exact: true })
      .click();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await surveyOn(page).getByRole('radio', { name: 'South' }).click();
    await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
    await expect
      .poll(() => server.responses(survey.id))
      .toMatchObject([{ finished: true, data: { rating: 4, choice: 'South' } }]);
    expect(new Set(asked)).toEqual(
      new Set([
        path,
        '/api/v1/client/ENV/environment',
        '/api/v1/client/ENV/displays',
        '/api/v1/client/ENV/responses',
      ]),
    );
    expect(await violations()).toEqual([]);
    expect(site.violations).toEqual([]);
  });
}

test('control: with another hash in the policy the script does not run', async ({ page, server, site }) => {
  const other = integrity['inkling.js'];
  site.put('/', {
    headers: { 'content-security-policy': policyFor(server, other) },
    head: pinnedTag(server, '/inkling.full.js'),
  });
  const violations = await watchViolations(page);
  await page.goto(site.url);
  await expect.poll(violations).toEqual([`script-src-elem ${server.url}/inkling.full.js`]);
  expect(await page.evaluate(() => 'inkling' in window)).toBe(false);
});

test('a page with SRI runs the versioned script, and nothing when its content does not match', async ({
  page,
  server,
  site,
}) => {
  const tag = (file: string): string =>
    `<script async src="${server.url}/0.1.0/inkling.full.js" integrity="${integrity[file]}" crossorigin="anonymous" data-environment-id="${server.environmentId}"></script>`;
  site.put('/', { head: tag('inkling.full.js') });
  site.put('/changed', { head: tag('inkling.js') });
  await page.goto(site.url);
  await whenReady(page);
  expect(await call(page, 'state')).toMatchObject({ environmentId: server.environmentId });
  const refused = page.waitForEvent('console', (message) => message.text().includes('integrity'));
  await page.goto(`${site.url}/changed`);
  await refused;
  expect(await page.evaluate(() => 'inkling' in window)).toBe(false);
});
