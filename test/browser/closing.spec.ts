import type { BrowserContext, Page } from '@playwright/test';
import { call, expect, ratingThenText, surveyOn, tagFor, test, whenReady } from './support.ts';
import { expectShown } from './survey-page.ts';

/** Visitors for each way to leave; `npm run prove` has ten times as many as `npm test`. */
const VISITORS = process.env.INKLING_PROVE === 'full' ? 30 : 3;
/** How long after the closing the page goes, at most. */
const MOST_MS = 50;

/** How a survey is closed: in one task, by a script of the test that acts as the visitor or as the page does. */
const CLOSINGS = {
  'its button': () => {
    const root = document.querySelector('inkling-survey')?.shadowRoot;
    root?.querySelector<HTMLElement>('.close')?.click();
  },
  Escape: () => {
    const root = document.querySelector('inkling-survey')?.shadowRoot;
    const init = { key: 'Escape', bubbles: true, composed: true, cancelable: true };
    root?.querySelector('input')?.dispatchEvent(new KeyboardEvent('keydown', init));
  },
  'closeSurvey()': () => void window.inkling?.closeSurvey(),
  'its timer': () => {},
} as const;

/** How the page is left, in the page itself. */
const LEAVINGS = {
  'goes on': () => location.assign('/elsewhere'),
  reloads: () => location.reload(),
  closes: () => window.close(),
  'is closed': () => {},
} as const;
type Leaving = keyof typeof LEAVINGS;

/** A page in a tab that a script has opened, which may close itself. Each visitor has a storage of their own. */
async function openTab(context: BrowserContext, siteUrl: string, n: number): Promise<Page> {
  const opener = await context.newPage();
  await opener.goto(`${siteUrl.replace('localhost', `visitor${n}.localhost`)}/elsewhere`);
  const opened = context.waitForEvent('page');
  await opener.evaluate(() => void window.open('/'));
  return opened;
}

for (const [way, close] of Object.entries(CLOSINGS)) {
  const tag = way === 'its button' ? [] : ['@long-in-firefox'];
  test(`a survey closed by ${way} does not come back when the page is left up to ${MOST_MS} ms later`, {
    tag,
  }, async ({ context, server, site }) => {
    test.setTimeout(120_000 + VISITORS * 20_000);
    const closesItself = way === 'its timer' ? { autoClose: 1 } : {};
    const { document } = ratingThenText({ displayOption: 'displayMultiple', ...closesItself });
    await server.createSurvey(document, [await server.createAction('go')]);
    site.put('/', { head: tagFor(server) });
    site.put('/elsewhere', {});
    const back: string[] = [];
    let n = 0;
    for (const leaving of Object.keys(LEAVINGS) as Leaving[]) {
      for (let i = 0; i < VISITORS; i++, n++) {
        // Most of them at once.
        const ms = Math.round(MOST_MS * (i / (VISITORS - 1)) ** 3);
        const page = await openTab(context, site.url, n);
        await whenReady(page);
        await call(page, 'track', 'go');
        await expectShown(page);
        await leaveAfterClosing(page, close, leaving, ms);
        if (leaving === 'is closed') await page.close();
        const next = await context.newPage();
        await next.goto(site.url.replace('localhost', `visitor${n}.localhost`));
        await whenReady(next);
        if (await comesBack(next)) back.push(`the page ${leaving} after ${ms} ms`);
        for (const one of context.pages()) await one.close();
      }
    }
    expect(back).toEqual([]);
  });
}

/** Closes the survey and, once it is gone and `ms` later, leaves the page. */
async function leaveAfterClosing(page: Page, close: () => void, leaving: Leaving, ms: number): Promise<void> {
  const leave = LEAVINGS[leaving];
  // The page may go before the driver has its reply.
  const done = page.evaluate(
    async ([closeIt, leaveIt, delay]) => {
      const run = (work: string): void => new Function(`(${work})()`)();
      const isOpen = (): boolean => document.querySelector('inkling-survey') !== null;
      const go = (): unknown => (delay > 0 ? setTimeout(run, delay, leaveIt) : run(leaveIt));
      run(closeIt);
      if (!isOpen()) return void go();
      // It closes in a task of its own.
      await new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (isOpen()) return;
          observer.disconnect();
          go();
          resolve();
        });
        observer.observe(document.body, { childList: true });
      });
    },
    [`${close}`, `${leave}`, ms] as const,
  );
  await done.catch(() => {});
  if (leaving === 'is closed') await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether the next page continues the survey, or might do so later, rather than knowing it as closed. */
async function comesBack(page: Page): Promise<boolean> {
  const isClosed = async (): Promise<boolean> => {
    const state = await call(page, 'state');
    return !!state?.showings.length && state.showings.every(({ closed }) => closed);
  };
  const began = Date.now();
  while (!(await isClosed()) && Date.now() - began < 2_000) await page.waitForTimeout(50);
  return !(await isClosed()) || surveyOn(page).isVisible();
}
