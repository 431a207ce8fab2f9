import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build } from 'vite';
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

/** Every event by its name, with what its handler got. */
type Heard = readonly (readonly [event: string, payload: Readonly<Record<string, unknown>>])[];

const EVENTS = [
  'formbricks_setup_successful',
  'formbricks_action_tracked',
  'formbricks_survey_shown',
  'formbricks_response_submitted',
  'formbricks_survey_closed',
];

/** The published wrapper as a bundler puts it into a page, on `window.wrapper`. */
async function bundleWrapper(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`../../node_modules/${name}/dist/index.js`, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'wrapper' } },
  });
  const [bundle] = Array.isArray(built) ? built : [];
  const [chunk] = bundle?.output ?? [];
  expect(chunk?.code).toContain('/js/formbricks.umd.cjs');
  return `<script>${chunk?.code}</script>`;
}

/** A survey for those whose plan is `pro`, on the code action `did-it`, with a hidden field. */
async function createProSurvey(server: TestServer): Promise<{ id: string; rating: string; action: string }> {
  const action = await server.createAction('did-it');
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
  const { document, rating } = ratingThenText({
    segment: { title: 'Pro', filters: [filter] },
    hiddenFields: { enabled: true, fieldIds: ['source', 'Build'] },
  });
  const { id } = await server.createSurvey(document, [action]);
  return { id, rating, action: action.name };
}

/** Names that appear on `window` and were not there in an empty page. */
function newGlobals(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
    frame.remove();
    return Object.getOwnPropertyNames(window).filter((name) => !plain.has(name) && !/^\d+$/.test(name));
  });
}

test('a page bundled with @formbricks/js 5.1 sets up, identifies, tracks, is answered and logs out', async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  const forAll = ratingThenText();
  const second = await server.createSurvey(forAll.document, [await server.createAction('did-more')]);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(`${error}`));
  site.put('/favicon.ico', {});
  site.put('/', { head: await bundleWrapper('formbricks-js-5.1') });
  await page.goto(site.url);
  await page.evaluate(
    ([appUrl, workspaceId, events]) => {
      const { wrapper } = window as never as { wrapper: Record<string, (...args: unknown[]) => unknown> };
      const heard: unknown[] = [];
      Object.assign(window, { heard });
      for (const event of events) wrapper.on?.(event, (payload: unknown) => heard.push([event, payload]));
      const unwanted = (): unknown => heard.push(['removed', {}]);
      wrapper.on?.('formbricks_survey_shown', unwanted);
      wrapper.off?.('formbricks_survey_shown', unwanted);
      wrapper.setup?.({ appUrl, workspaceId });
      // All in one task, before the script is even asked for: the wrapper and then the drop-in queue them.
      wrapper.setUserId?.('mara');
      wrapper.setEmail?.('mara@example.com');
      wrapper.setAttribute?.('seats', '3');
      wrapper.setAttributes?.({ plan: 'pro' });
      wrapper.setLanguage?.('de');
      wrapper.setNonce?.('abc');
      wrapper.setEmbeddedData?.({ build: 42, source: 'page', unknown: 'x' });
      wrapper.registerRouteChange?.();
      wrapper.track?.('did-it', { hiddenFields: { source: 'mail' } });
    },
    [server.url, server.environmentId, EVENTS] as const,
  );
  await expect(surveyOn(page).getByRole('radiogroup', { name: survey.rating })).toBeVisible();
  expect(server.calls.filter(({ path }) => path.endsWith('/user'))).toHaveLength(1);
  await answerBoth(page, '5', 'Same code');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  const [response] = await server.responses(survey.id);
  expect(response).toMatchObject({
    data: { rating: 5, text: 'Same code', source: 'mail', Build: 42 },
    contact: { userId: 'mara' },
  });
  await expect(surveyOn(page)).toHaveCount(0);

  const heard = (): Promise<Heard> => page.evaluate(() => (window as never as { heard: Heard }).heard);
  const submitted = { surveyId: survey.id, responseId: response?.id };
  const expected = [
    ['formbricks_action_tracked', { action: survey.action }],
    ['formbricks_response_submitted', { ...submitted, finished: false }],
    ['formbricks_response_submitted', { ...submitted, finished: true }],
    ['formbricks_setup_successful', { workspaceId: server.environmentId }],
    ['formbricks_survey_closed', { surveyId: survey.id }],
    ['formbricks_survey_shown', { surveyId: survey.id }],
  ];
  await expect
    .poll(async () => [...(await heard())].map(([event]) => event).sort())
    .toEqual(expected.map(([event]) => event));
  expect([...(await heard())].sort(([a], [b]) => a.localeCompare(b))).toEqual(expected);
  expect(await page.evaluate(() => (window as never as { dataLayer: unknown[] }).dataLayer)).toContainEqual({
    event: 'formbricks_response_submitted',
    formbricks: { workspaceId: server.environmentId, ...submitted, finished: true, action: null },
  });

  await page.evaluate(async () => {
    const { wrapper } = window as never as { wrapper: Record<string, (...args: unknown[]) => unknown> };
    await wrapper.logout?.();
    await wrapper.track?.('did-more');
  });
  await expect(surveyOn(page).getByRole('radiogroup', { name: forAll.rating })).toBeVisible();
  await answerBoth(page, '1', 'Nobody');
  await expect
    .poll(() => server.responses(second.id))
    .toMatchObject([{ finished: true, contact: null, data: { rating: 1, text: 'Nobody' } }]);
  expect(complaints).toEqual([]);
});

test('a page bundled with @formbricks/js 3.0 sets up with a user and attributes, tracks, is answered and logs out', async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  const forAll = ratingThenText();
  const second = await server.createSurvey(forAll.document, [await server.createAction('did-more')]);
  site.put('/', { head: await bundleWrapper('formbricks-js-3.0') });
  await page.goto(site.url);
  await page.evaluate(
    ([apiHost, environmentId]) => {
      const { wrapper } = window as never as { wrapper: Record<string, (...args: unknown[]) => unknown> };
      wrapper.init?.({ apiHost, environmentId, userId: 'noor', attributes: { plan: 'pro' } });
      wrapper.setEmail?.('noor@example.com');
      wrapper.setAttribute?.('seats', 7);
      wrapper.registerRouteChange?.();
      wrapper.track?.('did-it', { hiddenFields: { source: 'old code' } });
    },
    [server.url, server.environmentId] as const,
  );
  await expect(surveyOn(page).getByRole('radiogroup', { name: survey.rating })).toBeVisible();
  expect(server.calls.filter(({ path }) => path.endsWith('/user'))).toHaveLength(1);
  await answerBoth(page, '2', 'Old code');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([
      {
        finished: true,
        contact: { userId: 'noor' },
        data: { rating: 2, text: 'Old code', source: 'old code' },
      },
    ]);
  await page.evaluate(async () => {
    const { wrapper } = window as never as { wrapper: Record<string, (...args: unknown[]) => unknown> };
    await wrapper.reset?.();
    await wrapper.track?.('did-more');
  });
  await answerBoth(page, '3', 'Nobody');
  await expect
    .poll(() => server.responses(second.id))
    .toMatchObject([{ finished: true, contact: null, data: { rating: 3 } }]);
});

test("the original's tag works, on a page with module loaders and an element of the same name", async ({
  page,
  server,
  site,
}) => {
  const survey = await createProSurvey(server);
  // A page with an AMD loader, CommonJS leftovers and an element that a browser offers under the very name.
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

test('setup settles and never rejects, whatever it is given; a right one still works afterwards', async ({
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
  expect(lines).toEqual([
    ...Array(4).fill('[inkling] setup needs a workspaceId (or environmentId)'),
    '[inkling] setup needs an appUrl (or apiHost)',
    '[inkling] setup needs an environmentId of lowercase letters and digits: see the script tag',
  ]);
});

test('both scripts on one page keep out of each other’s way', async ({ page, server, site }) => {
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

test('what @formbricks/js left on the device still counts: a survey that was shown once is not shown again', async ({
  page,
  server,
  site,
}) => {
  const seen = ratingThenText();
  const fresh = ratingThenText();
  const action = await server.createAction('did-it');
  const { id } = await server.createSurvey(seen.document, [action]);
  await server.createSurvey({ ...fresh.document, displayOption: 'displayOnce' }, [
    await server.createAction('did-more'),
  ]);
  const stored = {
    workspaceId: server.environmentId,
    appUrl: server.url,
    user: { data: { userId: null, displays: [{ surveyId: id, createdAt: '2026-01-01T00:00:00.000Z' }] } },
  };
  site.put('/', { head: `<script src="${server.url}/js/formbricks.umd.cjs"></script>` });
  await page.addInitScript((text) => localStorage.setItem('formbricks-js', text), JSON.stringify(stored));
  await page.goto(site.url);
  await page.evaluate(
    async ([appUrl, workspaceId]) => {
      const { formbricks } = window as never as {
        formbricks: Record<string, (...args: unknown[]) => Promise<void>>;
      };
      await formbricks.setup?.({ workspaceId, appUrl });
      await formbricks.track?.('did-it');
      await formbricks.track?.('did-more');
    },
    [server.url, server.environmentId] as const,
  );
  // Both were tried in this order: the first would be open otherwise.
  await expect(surveyOn(page).getByRole('radiogroup', { name: fresh.rating })).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem('formbricks-js'))).toBeNull();
});
