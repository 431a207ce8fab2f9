import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { listenTo } from './console-lines.ts';
import {
  answerBoth,
  call,
  expect,
  type HostSite,
  passTime,
  ratingThenText,
  surveyOn,
  type TestServer,
  test,
  whenReady,
} from './support.ts';

const reference = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');
const [, section = ''] = /### Tag managers\n([\s\S]*?)\n### /.exec(reference) ?? [];
/** The recipes of the documentation. */
const RECIPES = [...section.matchAll(/```html\n([\s\S]*?)```/g)].map(([, html = '']) => html);

/** A recipe for a server of the test. */
function fill(recipe: string, { url, environmentId }: TestServer): string {
  return recipe.replaceAll('https://surveys.example.com', url).replaceAll('…', environmentId);
}

/** How a tag manager inserts a script: where, and what the page's browser says of it while it runs. */
const MANNERS = {
  'into a hidden element': '',
  'without a current script':
    "Object.defineProperty(document, 'currentScript', { configurable: true, get: () => null });",
} as const;

/**
 * The page's script that inserts a tag of the type Custom HTML as Google Tag Manager does: every element of the markup is
 * made anew, scripts with the attributes that it knows and without `data-`; those with an address are asynchronous.
 */
function insertAsTagManager(html: string, before: string): string {
  const work = (markup: string): void => {
    const parsed = document.createElement('div');
    parsed.innerHTML = markup;
    const place = document.createElement('div');
    place.style.display = 'none';
    place.style.visibility = 'hidden';
    document.body.append(place);
    for (const given of parsed.querySelectorAll('script')) {
      const made = document.createElement('script');
      for (const name of ['src', 'type', 'id', 'charset', 'crossorigin', 'integrity']) {
        const value = given.getAttribute(name);
        if (value !== null) made.setAttribute(name, value);
      }
      if (!given.src) made.text = given.text;
      place.append(made);
    }
  };
  return `<script>${before}addEventListener('DOMContentLoaded', () => (${work})(${JSON.stringify(html).replaceAll('<', '\\u003c')}))</script>`;
}

interface Fixtures {
  readonly server: TestServer;
  readonly site: HostSite;
}

async function openWith(
  page: Page,
  { server, site, html, before }: Fixtures & { html: string; before: string },
) {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(ratingThenText().document, [action]);
  const seen = listenTo(page);
  site.put('/', { head: insertAsTagManager(html, before) });
  await page.goto(site.url);
  return { survey, seen };
}
test('the documentation has two recipes', () => {
  expect(RECIPES.map((recipe) => recipe.includes('setup'))).toEqual([false, true]);
  // What the tag manager's own compiler refuses.
  expect(RECIPES.join()).not.toMatch(/=>|`|\blet\b|\bconst\b|\.\.\./);
});

for (const [manner, before] of Object.entries(MANNERS)) {
  for (const [at, recipe] of RECIPES.entries()) {
    test(`recipe ${at + 1} works when a tag manager inserts it ${manner}`, async ({ page, server, site }) => {
      const html = fill(recipe, server);
      const { survey, seen } = await openWith(page, { server, site, html, before });
      await whenReady(page);
      await call(page, 'track', 'did-it');
      await answerBoth(page, '4', 'Managed');
      const who = recipe.includes('identify') ? { userId: 'user-42' } : null;
      await expect
        .poll(() => server.responses(survey.id))
        .toMatchObject([{ finished: true, contact: who, data: { rating: 4, text: 'Managed' } }]);
      await expect(surveyOn(page)).toHaveCount(0);
      await passTime(page, 2_500);
      expect(seen).toEqual({ lines: [], errors: [], missing: [] });
    });
  }

  test(`a tag that loses its attributes is one line with the fix, inserted ${manner}`, async ({
    page,
    server,
    site,
  }) => {
    const html = `<script async src="${server.url}/inkling.js" data-environment-id="${server.environmentId}"></script>`;
    const { seen } = await openWith(page, { server, site, html, before });
    await expect.poll(() => seen.lines).toHaveLength(1);
    expect(seen.lines[0]).toContain('inkling.js?environment=');
    expect(seen.lines[0]).toContain('(environment-id)');
    expect([seen.errors, seen.missing]).toEqual([[], []]);
  });
}

test('further settings in the address are those of the attributes', async ({ page, server, site }) => {
  const more = '&consent=required&user-id=mara&language=de&url=full';
  const html = `<script src="${server.url}/inkling.js?environment=${server.environmentId}${more}"></script>`;
  const { survey } = await openWith(page, { server, site, html, before: '' });
  await page.waitForFunction(() => window.inkling?.version);
  await passTime(page, 300);
  expect(server.calls).toEqual([]);
  await call(page, 'consent', 'granted');
  await whenReady(page);
  await page.evaluate(() => history.replaceState(null, '', '?page=1'));
  await call(page, 'track', 'did-it');
  await answerBoth(page, '2', 'Later');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ contact: { userId: 'mara' }, language: null, meta: { url: `${site.url}/?page=1` } }]);
  expect(await call(page, 'state')).toMatchObject({ language: 'de' });
});
