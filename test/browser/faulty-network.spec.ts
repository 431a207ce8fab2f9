import type { BrowserContext, Page } from '@playwright/test';
import type { Inkling } from '../../src/api/types.ts';
import { createRandom, type Random } from '../prove/simulation/random.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { CARDS, threeCards } from '../support/three-cards.ts';
import {
  expect,
  type StoredResponse,
  startProcess,
  startSite,
  test,
  whenLoaded,
  withClient,
} from './support.ts';

/** `npm run prove` runs all of them, `npm test` the first tenth. */
const SCHEDULES = process.env.INKLING_PROVE === 'full' ? 100 : 5;
/** As many visitors at once; each has a browser context of their own. */
const AT_ONCE = 3;
/** Probability that a request fails. */
const PROBABILITY = 0.4;

test(`${SCHEDULES} visitors in several tabs lose and double nothing over a network that drops, cuts and delays requests`, async ({
  browser,
}) => {
  test.setTimeout(120_000 + SCHEDULES * 40_000);
  const server = await startProcess();
  const site = await startSite();
  const proxy = await startFaultyProxy(Number(new URL(server.url).port), createRandom(4));
  try {
    const survey = await server.createSurvey(threeCards, [await server.createAction('go')]);
    // The script comes directly from the server: only the page's requests go through the proxy.
    const tag = `<script async src="${server.url}/inkling.js" data-environment-id="${server.environmentId}" data-app-url="${proxy.url}"></script>`;
    site.put('*', { head: tag });
    proxy.setProbability(PROBABILITY);
    const given = new Map<string, Readonly<Record<string, string>>>();
    const visitors = Array.from({ length: SCHEDULES }, (_, n) => `visitor${n + 1}`);
    const waiting = [...visitors];
    let visitorsTabs = 0;

    const visitAll = async (): Promise<void> => {
      for (let userId = waiting.shift(); userId; userId = waiting.shift()) {
        const context = await browser.newContext();
        const { answers, tabs } = await visit(context, site.url, userId, createRandom(given.size + 1));
        given.set(userId, answers);
        visitorsTabs += tabs;
        await context.close();
      }
    };
    /** By the text of the answer, which names the visitor: an identification may be lost, too. */
    const isOf = (userId: string, { data }: StoredResponse): boolean => data.one === given.get(userId)?.one;
    const hasArrived = async (answer: string | undefined): Promise<boolean> => {
      const responses = await server.responses(survey.id);
      return responses.some(({ finished, data }) => finished && data.one === answer);
    };

    await Promise.all(Array.from({ length: AT_ONCE }, visitAll));
    expect(given.size).toBe(SCHEDULES);

    const responses = await server.responses(survey.id);
    const mine = (userId: string) => responses.filter((response) => isOf(userId, response));
    const lost = visitors.flatMap((userId) =>
      CARDS.filter((card) => mine(userId)[0]?.data[card] !== given.get(userId)?.[card]),
    );
    const displays = await Promise.all(
      visitors.map((userId) => displaysOf(server.url, server.environmentId, userId)),
    );
    const figures = {
      lost: lost.length,
      responses: responses.length,
      finished: responses.filter(({ finished }) => finished).length,
      displaysTwice: displays.filter((n) => n > 1).length,
    };
    console.log(
      `${SCHEDULES} visitors in Chromium, ${visitorsTabs} pages, through a faulty proxy ` +
        `(${[...proxy.seen].map(([fault, n]) => `${fault} ${n}`).join(', ')}): ${JSON.stringify(figures)}`,
    );
    expect(figures).toEqual({ lost: 0, responses: SCHEDULES, finished: SCHEDULES, displaysTwice: 0 });

    /** Answers three cards while tabs are opened, reloaded and closed, then visits until the server has everything. */
    async function visit(
      context: BrowserContext,
      url: string,
      userId: string,
      random: Random,
    ): Promise<{ answers: Record<string, string>; tabs: number }> {
      const answers: Record<string, string> = {};
      let tabs = 0;
      let mishaps = 3;
      const open = async (): Promise<Page> => {
        const page = await context.newPage();
        tabs++;
        await page.goto(url);
        await whenLoaded(page);
        // Not awaited: the network may hold them up.
        const identifyAndTrack = (inkling: Inkling, id: string): void => {
          void inkling.identify(id);
          void inkling.track('go');
        };
        await withClient(page, identifyAndTrack, userId);
        return page;
      };
      for (let n = random.whole(1, 2); n > 0; n--) await open();
      for (let round = 0; round < 60; round++) {
        const shown = await findSurvey(context, random.whole(300, 2_000));
        if (!shown) {
          await open();
          continue;
        }
        const { page, card } = shown;
        if (card === 'ending') break;
        if (mishaps > 0 && random.chance(0.3)) {
          mishaps--;
          if (random.chance(0.5)) await page.reload();
          else await page.close();
          if (random.chance(0.7)) await open();
          continue;
        }
        const answer = `${card} of ${userId}, ${round}`;
        if (await give(page, card, answer)) answers[card] = answer;
      }
      // The next visit, over the same network: delivers what still waits.
      for (let tries = 0; tries < 20 && !(await hasArrived(answers.one)); tries++) {
        const page = await open();
        await page.waitForTimeout(1_500);
        await page.close();
      }
      return { answers, tabs };
    }
  } finally {
    await proxy.stop();
    await site.stop();
    await server.stop();
  }
});

/** Answers the card; returns whether the survey went on to the next one. */
function give(page: Page, card: string, answer: string): Promise<boolean> {
  return page.evaluate(
    async ([name, value]) => {
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const dialog = () =>
        document.querySelector('inkling-survey')?.shadowRoot?.querySelector('[role=dialog]');
      const field = dialog()?.querySelector('textarea');
      if (!field) return false;
      field.value = value as string;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await wait(50);
      const buttons = [...(dialog()?.querySelectorAll('button') ?? [])];
      buttons.find(({ textContent }) => /Next|Finish/.test(textContent ?? ''))?.click();
      for (let tries = 0; tries < 100; tries++) {
        await wait(50);
        const text = dialog()?.textContent;
        if (text && !text.includes(`Question ${name}`)) return true;
      }
      return false;
    },
    [card, answer],
  );
}

/** The page with an open survey, and the card on it. */
async function findSurvey(
  context: BrowserContext,
  ms: number,
): Promise<{ readonly page: Page; readonly card: string } | undefined> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    for (const page of context.pages()) {
      const text = await page.evaluate(
        () =>
          document.querySelector('inkling-survey')?.shadowRoot?.querySelector('[role=dialog]')?.textContent,
      );
      if (text?.includes('Thank you!')) return { page, card: 'ending' };
      const card = CARDS.find((one) => text?.includes(`Question ${one}`));
      if (card) return { page, card };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

/** Number of displays of this person on the server. */
async function displaysOf(url: string, environmentId: string, userId: string): Promise<number> {
  const body = JSON.stringify({ userId });
  const reply = await fetch(`${url}/api/v1/client/${environmentId}/user`, { method: 'POST', body });
  return (await reply.json()).data.state.data.displays.length;
}
