import type { Page } from '@playwright/test';
import {
  answerBoth,
  call,
  expect,
  ratingThenText,
  recordEvents,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  whenReady,
} from './support.ts';

/** Removes the renderer's hashed chunk from the server; the one without a hash is what `change` returns. */
async function deploy(page: Page, server: TestServer, change: (code: string) => string): Promise<void> {
  await page.route(/\/chunks\/ui-[^/]*\.js$/, (route) => route.fulfill({ status: 404, body: 'gone' }));
  await page.route('**/chunks/ui.js', async (route) => {
    const code = await (await fetch(`${server.url}/chunks/ui.js`)).text();
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' };
    await route.fulfill({ headers, body: change(code) });
  });
}

/** The chunk as another version would export it. */
function withContract(code: string, contract: string): string {
  const changed = code.replace(/\b(\w+|\$) as contract\b/, '$1 as former');
  expect(changed).not.toBe(code);
  return `${changed};${contract}`;
}

test('after a deploy an open page uses the new renderer when their contract versions match', async ({
  page,
  server,
  site,
}) => {
  const survey = await server.createSurvey(ratingThenText().document, [await server.createAction('did-it')]);
  await deploy(page, server, (code) => code);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '5', 'Newer');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
});

const OTHERS: readonly (readonly [name: string, contract: string])[] = [
  ['an older contract', 'export const contract = 0;'],
  ['a newer contract', 'export const contract = 999;'],
  ['no contract at all', ''],
];
for (const [name, contract] of OTHERS) {
  test(`a renderer with ${name} is not run: error code renderer, and the survey is not counted as shown`, async ({
    page,
    server,
    site,
  }) => {
    const survey = await server.createSurvey(ratingThenText().document, [
      await server.createAction('did-it'),
    ]);
    await deploy(page, server, (code) => withContract(code, contract));
    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    const errors = await recordEvents(page, 'error');
    await call(page, 'track', 'did-it');
    await expect.poll(async () => (await errors()).map(({ code }) => code)).toEqual(['renderer']);
    await expect(surveyOn(page)).toHaveCount(0);
    expect(await call(page, 'explain', survey.id)).toMatchObject([{ problem: { code: 'renderer' } }]);
    expect(await call(page, 'state')).toMatchObject({ showings: [] });
  });
}
