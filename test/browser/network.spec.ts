import {
  answerBoth,
  call,
  expect,
  isEnvironmentFresh,
  passTime,
  ratingThenText,
  startServer,
  surveyOn,
  tagFor,
  test,
  undelivered,
  whenLoaded,
  whenReady,
  withClient,
} from './support.ts';
import { closeSurvey } from './survey-page.ts';

const paths = (calls: readonly { method: string; path: string }[]) =>
  calls.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);

test('a first visit requests each state once, and a reload decides without a request', async ({
  page,
  server,
  site,
}) => {
  const view = await server.createPageView('exactMatch', '/');
  const { document, rating } = ratingThenText({ displayOption: 'respondMultiple' });
  await server.createSurvey(document, [view]);
  site.put('/', {
    head: `${tagFor(server)}<script>window.inkling=window.inkling||function(){(inkling.q=inkling.q||[]).push(arguments)};inkling('identify','mara',{plan:'free'})</script>`,
  });

  await page.goto(site.url);
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  await expect.poll(() => undelivered(page)).toBe(0);
  expect(paths(server.calls).sort()).toEqual(['GET environment', 'POST displays', 'POST user']);
  await closeSurvey(page);

  const before = server.calls.length;
  await page.reload();
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  // The decision needed no request; the only one reports the new display.
  await expect.poll(() => undelivered(page)).toBe(0);
  expect(paths(server.calls.slice(before))).toEqual(['POST displays']);
});

test('a reload that shows nothing sends nothing', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText().document, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'identify', 'mara', { plan: 'free', seats: 3, beta: true });
  expect(paths(server.calls).sort()).toEqual(['GET environment', 'POST user']);

  const before = server.calls.length;
  await page.reload();
  await whenReady(page);
  await call(page, 'identify', 'mara', { plan: 'free', seats: 3, beta: true });
  await call(page, 'setAttributes', { seats: 3 });
  await call(page, 'track', 'unknown-action');
  const explained = await call(page, 'explain');
  expect(explained).toHaveLength(1);
  expect(explained[0]?.gates.filter(({ pass }) => !pass)).toMatchObject([{ code: 'trigger' }]);
  expect(server.calls.slice(before)).toEqual([]);

  await call(page, 'setAttributes', { seats: 4 });
  expect(paths(server.calls.slice(before))).toEqual(['POST user']);
});

test('after expiry environment and user are each refreshed once', async ({ page, site }) => {
  const server = await startServer({ environmentMs: 1_500, slotMs: 1, userMs: 1_500 });
  try {
    site.put('/', { head: tagFor(server, 'data-user-id="mara"') });
    await page.goto(site.url);
    await whenReady(page);
    expect(paths(server.calls).sort()).toEqual(['GET environment', 'POST user']);
    await expect
      .poll(async () => {
        const { environmentFreshUntil = Infinity, userFreshUntil = Infinity } =
          (await call(page, 'state')) ?? {};
        return Math.max(environmentFreshUntil, userFreshUntil) < Date.now();
      })
      .toBe(true);
    const before = server.calls.length;
    await page.reload();
    await whenReady(page);
    await call(page, 'track', 'nothing');
    expect(paths(server.calls.slice(before)).sort()).toEqual(['GET environment', 'POST user']);
  } finally {
    await server.stop();
  }
});

test('answering a survey of three cards causes no preflight and no PUT', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const { document } = ratingThenText({
    welcomeCard: { enabled: true, headline: { default: 'Two questions' }, buttonLabel: { default: 'Go' } },
  });
  const survey = await server.createSurvey(document, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'identify', 'mara');
  await call(page, 'track', 'did-it');
  await surveyOn(page).getByRole('button', { name: 'Go' }).click();
  await answerBoth(page, '5', 'Nothing');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, data: { welcomeCard: 'clicked', rating: 5, text: 'Nothing' } }]);
  expect(server.calls.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
  expect(server.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
});

test('calls of one macrotask make one request, and the last person wins', async ({ page, server, site }) => {
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await withClient(page, (inkling) => {
    void inkling.identify('first');
    void inkling.setAttributes({ plan: 'pro' });
    void inkling.identify('second', { seats: 2 });
  });
  await expect.poll(() => call(page, 'state')).toMatchObject({ userId: 'second' });
  await expect.poll(() => paths(server.calls).filter((path) => path === 'POST user')).toHaveLength(1);
});

test('a server that is unreachable at first is asked again, and the waiting action opens its survey', async ({
  page,
  server,
  site,
  context,
}) => {
  const action = await server.createAction('did-it');
  const { document, rating } = ratingThenText();
  await server.createSurvey(document, [action]);
  site.put('/', { head: tagFor(server) });
  let isAway = true;
  await context.route('**/api/v1/client/**', (route) => (isAway ? route.abort() : route.continue()));
  await page.goto(site.url);
  await whenLoaded(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toHaveCount(0);
  isAway = false;
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
});

test('an open tab asks for new surveys when it needs them after expiry, and not before', async ({
  page,
  site,
}) => {
  const server = await startServer({ environmentMs: 500, slotMs: 1 });
  try {
    const action = await server.createAction('did-it');
    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    const { document, rating } = ratingThenText();
    await server.createSurvey(document, [action]);
    const asked = server.calls.length;
    await expect.poll(() => isEnvironmentFresh(page)).toBe(false);
    await passTime(page, 300);
    expect(server.calls.length).toBe(asked);
    await call(page, 'track', 'did-it');
    await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  } finally {
    await server.stop();
  }
});
