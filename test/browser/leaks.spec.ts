import type { CDPSession, Page } from '@playwright/test';
import type { Inkling } from '../../src/api/types.ts';
import { call, expect, ratingThenText, tagFor, test, undelivered, whenReady, withClient } from './support.ts';

/** `npm run prove` does all of it; `npm test` a fiftieth. */
const isFull = process.env.INKLING_PROVE === 'full';
const [OPENINGS, ACTIONS, NAVIGATIONS] = isFull ? [10_000, 100_000, 1_000] : [200, 2_000, 60];
/** Enough to fill caches, compile what is hot and load every chunk. */
const WARM_UP = [60, 500, 20] as const;
/**
 * How much the heap may grow. One node, listener or closure kept per opening would be more; the browser's own
 * fluctuation is less.
 */
const HEAP_BYTES = isFull ? 1_000_000 : 150_000;

/** Figures of the page after garbage collection. */
interface Held {
  readonly nodes: number;
  readonly listeners: number;
  readonly heap: number;
}

test(`${OPENINGS} openings, ${ACTIONS} actions and ${NAVIGATIONS} navigations leak no nodes, listeners or memory`, async ({
  page,
  context,
  server,
  site,
}) => {
  test.setTimeout(isFull ? 3_600_000 : 300_000);
  const [quiet, shown] = [await server.createAction('quiet'), await server.createAction('shown')];
  const { document } = ratingThenText();
  const survey = await server.createSurvey(document, [shown]);
  // Its gates are evaluated at each action, and refuse it.
  await server.createSurvey({ ...ratingThenText().document, displayPercentage: 0.01 }, [quiet]);
  site.put('*', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');

  await use(page, survey.id, WARM_UP);
  const before = await hold(page, devtools);
  await use(page, survey.id, [OPENINGS, ACTIONS, NAVIGATIONS]);
  const after = await hold(page, devtools);

  const gained = (after.heap - before.heap) / 1000;
  console.log(
    `${OPENINGS} openings, ${ACTIONS} actions, ${NAVIGATIONS} navigations: nodes ${before.nodes} → ${after.nodes}, ` +
      `listeners ${before.listeners} → ${after.listeners}, heap ${gained.toFixed(0)} kB more`,
  );
  expect(after.nodes).toBeLessThanOrEqual(before.nodes);
  expect(after.listeners).toBeLessThanOrEqual(before.listeners);
  expect(after.heap - before.heap).toBeLessThan(HEAP_BYTES);
});

async function use(page: Page, surveyId: string, counts: readonly [number, number, number]): Promise<void> {
  const [openings, actions, navigations] = counts;
  for (let done = 0; done < openings; done += 50) {
    const opened = await withClient(
      page,
      async (inkling, id) => {
        let count = 0;
        for (let n = 0; n < 50; n++) {
          await inkling.showSurvey(id);
          count += window.document.querySelector('inkling-survey')?.shadowRoot?.querySelector('[role=dialog]')
            ? 1
            : 0;
          await inkling.closeSurvey();
        }
        return count;
      },
      surveyId,
    );
    expect(opened).toBe(50);
  }
  const trackAll = async (inkling: Inkling, count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await inkling.track('quiet');
  };
  await withClient(page, trackAll, actions);
  for (let done = 0; done < navigations; done += 20) {
    await page.evaluate((from) => {
      for (let n = 0; n < 20; n++) history.pushState(null, '', `/page-${from + n}`);
    }, done);
    // Chromium ignores more than 200 in 10 s.
    await page.waitForTimeout(isFull ? 1_100 : 50);
  }
}

/**
 * Measures the page without its stored showings, whose number would count too. Collects garbage twice, since the first
 * run makes more of it.
 */
async function hold(page: Page, devtools: CDPSession): Promise<Held> {
  await expect.poll(() => undelivered(page), { timeout: 60_000 }).toBe(0);
  await call(page, 'forget');
  await page.waitForTimeout(500);
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
  return { nodes, listeners: jsEventListeners, heap };
}
