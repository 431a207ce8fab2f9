import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { findChromium, launchOptions } from '../../scripts/browsers.mjs';
import { createRandom } from '../prove/simulation/random.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { call, expect, surveyOn, type TestServer, test, whenReady } from './support.ts';

/** `npm run prove` leaves as often as it takes to claim it, `npm test` a tenth of that. */
const VISITORS = process.env.INKLING_PROVE === 'full' ? 100 : 5;
/** How long after the answer the page goes, at most. */
const MOST_MS = 50;

const CARDS = ['first', 'second'] as const;
const twoCards = {
  blocks: CARDS.map((id) => ({
    id: `block${id}`,
    name: id,
    elements: [
      {
        ...{ id, type: 'openText', required: true, headline: { default: `The ${id} question` } },
        charLimit: { enabled: false },
      },
    ],
  })),
  endings: [{ id: 'ending', type: 'endScreen', headline: { default: 'Thank you!' } }],
};

/** Each visitor has an origin of their own, and with it a storage of their own. */
const origin = (siteUrl: string, n: number): string => siteUrl.replace('localhost', `visitor${n}.localhost`);
const tagOf = (server: TestServer, appUrl: string): string =>
  `<script async src="${server.url}/inkling.js" data-environment-id="${server.environmentId}" data-app-url="${appUrl}"></script>`;
/** Every other visitor leaves in the middle of the survey. */
const lastCard = (n: number): (typeof CARDS)[number] => (n % 2 === 0 ? 'first' : 'second');
/** From 0 to `MOST_MS`, evenly. */
const restMs = (n: number): number => Math.round((n * MOST_MS) / (VISITORS - 1));

test(`${VISITORS} of ${VISITORS} answers arrive within 5 s when the page is left up to ${MOST_MS} ms later`, async ({
  context,
  server,
  site,
}) => {
  test.setTimeout(120_000 + VISITORS * 20_000);
  const survey = await server.createSurvey(twoCards, [await server.createAction('go')]);
  site.put('/', { head: tagOf(server, server.url) });
  site.put('/elsewhere', {});
  const opener = await context.newPage();
  const took: number[] = [];
  const lost: string[] = [];

  for (let n = 0; n < VISITORS; n++) {
    // A tab that a script of the same site has opened may close itself, like one that the visitor closes.
    await opener.goto(`${origin(site.url, n)}/elsewhere`);
    const opened = context.waitForEvent('page');
    await opener.evaluate(() => void window.open('/'));
    const page = await opened;
    await toLastCard(page, n);
    const way = (['closes', 'goes on', 'goes away'] as const)[n % 3];
    const target = { closes: '', 'goes on': '/elsewhere', 'goes away': `${server.url}/health` }[
      way ?? 'closes'
    ];
    await page.evaluate(
      ([value, ms, address]) => {
        const root = document.querySelector('inkling-survey')?.shadowRoot;
        const field = root?.querySelector('textarea');
        if (!field) throw new Error('The card has no field.');
        field.value = value as string;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        setTimeout(() => {
          const buttons = [...(root?.querySelectorAll('button') ?? [])];
          buttons.find(({ textContent }) => /Next|Finish/.test(textContent ?? ''))?.click();
          const leave = () => (address ? location.assign(address) : window.close());
          setTimeout(leave, ms as number);
        }, 100);
      },
      [`answer ${n}`, restMs(n), target] as const,
    );
    const began = Date.now();
    const has = async (): Promise<boolean> => hasAnswer(await server.responses(survey.id), n);
    while (!(await has()) && Date.now() - began < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (await has()) took.push(Date.now() - began);
    else lost.push(`visitor ${n}, who ${way} ${restMs(n)} ms after the ${lastCard(n)} answer`);
    // Not every browser closes a tab that is navigating.
    if (target) await page.waitForURL((url) => url.href.endsWith(target));
    await page.close();
  }
  console.log(
    `${took.length} of ${VISITORS} arrived after the page was left, the last after ${Math.max(...took)} ms`,
  );
  expect(lost).toEqual([]);
  expect(await server.responses(survey.id)).toHaveLength(VISITORS);
});

test(`${VISITORS} of ${VISITORS} answers arrive at the next visit when the browser is killed up to ${MOST_MS} ms later`, async ({
  server,
  site,
}) => {
  test.setTimeout(120_000 + VISITORS * 40_000);
  const proxy = await startFaultyProxy(Number(new URL(server.url).port), createRandom(1));
  const survey = await server.createSurvey(twoCards, [await server.createAction('go')]);
  site.put('/', { head: tagOf(server, proxy.url) });
  const profile = mkdtempSync(join(tmpdir(), 'inkling-killed-'));
  let running = await startBrowser(profile);
  let arrivedBefore = 0;
  let arrived = 0;
  try {
    for (let n = 0; n < VISITORS; n++) {
      const page = await openPage(running.browser, origin(site.url, n));
      await toLastCard(page, n);
      // Every third visitor is online at that moment.
      proxy.setPlugged(n % 3 === 0);
      await answer(page, `answer ${n}`);
      await new Promise((resolve) => setTimeout(resolve, restMs(n)));
      await running.kill();
      if (hasAnswer(await server.responses(survey.id), n)) arrivedBefore++;
      proxy.setPlugged(true);
      running = await startBrowser(profile);
      const next = await openPage(running.browser, origin(site.url, n));
      await whenReady(next);
      await expect.poll(async () => hasAnswer(await server.responses(survey.id), n)).toBe(true);
      arrived++;
      await next.close();
    }
  } finally {
    console.log(
      `${arrived} of ${VISITORS} have arrived although the browser was killed, ${arrivedBefore} of them before that`,
    );
    await running.kill();
    await proxy.stop();
    rmSync(profile, { recursive: true, force: true });
  }
  expect(await server.responses(survey.id)).toHaveLength(VISITORS);
});

/** Whether the server holds what this visitor answered last. */
function hasAnswer(
  responses: readonly { readonly data: Readonly<Record<string, unknown>> }[],
  n: number,
): boolean {
  return responses.some(({ data }) => data[lastCard(n)] === `answer ${n}`);
}

/** Opens the survey and goes to the card that is answered last. */
async function toLastCard(page: Page, n: number): Promise<void> {
  await whenReady(page);
  await call(page, 'track', 'go');
  await expect(surveyOn(page).getByText('The first question')).toBeVisible();
  if (lastCard(n) === 'second') await answer(page, `before ${n}`);
}

/** Answers the card on screen; resolves as soon as the next one is drawn. */
async function answer(page: Page, value: string): Promise<void> {
  await page.evaluate(async (text) => {
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const root = document.querySelector('inkling-survey')?.shadowRoot;
    const dialog = () => root?.querySelector('[role=dialog]');
    const before = dialog()?.querySelector('textarea');
    if (!before) throw new Error('The card has no field.');
    const question = /The \w+ question/.exec(dialog()?.textContent ?? '')?.[0] ?? '';
    before.value = text;
    before.dispatchEvent(new Event('input', { bubbles: true }));
    await wait(100);
    const buttons = [...(root?.querySelectorAll('button') ?? [])];
    buttons.find(({ textContent }) => /Next|Finish/.test(textContent ?? ''))?.click();
    while (dialog()?.textContent?.includes(question)) await wait(1);
  }, value);
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.contexts()[0]?.newPage();
  if (!page) throw new Error('The browser has no context.');
  await page.goto(url);
  return page;
}

/** Starts a Chromium with its profile on disk as a child process: Playwright can only close one in an orderly way. */
async function startBrowser(
  profile: string,
): Promise<{ readonly browser: Browser; readonly kill: () => Promise<void> }> {
  const { args } = launchOptions();
  const child = spawn(
    findChromium() ?? chromium.executablePath(),
    [...args, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    // A process group of its own, so that its helper processes are killed with it.
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const browser = await chromium.connectOverCDP(await addressOf(child));
  return {
    browser,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      process.kill(-child.pid, 'SIGKILL');
      await gone;
    },
  };
}

/** Reads the address of the DevTools protocol from the browser's output. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (part) => {
      text += part;
      const [, address] = /DevTools listening on (\S+)/.exec(text) ?? [];
      if (address) resolve(address);
    });
    child.once('exit', () => reject(new Error(`The browser ended at once: ${text}`)));
  });
}
