import type { Page } from '@playwright/test';
import {
  answerBoth,
  expect,
  type HostSite,
  ratingThenText,
  surveyOn,
  type TestServer,
  test,
  valueIn,
} from './support.ts';

interface Servers {
  readonly server: TestServer;
  readonly site: HostSite;
}

/** Calls of the host's callbacks, in order. */
type Heard = readonly (readonly [callback: string, argument?: Readonly<Record<string, unknown>>])[];

const CALLBACKS = [
  'onDisplay',
  'onDisplayCreated',
  'onResponse',
  'onResponseCreated',
  'onFinished',
  'onClose',
];

/** The document as a mobile SDK gets it from the environment. */
async function documentFrom(server: TestServer, surveyId: string): Promise<object> {
  const reply = await fetch(`${server.url}/api/v1/client/${server.environmentId}/environment`);
  const { data } = (await reply.json()) as { data: { data: { surveys: { id: string }[] } } };
  const found = data.data.surveys.find(({ id }) => id === surveyId);
  if (!found) throw new Error('the environment has no such survey');
  return found;
}

/** A page with an opaque origin and without storage, as in a web view that is given HTML. */
async function openWebView(page: Page, { server, site }: Servers, body = ''): Promise<void> {
  site.put('/', {
    headers: { 'content-security-policy': 'sandbox allow-scripts allow-forms' },
    head: `<script src="${server.url}/js/surveys.umd.cjs"></script>`,
    body,
  });
  site.put('/favicon.ico', {});
  await page.goto(site.url);
}

/** Calls one of the functions with callbacks that record. */
async function draw(page: Page, name: string, props: object): Promise<void> {
  await page.evaluate(
    ([method, given, callbacks]) => {
      const page = window as never as {
        heard: unknown[];
        formbricksSurveys: Record<string, (props: object) => void>;
      };
      const heard: unknown[] = [];
      page.heard = heard;
      const record = (callback: string) => [
        callback,
        (...args: unknown[]) => heard.push([callback, ...args]),
      ];
      page.formbricksSurveys[method]?.({ ...given, ...Object.fromEntries(callbacks.map(record)) });
    },
    [name, props, CALLBACKS] as const,
  );
}

function heardBy(page: Page): Promise<Heard> {
  return valueIn<Heard>(page, 'heard');
}

async function createSurvey(server: TestServer): Promise<{ id: string; rating: string; document: object }> {
  const { document, rating } = ratingThenText({ hiddenFields: { enabled: true, fieldIds: ['plan'] } });
  const { id } = await server.createSurvey(document, [await server.createAction('did-it')]);
  return { id, rating, document: await documentFrom(server, id) };
}

test('a web view without a server draws the document and passes every answer to its callbacks', async ({
  page,
  server,
  site,
}) => {
  const { id, rating, document } = await createSurvey(server);
  await openWebView(page, { server, site });
  expect(await page.evaluate(() => origin)).toBe('null');
  const before = server.calls.length;
  await draw(page, 'renderSurvey', {
    survey: document,
    languageCode: 'default',
    isBrandingEnabled: false,
    hiddenFieldsRecord: { plan: 'pro' },
    action: 'did-it',
  });
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  await expect(surveyOn(page).getByText('Powered by')).toHaveCount(0);
  expect((await heardBy(page)).map(([name]) => name)).toEqual(['onDisplay', 'onDisplayCreated']);
  await answerBoth(page, '4', 'From a phone');
  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  await expect(surveyOn(page)).toHaveCount(0);
  const heard = await heardBy(page);
  expect(heard.map(([name]) => name)).toEqual([
    'onDisplay',
    'onDisplayCreated',
    'onResponse',
    'onResponseCreated',
    'onResponse',
    'onFinished',
    'onClose',
  ]);
  const rest = { hiddenFields: { plan: 'pro' }, meta: { action: 'did-it' }, variables: {} };
  expect(heard[2]?.[1]).toMatchObject({ data: { rating: 4 }, finished: false, endingId: null, ...rest });
  expect(heard[2]?.[1]?.data).toEqual({ rating: 4 });
  expect(heard[4]?.[1]).toMatchObject({ data: { text: 'From a phone' }, finished: true, ...rest });
  expect(heard[4]?.[1]?.data).toEqual({ text: 'From a phone' });
  expect(server.calls.slice(before)).toEqual([]);
  expect(await server.responses(id)).toEqual([]);
});

test('with a server and a contact the display and the answers are stored for that contact', async ({
  page,
  server,
  site,
}) => {
  const { id, rating, document } = await createSurvey(server);
  const reply = await fetch(`${server.url}/api/v2/client/${server.environmentId}/user`, {
    method: 'POST',
    body: JSON.stringify({ userId: 'mara' }),
  });
  const { contactId } = ((await reply.json()) as { data: { state: { data: { contactId: string } } } }).data
    .state.data;
  await openWebView(page, { server, site });
  await draw(page, 'renderSurveyModal', {
    ...{ survey: document, appUrl: `${server.url}/`, environmentId: server.environmentId, contactId },
    ...{ hiddenFieldsRecord: { plan: 'pro' }, action: 'did-it', placement: 'center', overlay: 'dark' },
  });
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  expect(await surveyOn(page).evaluate((box) => box.matches(':modal'))).toBe(true);
  await answerBoth(page, '2', 'Delivered');
  await expect
    .poll(async () => (await heardBy(page)).map(([name]) => name))
    .toEqual([
      'onDisplay',
      'onDisplayCreated',
      'onResponse',
      'onResponseCreated',
      'onResponse',
      'onFinished',
    ]);
  const stored = await server.responses(id);
  expect(stored).toMatchObject([
    {
      finished: true,
      data: { rating: 2, text: 'Delivered', plan: 'pro' },
      contact: { userId: 'mara' },
      meta: { action: 'did-it' },
    },
  ]);
  expect(stored[0]?.displayId).toBeTruthy();
  expect(server.calls.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
});

test('an inline survey stands in its container, in the flow of the page', async ({ page, server, site }) => {
  const { rating, document } = await createSurvey(server);
  const body =
    '<style>body{margin:0}#here{margin:40px;width:500px;border:1px solid}</style><div id="here"></div><p id="below">Below</p>';
  // Positions are compared, so nothing may move.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openWebView(page, { server, site }, body);
  await draw(page, 'renderSurveyInline', { survey: document, containerId: 'here', overlay: 'dark' });
  const survey = page.locator('#here inkling-survey').getByRole('dialog');
  await expect(survey.getByRole('radiogroup', { name: rating })).toBeVisible();
  const [outer, inner, below] = await Promise.all(
    [page.locator('#here'), survey, page.locator('#below')].map((one) => one.boundingBox()),
  );
  expect(inner).toMatchObject({ x: 41, y: 41, width: 500 });
  expect(outer?.height).toBeCloseTo((inner?.height ?? 0) + 2, 0);
  expect(below?.y).toBeGreaterThan((inner?.y ?? 0) + (inner?.height ?? 0));
  await answerBoth(page, '3', 'Inline');
  await expect.poll(async () => (await heardBy(page)).map(([name]) => name)).toContain('onFinished');
});

test('a survey over the page is replaced by the next one, and closed by removing its element by id', async ({
  page,
  server,
  site,
}) => {
  const first = await createSurvey(server);
  const second = ratingThenText();
  await openWebView(page, { server, site });
  await draw(page, 'renderSurvey', { survey: first.document });
  await expect(surveyOn(page).getByRole('radiogroup', { name: first.rating })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { former: (window as never as { heard: unknown }).heard }));
  const { id } = await server.createSurvey(second.document, [await server.createAction('did-more')]);
  await draw(page, 'renderSurvey', { survey: { id, ...second.document } });
  await expect(surveyOn(page)).toHaveCount(1);
  await expect(surveyOn(page).getByRole('radiogroup', { name: second.rating })).toBeVisible();
  const former = await valueIn<Heard>(page, 'former');
  expect(former.map(([name]) => name)).toEqual(['onDisplay', 'onDisplayCreated', 'onClose']);
  await page.evaluate(() => document.getElementById('formbricks-modal-container')?.remove());
  await expect(surveyOn(page)).toHaveCount(0);
});

test('a survey that cannot be drawn causes one console line and calls onClose', async ({
  page,
  server,
  site,
}) => {
  const { document } = await createSurvey(server);
  const lines: string[] = [];
  page.on('console', (message) => message.type() === 'error' && lines.push(message.text()));
  page.on('pageerror', (error) => lines.push(`${error}`));
  await openWebView(page, { server, site });
  const hologram = { id: 'b1', elements: [{ id: 'e1', type: 'hologram', headline: { default: 'Hi' } }] };
  const wrong = [
    { survey: { ...document, blocks: [hologram] } },
    { survey: document, mode: 'inline', containerId: 'nowhere' },
    { survey: null },
  ];
  for (const props of wrong) {
    await draw(page, 'renderSurvey', props);
    await expect.poll(() => heardBy(page)).toEqual([['onClose']]);
  }
  expect(lines).toEqual([
    '[inkling] the survey is not shown: it holds what this version cannot draw: hologram',
    '[inkling] the survey is not shown: there is no element with the id nowhere',
    expect.stringContaining('[inkling] the survey is not shown: '),
  ]);
  await expect(page.locator('inkling-survey')).toHaveCount(0);
});

for (const [name, value] of [
  ['sent', true],
  ['failed', false],
] as const)
  test(`a host gives the address of pictures and the number of answers, and reports when everything is sent: ${name} is ${value}`, async ({
    page,
    server,
    site,
  }) => {
    await openWebView(page, { server, site });
    await page.route('**/storage/here/public/tea.png', (route) =>
      route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
    );
    const { document } = ratingThenText({
      welcomeCard: {
        ...{ enabled: true, showResponseCount: true, timeToFinish: false },
        ...{ headline: { default: 'Welcome' }, fileUrl: '/storage/here/public/tea.png' },
      },
    });
    await page.evaluate(
      ([survey, appUrl]) => {
        const { formbricksSurveys } = window as never as {
          formbricksSurveys: { renderSurveyModal: (props: object) => void };
        };
        formbricksSurveys.renderSurveyModal({
          ...{ survey, appUrl, responseCount: 12 },
          getSetIsResponseSendingFinished: (set: unknown) => Object.assign(window, { sent: set }),
          getSetIsError: (set: unknown) => Object.assign(window, { failed: set }),
        });
      },
      [document, `${server.url}/`] as const,
    );
    const survey = surveyOn(page);
    await expect(survey.getByText('12 people have answered')).toBeVisible();
    await expect(survey.locator('img')).toHaveAttribute('src', `${server.url}/storage/here/public/tea.png`);
    await survey.getByRole('button', { name: 'Next' }).click();
    await answerBoth(page, '4', 'Kept');
    const late = survey.getByText(
      'Your answers are saved. They will be sent as soon as there is a connection.',
    );
    await expect(late).toBeVisible();
    // The ending closes by itself, but not while the pointer is over it.
    await survey.getByRole('heading').hover();
    await page.evaluate(
      ([setter, given]) => (window as never as Record<string, (value: boolean) => void>)[setter]?.(given),
      [name, value] as const,
    );
    await expect(late).toHaveCount(0);
    // Only the line has gone, not the ending.
    await expect(survey.getByRole('heading')).toBeVisible();
  });
