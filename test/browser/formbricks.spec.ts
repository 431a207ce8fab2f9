import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import {
  answerBoth,
  call,
  expect,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';
import { closeSurvey } from './survey-page.ts';
import { createProSurvey, layerEntry, layerOf } from './wrapper.ts';

/** Names that appear on `window` and were not there in an empty page. */
function newGlobals(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
    frame.remove();
    return Object.getOwnPropertyNames(window).filter((name) => !plain.has(name) && !/^\d+$/.test(name));
  });
}

test('the tag of Formbricks works on a page with module loaders and an element with the id formbricks', async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  // An AMD loader, leftovers of CommonJS, and an element that the browser exposes as `window.formbricks`.
  const junk =
    '<script>window.define=()=>{window.wasDefined=1};define.amd={};window.exports={};window.module={exports}</script>';
  const tag = `<script>
    const started = document.createElement('script');
    started.async = true;
    started.src = '${server.url}/js/formbricks.umd.cjs';
    started.onload = () => {
      const { formbricks } = window;
      formbricks.setup({ workspaceId: '${server.environmentId}', appUrl: '${server.url}/' });
      formbricks.setUserId('ines');
      formbricks.setAttributes({ plan: 'pro', since: new Date(0) });
      formbricks.track('did-it');
    };
    document.head.append(started);
  </script>`;
  site.put('/', { head: junk + tag, body: '<div id="formbricks">Our form</div>' });
  await page.goto(site.url);
  await expect(surveyOn(page).getByRole('radiogroup', { name: survey.rating })).toBeVisible();
  await answerBoth(page, '4', 'Tag');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, contact: { userId: 'ines' }, data: { rating: 4, text: 'Tag' } }]);
  const globals = await newGlobals(page);
  expect([...globals].sort()).toEqual(['dataLayer', 'define', 'exports', 'formbricks', 'module']);
  expect(
    await page.evaluate(() =>
      Object.keys((window as never as { module: { exports: object } }).module.exports),
    ),
  ).toEqual([]);
});

test('setup with wrong options settles with one console line, and a right one still works afterwards', async ({
  page,
  server,
  site,
}) => {
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [await server.createAction('did-it')]);
  const lines: string[] = [];
  page.on('console', (message) => message.type() === 'error' && lines.push(message.text()));
  site.put('/favicon.ico', {});
  site.put('/', { head: `<script src="${server.url}/js/formbricks.umd.cjs"></script>` });
  await page.goto(site.url);
  const settled = await page.evaluate(
    async ([appUrl, environmentId]) => {
      const { formbricks } = window as never as {
        formbricks: Record<string, (arg?: unknown) => Promise<void>>;
      };
      void formbricks.track?.('did-it' as never);
      const wrong = [undefined, null, {}, { appUrl }, { environmentId }, { environmentId: 'NO', appUrl }];
      const results = await Promise.allSettled(
        [...wrong, { environmentId, appUrl }, { environmentId, appUrl }].map((options) =>
          formbricks.setup?.(options),
        ),
      );
      return results.map(({ status }) => status);
    },
    [server.url, server.environmentId] as const,
  );
  expect(settled).toEqual(Array(8).fill('fulfilled'));
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  await expect
    .poll(() => lines)
    .toEqual([
      ...Array(4).fill('[inkling] setup needs a workspaceId (or environmentId)'),
      '[inkling] setup needs an appUrl (or apiHost)',
      expect.stringMatching(/^\[inkling\] data-environment-id .* it is NO\. \(environment-id\)$/),
    ]);
});

test('inkling.js and the drop-in on one page show and store a survey once', async ({
  page,
  server,
  site,
}) => {
  const { document } = ratingThenText();
  const survey = await server.createSurvey(document, [await server.createAction('did-it')]);
  site.put('/', {
    head: `${tagFor(server)}<script src="${server.url}/js/formbricks.umd.cjs"></script>`,
  });
  await page.goto(site.url);
  await whenReady(page);
  await page.evaluate(
    async ([appUrl, environmentId]) => {
      const { formbricks } = window as never as {
        formbricks: Record<string, (...args: unknown[]) => Promise<void>>;
      };
      await formbricks.setup?.({ environmentId, appUrl });
      await formbricks.track?.('did-it');
    },
    [server.url, server.environmentId] as const,
  );
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toHaveCount(1);
  await answerBoth(page, '5', 'Once');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  await expect.poll(() => undelivered(page)).toBe(0);
  expect(await server.responses(survey.id)).toHaveLength(1);
});

/** Calls `window.formbricks` one after the other, each awaited. */
function say(page: Page, ...calls: readonly (readonly [name: string, ...args: unknown[]])[]): Promise<void> {
  return page.evaluate(async (all) => {
    const { formbricks } = window as never as {
      formbricks: Record<string, (...args: unknown[]) => Promise<void>>;
    };
    for (const [name, ...args] of all) await formbricks[name]?.(...args);
  }, calls);
}

const scriptOf = (server: TestServer): string =>
  `<script src="${server.url}/js/formbricks.umd.cjs"></script>`;

/** One text question in English and German, shown to everybody however often. */
function bilingual(): object {
  const now = new Date().toISOString();
  const language = (code: string, isDefault: boolean) => {
    const id = `l${code.toLowerCase().replace('-', '')}`;
    return {
      default: isDefault,
      enabled: true,
      language: { id, code, alias: null, createdAt: now, updatedAt: now },
    };
  };
  const headline = { default: 'How was it?', 'de-DE': 'Wie war es?' };
  const question = { id: 'q1', type: 'openText', required: false, headline, charLimit: { enabled: false } };
  return {
    displayOption: 'respondMultiple',
    languages: [language('en-US', true), language('de-DE', false)],
    blocks: [{ id: 'b1', name: 'One', elements: [question] }],
  };
}

/** The state that each generation of the wrapper stored, with its key (test/fixtures/former-state). */
const formerStates = new URL('../fixtures/former-state/', import.meta.url);

/** The state that the current wrapper stores for an anonymous visitor of one environment. */
function storedFor(environmentId: string): string {
  const text = readFileSync(new URL('2026.json', formerStates), 'utf8');
  return JSON.stringify(JSON.parse(text.replaceAll('"env"', `"${environmentId}"`)).stored);
}

// Every file is read by test/formbricks/former-history.test.ts; here those whose keys or persons differ.
for (const file of readdirSync(formerStates).filter((name) => !name.startsWith('early'))) {
  test(`user, language and displays stored by @formbricks/js are taken over once (${file})`, async ({
    page,
    server,
    site,
  }) => {
    const seen = ratingThenText({ displayOption: 'displayOnce' });
    const { id } = await server.createSurvey(seen.document, [await server.createAction('did-it')]);
    const forLanguage = await server.createSurvey(bilingual(), [await server.createAction('did-more')]);
    const text = readFileSync(new URL(file, formerStates), 'utf8').replaceAll('"s1"', `"${id}"`);
    const { key, stored } = JSON.parse(text.replaceAll('"env"', `"${server.environmentId}"`));
    site.put('/', { head: scriptOf(server) });
    site.put('/before', {});
    await page.goto(`${site.url}/before`);
    await page.evaluate(
      ([k, v]) => localStorage.setItem(k as string, v as string),
      [key, JSON.stringify(stored)],
    );
    const isIdentified = file.includes('identified');
    const visits = file.startsWith('2026') ? ['first', 'second'] : ['first'];
    for (const visit of visits) {
      await page.goto(site.url);
      await say(page, ['setup', { workspaceId: server.environmentId, appUrl: server.url }]);
      // An anonymous visitor has been shown the first survey, by the stored state alone: the server has no such display.
      if (!isIdentified) await say(page, ['track', 'did-it']);
      await say(page, ['track', 'did-more']);
      const headline = !file.startsWith('2024') ? 'Wie war es?' : 'How was it?';
      await expect(surveyOn(page).getByRole('textbox', { name: headline })).toBeVisible();
      await surveyOn(page).getByRole('textbox').fill(visit);
      await surveyOn(page).getByRole('button').filter({ hasText: 'Finish' }).click();
      await expect(surveyOn(page)).toHaveCount(0);
      expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    }
    await expect.poll(async () => (await server.responses(forLanguage.id)).length).toBe(visits.length);
    for (const { contact } of await server.responses(forLanguage.id)) {
      expect(contact?.userId).toBe(isIdentified ? 'mara' : undefined);
    }
    // Requested once, then stored.
    expect(server.calls.filter(({ path }) => path.endsWith('/user'))).toHaveLength(isIdentified ? 1 : 0);
  });
}

test('state of another environment stays in localStorage unchanged', async ({ page, server, site }) => {
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [await server.createAction('did-it')]);
  const text = storedFor('env');
  site.put('/', { head: scriptOf(server) });
  await page.addInitScript((stored) => localStorage.setItem('formbricks-js', stored), text);
  await page.goto(site.url);
  await say(page, ['setup', { workspaceId: server.environmentId, appUrl: server.url }], ['track', 'did-it']);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem('formbricks-js'))).toBe(text);
});

test('with Global Privacy Control nothing is taken over from localStorage', async ({
  page,
  server,
  site,
}) => {
  const text = storedFor(server.environmentId);
  site.put('/', { head: scriptOf(server) });
  await page.addInitScript((stored) => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
    localStorage.setItem('formbricks-js', stored);
  }, text);
  await page.goto(site.url);
  await say(page, ['setup', { workspaceId: server.environmentId, appUrl: server.url }]);
  expect(await page.evaluate(() => localStorage.getItem('formbricks-js'))).toBe(text);
});

test('the tag that calls setup 500 ms after it was injected, and a tag manager that polls for the global, both work', async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  const recipe = `<script>
    (() => {
      const tag = document.createElement('script');
      tag.async = true;
      tag.src = '${server.url}/js/formbricks.umd.cjs';
      // Counted from the load: a script that takes longer than 500 ms could not serve the original recipe at all.
      tag.onload = () =>
        setTimeout(() => formbricks.setup({ environmentId: '${server.environmentId}', appUrl: '${server.url}' }), 500);
      document.head.append(tag);
    })();
    (() => {
      const start = Date.now();
      const timer = setInterval(() => {
        if (window.formbricks && typeof window.formbricks.setUserId === 'function') {
          clearInterval(timer);
          window.formbricks.setUserId('gtm');
          window.formbricks.setAttributes({ plan: 'pro' });
          if (window.formbricks.track) window.formbricks.track('did-it');
        } else if (Date.now() - start > 10000) clearInterval(timer);
      }, 100);
    })();
  </script>`;
  site.put('/', { head: recipe });
  await page.goto(site.url);
  await answerBoth(page, '4', 'Recipe');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, contact: { userId: 'gtm' }, data: { rating: 4, text: 'Recipe' } }]);
});

test('init takes the older names, with a person and attributes; a language set while anonymous holds on the next page', async ({
  page,
  server,
  site,
}) => {
  const pro = await createProSurvey(server);
  const spoken = await server.createSurvey(bilingual(), [await server.createAction('did-more')]);
  site.put('/', { head: scriptOf(server) });
  const options = { apiHost: `${server.url}/`, environmentId: server.environmentId };
  await page.goto(site.url);
  await say(page, ['init', options], ['setAttribute', 'language', 'de'], ['track', 'did-more']);
  await expect(surveyOn(page).getByRole('textbox', { name: 'Wie war es?' })).toBeVisible();
  await closeSurvey(page);
  await page.reload();
  await say(page, ['init', options], ['track', 'did-more']);
  await expect(surveyOn(page).getByRole('textbox', { name: 'Wie war es?' })).toBeVisible();
  await closeSurvey(page);
  await page.reload();
  const person = { ...options, userId: 'noor', attributes: { plan: 'pro', seats: 3, since: 'today' } };
  await say(page, ['init', person], ['track', 'did-it']);
  await answerBoth(page, '2', 'Older');
  await expect
    .poll(() => server.responses(pro.id))
    .toMatchObject([
      {
        finished: true,
        contact: { userId: 'noor' },
        contactAttributes: { plan: 'pro', seats: '3', since: 'today' },
      },
    ]);
  expect(await server.responses(spoken.id)).toHaveLength(0);
});

test('calls with hostile arguments settle, throw nothing into the page and do not block later calls', async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(`${error}`));
  site.put('/', { head: scriptOf(server) });
  await page.goto(site.url);
  const outcomes = await page.evaluate(
    async ([appUrl, environmentId]) => {
      const { formbricks } = window as never as {
        formbricks: Record<string, (...args: unknown[]) => unknown>;
      };
      const hostile = new Proxy(
        {},
        {
          get: () => {
            throw new Error('get');
          },
          ownKeys: () => {
            throw new Error('ownKeys');
          },
        },
      );
      const given = [[], [undefined], [null], [7], ['x'], [hostile], [Symbol('s')], [[]], [hostile, hostile]];
      const names = Object.keys(formbricks).filter((name) => !/^(setup|init|on|off)$/.test(name));
      const calls: unknown[] = [formbricks.setup?.(hostile)];
      for (const args of given) calls.push(formbricks.on?.('formbricks_survey_shown', ...args));
      for (const name of names) for (const args of given) calls.push(formbricks[name]?.(...args));
      calls.push(formbricks.setup?.({ appUrl, environmentId }));
      calls.push(formbricks.setUserId?.('mara'), formbricks.setAttributes?.({ plan: 'pro' }));
      calls.push(formbricks.track?.('did-it'));
      return [...new Set((await Promise.allSettled(calls)).map(({ status }) => status))];
    },
    [server.url, server.environmentId] as const,
  );
  expect(outcomes).toEqual(['fulfilled']);
  await answerBoth(page, '3', 'After all');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, contact: { userId: 'mara' } }]);
  expect(thrown).toEqual([]);
});

test('embedded data of the first card is kept when the survey continues on another page, and each event fires once', async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  site.put('*', { head: scriptOf(server) });
  await page.goto(site.url);
  await page.evaluate(() => Object.assign(window, { dataLayer: 'not a list' }));
  const setup = ['setup', { workspaceId: server.environmentId, appUrl: server.url }] as const;
  await say(
    page,
    setup,
    ['setUserId', 'mara'],
    ['setAttributes', { plan: 'pro' }],
    ['setEmbeddedData', { build: 41, CHANNEL: 'page', gone: 'x' }],
    ['setEmbeddedData', { build: 42, gone: null }],
    ['clearEmbeddedData', undefined],
    ['setEmbeddedData', 'not an object'],
    ['track', 'did-it'],
  );
  await surveyOn(page).getByRole('radio', { name: '5', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
  await expect.poll(async () => (await server.responses(survey.id)).length).toBe(1);
  const [{ id: responseId } = { id: '' }] = await server.responses(survey.id);
  const event = 'formbricks_response_submitted';
  const submitted = async (): Promise<readonly unknown[]> =>
    (await layerOf(page)).filter((entry) => entry.event === event);
  const entry = (finished: boolean): unknown =>
    layerEntry(event, server.environmentId, { surveyId: survey.id, responseId, finished });
  await expect.poll(submitted).toEqual([entry(false)]);

  await page.goto(`${site.url}/next`);
  const bodies: unknown[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/responses')) bodies.push(JSON.parse(request.postData() ?? '{}').data);
  });
  await say(page, setup);
  await surveyOn(page).getByRole('textbox').fill('Continued');
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect.poll(submitted).toEqual([entry(true)]);
  expect(bodies).toEqual([{ rating: 5, text: 'Continued', Build: 42, channel: 'page' }]);
  await expect(surveyOn(page)).toHaveCount(0);
  expect((await layerOf(page)).filter(({ event: name }) => name === 'formbricks_survey_shown')).toEqual([]);
});

test('under a strict policy setup leaves an empty status region under its frozen id, also when setup is called before the body exists', async ({
  page,
  server,
  site,
}) => {
  const policy = `default-src 'none'; script-src ${server.url} 'nonce-n'; connect-src ${server.url}; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /violations`;
  const options = JSON.stringify({ workspaceId: server.environmentId, appUrl: server.url });
  const early = `${scriptOf(server)}<script nonce="n">formbricks.setup(${options});formbricks.setup(${options})</script><script src="${server.url}/slow.js"></script>`;
  // There is no body until this script has arrived, which is after setup has run.
  await page.route('**/slow.js', async (route) => {
    await page.waitForFunction(() => indexedDB.databases().then((all) => all.length > 0));
    await page.waitForTimeout(1_000);
    await route.fulfill({ body: '' });
  });
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(`${error}`));
  site.put('/', { headers: { 'content-security-policy': policy }, head: early });
  await page.goto(site.url);
  const region = page.locator('#formbricks-live-region');
  await expect(region).toHaveRole('status');
  await expect(region).toBeEmpty();
  expect(await region.evaluate((element) => element.getBoundingClientRect().width)).toBeLessThanOrEqual(1);
  expect(await region.evaluate((element) => element.parentElement?.tagName)).toBe('BODY');
  expect(thrown).toEqual([]);
  expect(site.violations).toEqual([]);
});

test('formbricksDebug=true refreshes from the server and opens the panel; without it fresh state causes no request', async ({
  page,
  server,
  site,
}) => {
  site.put('/', { head: scriptOf(server) });
  const setup = ['setup', { workspaceId: server.environmentId, appUrl: server.url }] as const;
  const visit = async (query: string): Promise<readonly string[]> => {
    const before = server.calls.length;
    await page.goto(site.url + query);
    await say(page, setup, ['setUserId', 'mara']);
    await expect
      .poll(async () => (await layerOf(page)).map(({ event }) => event))
      .toEqual(['formbricks_setup_successful']);
    return server.calls.slice(before).map(({ path }) => path.split('/').at(-1) ?? '');
  };
  expect(await visit('')).toEqual(expect.arrayContaining(['environment', 'user']));
  expect(await visit('')).toEqual([]);
  await server.createSurvey(ratingThenText().document, [await server.createAction('did-it')]);
  expect(await visit('?x=1&formbricksDebug=true')).toEqual(expect.arrayContaining(['environment', 'user']));
  // The survey is new: no cache has hidden it.
  await expect(page.getByRole('region', { name: 'Inkling debug panel' })).toContainText('Surveys (1)');
});

test('setNonce is synchronous and passes the nonce on to the renderer', async ({ page, server, site }) => {
  site.put('/', { head: scriptOf(server) });
  await page.goto(site.url);
  const seen = await page.evaluate(() => {
    const handed: unknown[] = [];
    Object.assign(window, { formbricksSurveys: { setNonce: (nonce: unknown) => handed.push(nonce) } });
    const global = window as never as {
      __formbricksNonce: unknown;
      formbricks: { setNonce: (n?: string) => void };
    };
    global.formbricks.setNonce('abc');
    const first = global.__formbricksNonce;
    global.formbricks.setNonce(undefined);
    return { first, second: `${global.__formbricksNonce}`, handed: handed.map(String) };
  });
  expect(seen).toEqual({ first: 'abc', second: 'undefined', handed: ['abc', 'undefined'] });
});
