import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  answerBoth,
  call,
  expect,
  passTime,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  valueIn,
  whenLoaded,
  whenReady,
} from './support.ts';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
/** The stub that the README shows. */
const stub = /<script>(window\.inkling=.*?)<\/script>/.exec(readme)?.[1] ?? '';

test('calls queued by the stub are made in order once the script has loaded', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('early');
  const { document, rating } = ratingThenText();
  const survey = await server.createSurvey(document, [action]);
  expect(stub).not.toBe('');
  const early = `<script>${stub}</script><script>
    window.returned = [inkling('identify', 'early-bird', { plan: 'free' }), inkling.setAttributes({ seats: 2 }), inkling.track('early')];
  </script>`;
  site.put('/', { head: early + tagFor(server) });
  await page.goto(site.url);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  expect(await valueIn<unknown[]>(page, 'returned')).toEqual([undefined, undefined, undefined]);
  await answerBoth(page, '3', 'Early');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, contact: { userId: 'early-bird' } }]);
  expect(server.calls.filter(({ path }) => path.endsWith('/user'))).toHaveLength(1);
});

test('a page without data attributes calls setup itself', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: `<script async src="${server.url}/inkling.js"></script>` });
  await page.goto(site.url);
  await whenLoaded(page);
  const tracked = call(page, 'track', 'did-it');
  await call(page, 'setup', { environmentId: server.environmentId, appUrl: `${server.url}/` });
  await call(page, 'setup', { environmentId: 'another', appUrl: server.url });
  await tracked;
  await expect(surveyOn(page)).toBeVisible();
  expect(server.calls.filter(({ path }) => path.includes('//') || path.includes('another'))).toEqual([]);
});

test('the script of a pinned version works with the same server', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server).replace('/inkling.js', '/0.1.0/inkling.js') });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '5', 'Pinned');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
});

test('a tag that requires consent stores and sends nothing', async ({ page, server, site }) => {
  site.put('/', { head: tagFor(server, 'data-consent="required"') });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await page.goto(site.url);
  await whenLoaded(page);
  await passTime(page, 300);
  expect(requests.filter((path) => path.startsWith('/api/'))).toEqual([]);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test('a second tag of the same environment changes nothing', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) + tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(page.locator('inkling-survey')).toHaveCount(1);
  expect(server.calls.filter(({ path }) => path.endsWith('/environment'))).toHaveLength(1);
});

test('opening a survey keeps the page’s caret, scroll position and styles, and keys typed in it do not reach the page', async ({
  page,
  server,
  site,
}) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  const body = `<input id="mine" style="position:fixed" autofocus><p style="height:3000px">Long</p>`;
  site.put('/', { head: tagFor(server), body });
  await page.goto(site.url);
  await whenReady(page);
  await page.locator('#mine').focus();
  await page.evaluate(() => scrollTo(0, 40));
  const look = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('html,body,#mine,p')].map((element) => {
        const { cssText, display, color, font, overflow } = getComputedStyle(element);
        return [cssText, display, color, font, overflow].join();
      }),
    );
  const before = await look();
  await page.keyboard.type('before ');
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  await page.keyboard.type('after');
  await expect(page.locator('#mine')).toHaveValue('before after');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('mine');
  expect(await page.evaluate(() => scrollY)).toBe(40);
  expect(await look()).toEqual(before);

  await page.evaluate(() => {
    const shortcuts: string[] = [];
    Object.assign(window, { shortcuts });
    addEventListener('keydown', ({ key }) => shortcuts.push(key));
  });
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowLeft');
  expect(await valueIn<string[]>(page, 'shortcuts')).toEqual([]);
});

test('a survey is answered with the keyboard alone', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab');
    const role = await page.evaluate(() =>
      document.activeElement?.shadowRoot?.activeElement?.getAttribute('type'),
    );
    if (role === 'radio') break;
  }
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  // The first picks, the second submits.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(surveyOn(page).getByRole('textbox')).toBeFocused();
  await page.keyboard.type('No mouse');
  await page.keyboard.press('Control+Enter');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { text: 'No mouse' } }]);
});

test('with IndexedDB blocked a survey is shown, answered and delivered', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  const blocked = `<script>Object.defineProperty(window,'indexedDB',{get(){throw new DOMException('no','SecurityError')}})</script>`;
  site.put('/', { head: blocked + tagFor(server) });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`${error}`));
  await page.goto(site.url);
  await whenReady(page);
  expect(await call(page, 'state')).toMatchObject({ isPersistent: false });
  await call(page, 'track', 'did-it');
  await answerBoth(page, '2', 'Memory');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  expect(errors).toEqual([]);
});

test('a survey opens although indexedDB.open never answers', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  const silent = `<script>indexedDB.open=()=>Object.assign(new EventTarget(),{result:undefined})</script>`;
  site.put('/', { head: silent + tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
});

test('a mistake in the set-up causes one console line with the fix', async ({ page, server, site }) => {
  const lines: string[] = [];
  const errors: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  site.put('/', {
    head: `<script async src="${server.url}/inkling.js" data-environment-id="NOT VALID"></script>`,
  });
  await page.goto(site.url);
  await expect.poll(() => lines.filter((line) => line.includes('[inkling]'))).toHaveLength(1);
  expect(lines.join()).toContain('environmentId');
  expect(errors).toEqual([]);
});

test('an open page falls back to the chunk without a hash when its own is gone after a deploy', async ({
  page,
  server,
  site,
  context,
}) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) });
  await context.route(/\/chunks\/ui-[^/]+\.js/, (route) => route.fulfill({ status: 404 }));
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
});

test('the renderer is not fetched before a survey is due', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) });
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
  });
  await page.goto(site.url);
  await whenReady(page);
  expect(scripts).toEqual(['/inkling.js']);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toBeVisible();
  expect(scripts).toHaveLength(2);
  expect(scripts[1]).toMatch(/^\/chunks\/ui-[\w-]+\.js$/);
});
