import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { bundle } from '../support/bundle.ts';
import {
  call,
  expect,
  type HostSite,
  passTime,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  whenReady,
} from './support.ts';
import { expectGone } from './survey-page.ts';

const turbo = readFileSync('node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js', 'utf8');

/** Opens a survey of two cards on every page of the site, answers the first and begins to answer the second. */
async function begin(
  page: Page,
  { server, site }: { readonly server: TestServer; readonly site: HostSite },
  head = '',
): Promise<{ readonly id: string; readonly head: string }> {
  const { id } = await server.createSurvey(ratingThenText().document, [await server.createAction('go')]);
  const whole = `${head}${tagFor(server)}`;
  site.put('*', { head: whole, body: '<main><h1>Before</h1><p>Some text</p></main>' });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'go');
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await surveyOn(page).getByRole('textbox').pressSequentially('Half');
  return { id, head: whole };
}

/** Expects the card with what was typed, and the focus in it; goes on typing and finishes. */
async function expectToGoOn(page: Page, server: TestServer, id: string): Promise<void> {
  const field = surveyOn(page).getByRole('textbox');
  await expect(field).toBeVisible();
  await expect(field).toHaveValue('Half');
  await expect(field).toBeFocused();
  await expect(page.locator('inkling-survey')).toHaveCount(1);
  const isOnTop = await surveyOn(page).evaluate((box) => box.matches(':popover-open, :modal'));
  expect(isOnTop).toBe(true);
  await field.press('End');
  await field.pressSequentially(' done');
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect
    .poll(() => server.responses(id))
    .toMatchObject([{ finished: true, data: { rating: 4, text: 'Half done' } }]);
}

const MORPH = `<script>${turbo}</script>
  <meta name="turbo-refresh-method" content="morph"><meta name="turbo-refresh-scroll" content="preserve">`;

/** What a Rails page is when Turbo refreshes it: the same, or another. */
const NEXT_BODIES = {
  'has not changed': '<main><h1>Before</h1><p>Some text</p></main>',
  'has changed': '<main><h1>After</h1><ul><li>One</li></ul></main><footer>New</footer>',
};
for (const [what, body] of Object.entries(NEXT_BODIES)) {
  test(`a survey survives Turbo's morphing refresh of a page that ${what}`, async ({
    page,
    server,
    site,
  }) => {
    const { id, head } = await begin(page, { server, site }, MORPH);
    site.put('*', { head, body });
    for (let times = 0; times < 3; times++) {
      await page.evaluate(() => {
        const { Turbo } = window as unknown as { Turbo: { visit: (to: string, how: object) => void } };
        const morphed = new Promise((resolve) =>
          document.addEventListener('turbo:morph', resolve, { once: true }),
        );
        Turbo.visit(location.href, { action: 'replace' });
        return morphed.then(() => {});
      });
    }
    await expectToGoOn(page, server, id);
  });
}

test("a survey survives Turbo's visit of another page, and of one from its cache", async ({
  page,
  server,
  site,
}) => {
  const { id, head } = await begin(page, { server, site }, MORPH);
  site.put('/other', { head, body: '<h1>Another page</h1>' });
  const visit = (work: string): Promise<void> =>
    page.evaluate((text) => {
      const loaded = new Promise((resolve) =>
        document.addEventListener('turbo:load', resolve, { once: true }),
      );
      new Function(text)();
      return loaded.then(() => {});
    }, work);
  await visit('Turbo.visit("/other")');
  await expect(page.getByRole('heading', { name: 'Another page' })).toBeVisible();
  await visit('history.back()');
  await expect(page.getByRole('heading', { name: 'Before' })).toBeVisible();
  await expectToGoOn(page, server, id);
});

/** Ways in which renderers write a page anew: the host is no part of what they know. */
const RENDERERS: Readonly<Record<string, string>> = {
  'writes the body’s markup': 'document.body.innerHTML = "<h1>After</h1>"',
  'empties the body': 'document.body.innerHTML = ""',
  'empties the body as text': 'document.body.textContent = ""',
  'writes the body’s own markup again': 'document.body.innerHTML = document.body.innerHTML',
  'replaces all children': 'document.body.replaceChildren(document.createElement("main"))',
  'replaces the body': 'document.body.replaceWith(document.createElement("body"))',
  'assigns a body': 'document.body = document.createElement("body")',
  'replaces head and body':
    'document.documentElement.replaceChildren(document.createElement("head"), document.createElement("body"))',
  'replaces the root': `const root = document.createElement('html');
    root.append(document.createElement('head'), document.createElement('body'));
    document.documentElement.replaceWith(root)`,
  'takes away what is not in its new version, one by one, and changes a text': `
    for (const child of [...document.body.children]) if (child.localName !== 'main') document.body.removeChild(child);
    document.querySelector('h1').firstChild.data = 'After'`,
  'takes away what is not in its new version by remove(), and changes a list': `
    for (const child of [...document.body.children]) if (child.localName !== 'main') child.remove();
    document.querySelector('main').append('More')`,
  'takes away what is not in its new version, which has no other change': `
    for (const child of [...document.body.children]) if (child.localName !== 'main') document.body.removeChild(child)`,
  'puts another element in its place': `
    document.body.replaceChild(document.createElement('footer'), document.querySelector('inkling-survey'))`,
};
for (const [what, work] of Object.entries(RENDERERS)) {
  test(`a survey comes back when the page ${what}`, async ({ page, server, site }) => {
    const { id } = await begin(page, { server, site });
    await page.evaluate((text) => new Function(text)(), work);
    await expectToGoOn(page, server, id);
  });
}

test('a survey with an overlay comes back as a modal dialog', async ({ page, server, site }) => {
  await server.settings({ overlay: 'dark' });
  const { id } = await begin(page, { server, site });
  await page.evaluate(() => {
    document.body.innerHTML = '<h1>After</h1>';
  });
  expect(await surveyOn(page).evaluate((box) => box.matches(':modal'))).toBe(true);
  await expectToGoOn(page, server, id);
});

test('a survey survives a React root on the body that is rendered and unmounted', async ({
  page,
  server,
  site,
}) => {
  const script = await bundle(`
    import { createElement } from 'react';
    import { createRoot } from 'react-dom/client';
    const root = createRoot(document.body);
    const draw = (text) => root.render(createElement('main', null, createElement('h1', null, text)));
    Object.assign(window, { draw, undraw: () => root.unmount() });`);
  const { id } = await begin(page, { server, site });
  await page.addScriptTag({ content: script });
  const run = (work: string): Promise<void> => page.evaluate((text) => void new Function(text)(), work);
  await run('draw("One")');
  await expect(page.getByRole('heading', { name: 'One' })).toBeVisible();
  await run('draw("Two")');
  await expect(page.getByRole('heading', { name: 'Two' })).toBeVisible();
  await run('undraw()');
  await expect(page.locator('h1')).toHaveCount(0);
  await expectToGoOn(page, server, id);
});

/** Ways in which a page says that the survey must go. */
const MEANT: Readonly<Record<string, string>> = {
  'calls closeSurvey()': 'inkling.closeSurvey()',
  'calls destroy()': 'inkling.destroy()',
  'calls remove() on its element': 'document.querySelector("inkling-survey").remove()',
  'calls remove() on its element when a button is pressed': `
    const button = document.createElement('button');
    button.onclick = () => { for (const one of document.querySelectorAll('inkling-survey')) one.remove() };
    document.body.append(button);
    setTimeout(() => button.click(), 50)`,
  'takes it away again when it has come back': `
    const take = () => document.body.removeChild(document.querySelector('inkling-survey'));
    take();
    setTimeout(take, 100)`,
  'takes it away whenever it is there': `
    const take = () => document.querySelector('inkling-survey')?.remove();
    take();
    new MutationObserver(take).observe(document, { childList: true, subtree: true })`,
};
for (const [what, work] of Object.entries(MEANT)) {
  test(`a survey stays away when the page ${what}`, async ({ page, server, site }) => {
    const { id } = await begin(page, { server, site });
    await page.evaluate((text) => void new Function(text)(), work);
    await passTime(page, 400);
    await expectGone(page);
    await page.reload();
    await whenReady(page);
    await passTime(page, 500);
    await expectGone(page);
    expect(await server.responses(id)).toMatchObject([{ finished: false, data: { rating: 4 } }]);
  });
}

test('a survey gives up when a script empties the page as often as it comes back', async ({
  page,
  server,
  site,
}) => {
  await begin(page, { server, site });
  const times = await page.evaluate(async () => {
    let count = 0;
    new MutationObserver(() => {
      if (!document.querySelector('inkling-survey')) return;
      count++;
      document.body.innerHTML = '<p>Mine</p>';
    }).observe(document, { childList: true, subtree: true });
    document.body.append('x');
    await new Promise((resolve) => setTimeout(resolve, 500));
    return count;
  });
  expect(times).toBeGreaterThan(5);
  expect(times).toBeLessThan(25);
  await expectGone(page);
});
