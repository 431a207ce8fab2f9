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
 * Records violations in the page itself, as well as through the reports the browser sends. The icon is the browser's
 * own wish: Firefox asks for it, Chromium without a window doesn't.
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

test('the survey’s styles apply under a policy of style-src none', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  const policy = `default-src 'none'; script-src ${server.url}; connect-src ${server.url}; style-src 'none'`;
  site.put('/', { headers: { 'content-security-policy': policy }, head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  const box = await surveyOn(page).boundingBox();
  const size = page.viewportSize();
  // Bottom right, as the settings have it: only a style sheet puts it there.
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeGreaterThan((size?.width ?? 0) - 60);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeGreaterThan((size?.height ?? 0) - 60);
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
