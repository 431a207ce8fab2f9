import { answerBoth, expect, ratingThenText, surveyOn, type TestServer, test, valueIn } from './support.ts';
import { bundleWrapper, createProSurvey, EVENTS, layerEntry, layerOf } from './wrapper.ts';

/** Calls by name on `window.wrapper`, each with its arguments. */
type Calls = readonly (readonly [name: string, ...args: unknown[]])[];

/** One published version: how a page starts it, and what it adds to the calls that all of them have. */
interface Generation {
  readonly version: string;
  readonly start: (server: TestServer) => Calls;
  readonly more?: Calls;
}

const IDENTIFY: Calls = [
  ['setUserId', 'mara'],
  ['setAttributes', { plan: 'pro' }],
];
const GENERATIONS: readonly Generation[] = [
  {
    version: '3.0',
    start: ({ url, environmentId }) => [
      ['init', { apiHost: url, environmentId, userId: 'mara', attributes: { plan: 'pro' } }],
    ],
  },
  // This one doesn't trim the slash: it asks for //js/formbricks.umd.cjs.
  {
    version: '4.0',
    start: ({ url, environmentId }) => [['setup', { appUrl: `${url}/`, environmentId }], ...IDENTIFY],
  },
  {
    version: '4.2',
    start: ({ url, environmentId }) => [['setup', { appUrl: url, environmentId }], ...IDENTIFY],
  },
  {
    version: '4.4',
    start: ({ url, environmentId }) => [['setup', { appUrl: `${url}/`, environmentId }], ...IDENTIFY],
  },
  {
    version: '5.0',
    start: ({ url, environmentId }) => [['setup', { appUrl: url, workspaceId: environmentId }], ...IDENTIFY],
    more: [['setNonce', 'abc']],
  },
  {
    version: '5.1',
    start: ({ url, environmentId }) => [['setup', { appUrl: url, workspaceId: environmentId }], ...IDENTIFY],
    more: [
      ['setNonce', 'abc'],
      ['setEmbeddedData', { build: 42, channel: 'page', unknown: 'x' }],
    ],
  },
];

for (const { version, start, more = [] } of GENERATIONS) {
  test(`a page bundled with @formbricks/js ${version} sets up, identifies, tracks, gets an answer and logs out`, async ({
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
    site.put('/', { head: await bundleWrapper(`formbricks-js-${version}`) });
    await page.goto(site.url);
    const make = (calls: Calls): Promise<void> =>
      page.evaluate(async (all) => {
        const { wrapper } = window as never as {
          wrapper: Record<string, (...args: unknown[]) => Promise<unknown>>;
        };
        // In one task, before the script is requested: the wrapper queues them, and then the drop-in does.
        await Promise.all(all.map(([name, ...args]) => wrapper[name]?.(...args)));
      }, calls);
    await make([
      ...start(server),
      ['setEmail', 'mara@example.com'],
      ['setAttribute', 'seats', '3'],
      ['setLanguage', 'de'],
      ...more,
      ['registerRouteChange'],
      ['track', 'did-it', { hiddenFields: { channel: 'mail' } }],
    ]);
    await expect(surveyOn(page).getByRole('radiogroup', { name: survey.rating })).toBeVisible();
    expect(server.calls.filter(({ path }) => path.endsWith('/user'))).toHaveLength(1);
    await answerBoth(page, '5', 'Same code');
    await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
    const [response] = await server.responses(survey.id);
    expect(response).toMatchObject({
      data: { rating: 5, text: 'Same code', channel: 'mail', ...(version === '5.1' ? { Build: 42 } : {}) },
      contact: { userId: 'mara' },
      contactAttributes: { plan: 'pro', email: 'mara@example.com', seats: '3', language: 'de-DE' },
    });
    await expect(surveyOn(page)).toHaveCount(0);

    const own = { surveyId: survey.id };
    const submitted = { ...own, responseId: response?.id };
    const [ready, action, shown, response_, closed] = EVENTS;
    const expected = [
      layerEntry(ready, server.environmentId, {}),
      layerEntry(action, server.environmentId, { action: survey.action }),
      layerEntry(shown, server.environmentId, own),
      layerEntry(response_, server.environmentId, { ...submitted, finished: false }),
      layerEntry(response_, server.environmentId, { ...submitted, finished: true }),
      layerEntry(closed, server.environmentId, own),
    ];
    await expect.poll(async () => (await layerOf(page)).length).toBe(expected.length);
    expect(await layerOf(page)).toEqual(expected);

    await make([[version === '3.0' ? 'reset' : 'logout'], ['track', 'did-more']]);
    await expect(surveyOn(page).getByRole('radiogroup', { name: forAll.rating })).toBeVisible();
    await answerBoth(page, '1', 'Nobody');
    await expect
      .poll(() => server.responses(second.id))
      .toMatchObject([{ finished: true, contact: null, data: { rating: 1, text: 'Nobody' } }]);
    expect(complaints).toEqual([]);
  });
}

test('listeners of @formbricks/js 5.1 get each event once, from before setup until after logout, although one of them throws', async ({
  page,
  server,
  site,
}) => {
  const { document } = ratingThenText();
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(document, [action]);
  const thrown: string[] = [];
  page.on('pageerror', ({ message }) => thrown.push(message));
  site.put('/', { head: await bundleWrapper('formbricks-js-5.1') });
  await page.goto(site.url);
  await page.evaluate(
    ([appUrl, workspaceId, events]) => {
      const { wrapper } = window as never as { wrapper: Record<string, (...args: unknown[]) => unknown> };
      const heard: unknown[] = [];
      Object.assign(window, { heard });
      const broken = (): never => {
        throw new Error('the page’s own mistake');
      };
      wrapper.on?.('formbricks_survey_shown', broken);
      for (const event of events) wrapper.on?.(event, (payload: unknown) => heard.push([event, payload]));
      const unwanted = (): unknown => heard.push(['removed', {}]);
      wrapper.on?.('formbricks_survey_shown', unwanted);
      wrapper.off?.('formbricks_survey_shown', unwanted);
      const ended = wrapper.on?.('formbricks_survey_shown', () => heard.push(['ended', {}])) as () => void;
      ended();
      wrapper.setup?.({ appUrl, workspaceId });
      wrapper.logout?.();
      wrapper.track?.('did-it');
    },
    [server.url, server.environmentId, EVENTS] as const,
  );
  await answerBoth(page, '5', 'Heard');
  await expect(surveyOn(page)).toHaveCount(0);
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  const [response] = await server.responses(survey.id);
  const submitted = { surveyId: survey.id, responseId: response?.id };
  const heard = (): Promise<unknown[]> => valueIn<unknown[]>(page, 'heard');
  await expect.poll(async () => (await heard()).length).toBe(6);
  expect(await heard()).toEqual([
    ['formbricks_setup_successful', { workspaceId: server.environmentId }],
    ['formbricks_action_tracked', { action: action.name }],
    ['formbricks_survey_shown', { surveyId: survey.id }],
    ['formbricks_response_submitted', { ...submitted, finished: false }],
    ['formbricks_response_submitted', { ...submitted, finished: true }],
    ['formbricks_survey_closed', { surveyId: survey.id }],
  ]);
  expect(thrown).toEqual(['the page’s own mistake']);
});
