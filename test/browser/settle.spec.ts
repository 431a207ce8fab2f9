import type { Page } from '@playwright/test';
import { PROMISING } from '../support/calls.ts';
import { type Mood, type MoodyProxy, startMoodyProxy } from '../support/moody-proxy.ts';
import {
  test as base,
  call,
  expect,
  type HostSite,
  ratingThenText,
  surveyOn,
  type TestServer,
  whenLoaded,
  whenReady,
} from './support.ts';

const test = base.extend<{ moody: MoodyProxy }>({
  moody: async ({ server }, use) => {
    const proxy = await startMoodyProxy(server.url);
    await use(proxy);
    await proxy.stop();
  },
});

/** The longest time that a promise may take, ms. */
const LIMIT_MS = 1_000;
const AWAY: readonly Mood[] = ['down', 'hanging', 'overloaded', 'slow'];

interface Parts {
  readonly server: TestServer;
  readonly site: HostSite;
  readonly moody: MoodyProxy;
}

/** A page whose script and chunks come through the proxy, too; it calls `setup` itself. */
async function openPage(page: Page, { server, site, moody }: Parts) {
  const survey = await server.createSurvey(ratingThenText({ displayOption: 'respondMultiple' }).document, [
    await server.createAction('did-it'),
  ]);
  site.put('/', { head: `<script async src="${moody.url}/inkling.js"></script>` });
  await page.goto(site.url);
  await whenLoaded(page);
  return { survey, options: { environmentId: server.environmentId, appUrl: moody.url } };
}

/** Makes each call and waits for its promise; how long each took, and those that were rejected. */
function timeCalls(page: Page, calls: readonly (readonly [name: string, args: readonly unknown[]])[]) {
  return page.evaluate(async (all) => {
    const client = window.inkling as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const times: [name: string, ms: number][] = [];
    const rejected: string[] = [];
    for (const [name, args] of all) {
      const begun = performance.now();
      await client[name]?.(...(args as unknown[])).catch((error) => rejected.push(`${name} ${error}`));
      times.push([name, performance.now() - begun]);
    }
    return { times, rejected };
  }, calls);
}

for (const mood of AWAY) {
  for (const isKnown of [false, true]) {
    test(`while the server is ${mood}${isKnown ? ', once it was there,' : ''} the promise of every call settles within 1 s`, async ({
      page,
      server,
      site,
      moody,
    }) => {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(`${error}`));
      const { survey, options } = await openPage(page, { server, site, moody });
      if (isKnown) {
        await call(page, 'setup', options);
        await whenReady(page);
      }
      moody.setMood(mood);
      const args: Readonly<Record<string, readonly unknown[]>> = {
        setup: [options],
        showSurvey: [survey.id],
        render: [ratingThenText().document],
      };
      const calls = PROMISING.map(([name, usual]) => [name, args[name] ?? usual] as const);
      // Each of them while somebody is here whom the server doesn't know yet, too.
      const asSomebody = calls.flatMap((one, n) => [['identify', [`person${n}`, { n }]] as const, one]);
      const { times, rejected } = await timeCalls(page, [...calls, ...asSomebody]);
      expect(times.filter(([, ms]) => ms > LIMIT_MS)).toEqual([]);
      expect(rejected).toEqual([]);
      expect(times).toHaveLength(3 * PROMISING.length);
      expect(errors).toEqual([]);
    });
  }

  test(`what was asked for while the server was ${mood} is done later, once`, async ({
    page,
    server,
    site,
    moody,
  }) => {
    const { survey, options } = await openPage(page, { server, site, moody });
    moody.setMood(mood);
    const { times } = await timeCalls(page, [
      ['setup', [options]],
      ['identify', ['mara', { plan: 'pro' }]],
      ['track', ['did-it']],
    ]);
    expect(times.filter(([, ms]) => ms > LIMIT_MS)).toEqual([]);
    await expect(surveyOn(page)).toHaveCount(0);
    moody.setMood('well');
    // Asked anew after a while.
    await expect(surveyOn(page)).toBeVisible({ timeout: 60_000 });
    moody.setMood(mood);
    await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await surveyOn(page).getByRole('textbox').fill('Later');
    await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
    const late = await timeCalls(page, [
      ['closeSurvey', []],
      ['setAttributes', [{ seats: 3 }]],
      ['logout', []],
    ]);
    expect(late.times.filter(([, ms]) => ms > LIMIT_MS)).toEqual([]);
    moody.setMood('well');
    await expect
      .poll(() => server.responses(survey.id), { timeout: 90_000 })
      .toMatchObject([{ finished: true, contact: { userId: 'mara' }, data: { rating: 4, text: 'Later' } }]);
  });
}

test('a document whose script is on its way is drawn later, and can be closed before', async ({
  page,
  server,
  site,
  moody,
}) => {
  await openPage(page, { server, site, moody });
  moody.setMood('slow');
  const { document, rating } = ratingThenText();
  const drawn = await page.evaluateHandle((given) => window.inkling?.render(given), document);
  expect(await drawn.evaluate((survey) => typeof survey?.close)).toBe('function');
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  await drawn.evaluate((survey) => survey?.close());
  await expect(page.locator('inkling-survey')).toHaveCount(0);
});
