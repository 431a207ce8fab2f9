import { readFileSync } from 'node:fs';
import {
  answerBoth,
  call,
  expect,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  valueIn,
  whenReady,
} from './support.ts';

/**
 * Records violations in the page itself, in addition to the reports that the browser sends. Without the favicon, which
 * Firefox requests by itself.
 */
const LISTENER = `<script nonce="n">addEventListener('securitypolicyviolation',e=>{if(!/favicon/.test(e.blockedURI))(window.violated=window.violated||[]).push(e.violatedDirective+' '+e.blockedURI)})</script>`;

test('under the strictest policy a survey is shown, answered and delivered without a violation', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  const { document } = ratingThenText();
  const survey = await server.createSurvey(document, [action]);
  const policy = [
    "default-src 'none'",
    `script-src ${server.url} 'nonce-n'`,
    `connect-src ${server.url}`,
    "style-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    'report-uri /violations',
  ].join('; ');
  site.put('/', { headers: { 'content-security-policy': policy }, head: LISTENER + tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '4', 'Calm');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { rating: 4, text: 'Calm' } }]);
  await expect(surveyOn(page)).toHaveCount(0);
  expect((await valueIn<string[] | undefined>(page, 'violated')) ?? []).toEqual([]);
  expect(site.violations.filter((report) => !report.includes('favicon.ico'))).toEqual([]);
});

test('under the strictest policy a copy of the script alone, with a nonce, takes its chunks from the server', async ({
  page,
  server,
  site,
}) => {
  const survey = await server.createSurvey(ratingThenText().document, [await server.createAction('did-it')]);
  const body = readFileSync(new URL('../../dist/inkling.js', import.meta.url), 'utf8');
  await page.route(`${site.url}/s.js`, (route) => route.fulfill({ contentType: 'text/javascript', body }));
  const policy = [
    "default-src 'none'",
    `script-src ${server.url} 'nonce-n'`,
    `connect-src ${server.url}`,
    "style-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const tag = `<script nonce="n" src="/s.js" data-environment-id="${server.environmentId}" data-app-url="${server.url}"></script>`;
  site.put('/', { headers: { 'content-security-policy': policy }, head: LISTENER + tag });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '4', 'Calm');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  expect((await valueIn<string[] | undefined>(page, 'violated')) ?? []).toEqual([]);
});

test('the survey’s styles apply under a policy of style-src none', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  const policy = `default-src 'none'; script-src ${server.url}; connect-src ${server.url}; style-src 'none'`;
  site.put('/', { headers: { 'content-security-policy': policy }, head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  const size = page.viewportSize() ?? { width: 0, height: 0 };
  /** Distances of the box from the right and the bottom edge of the page; it may still be moving. */
  const distances = async (): Promise<number[]> => {
    const { x = 0, y = 0, width = 0, height = 0 } = (await surveyOn(page).boundingBox()) ?? {};
    return [size.width - x - width, size.height - y - height];
  };
  // Bottom right, as the settings have it: only a style sheet puts it there.
  await expect.poll(async () => Math.max(...(await distances()))).toBeLessThan(60);
});

test('under COEP require-corp a survey is shown, answered and delivered', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  const headers = {
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
  };
  site.put('/', { headers, head: tagFor(server) });
  await page.goto(site.url);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '1', 'Isolated');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
});
