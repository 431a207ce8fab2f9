import type { Page } from '@playwright/test';
import { HOSTILE_ADDRESSES, HOSTILE_PATTERNS } from '../core/hostile-patterns.ts';
import {
  call,
  expect,
  type HostSite,
  passTime,
  randomId,
  ratingThenText,
  recordEvents,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  valueIn,
  whenReady,
} from './support.ts';
import { closeSurvey } from './survey-page.ts';

interface Action {
  readonly id: string;
  readonly name: string;
}

/** Makes a no-code action through the management API. */
function createNoCode(server: TestServer, type: string, config: object = {}): Promise<Action> {
  return server.manage('POST', 'action-classes', {
    name: `${type} ${randomId()}`,
    type: 'noCode',
    noCodeConfig: { type, urlFilters: [], ...config },
  });
}

const HIGH = '<h1>The host site</h1><p style="height: 5000px">Some text.</p>';

/** A site with one survey that the actions open, as often as they happen. */
async function openSite(
  page: Page,
  { server, site }: { server: TestServer; site: HostSite },
  actions: readonly Action[],
  body = HIGH,
): Promise<void> {
  await server.createSurvey(ratingThenText({ displayOption: 'respondMultiple' }).document, actions);
  site.put('*', { head: tagFor(server), body });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    addEventListener('load', () => window.inkling?.on('action', ({ action }) => seen.push(action)));
  });
  await page.goto(site.url);
  await whenReady(page);
}

/** The names of the actions that have fired on this page. */
const seen = (page: Page): Promise<string[]> => valueIn<string[]>(page, 'seen');
const isShown = (page: Page): Promise<void> => expect(surveyOn(page)).toBeVisible();
const isNotShown = (page: Page): Promise<void> => expect(surveyOn(page)).toHaveCount(0);
const close = async (page: Page): Promise<void> => {
  await closeSurvey(page);
  await isNotShown(page);
};
/** Waits for the chunk of the triggers: it is fetched before the first address is looked at. */
const whenWatching = async (page: Page): Promise<void> => {
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /\/triggers-[^/]*\.js$/.test(name)),
  );
  await settle(page);
};
/** Lets the page handle its address. Waits on the page's event loop, which a busy machine slows down as well. */
const settle = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
const go = async (page: Page, path: string): Promise<void> => {
  await page.evaluate((to) => history.pushState(null, '', to), path);
  await settle(page);
};

test('click actions match by selector, by content, from inside and in an open shadow root; an invalid selector disables only its own action', async ({
  page,
  server,
  site,
}) => {
  const errors: Error[] = [];
  page.on('pageerror', (error) => errors.push(error));
  const bad = await createNoCode(server, 'click', { elementSelector: { cssSelector: 'a:nope((' } });
  const buy = await createNoCode(server, 'click', { elementSelector: { cssSelector: '.buy' } });
  const exact = await createNoCode(server, 'click', {
    elementSelector: { cssSelector: 'button', innerHtml: 'Try <b>it</b>' },
  });
  const deep = await createNoCode(server, 'click', { elementSelector: { cssSelector: '.deep' } });
  await openSite(
    page,
    { server, site },
    [bad, buy, exact, deep],
    `<div class="buy"><span>Buy now</span></div>
    <button>Try <b>it</b></button><button>Leave it</button><my-card></my-card>
    <script>
      // No ancestor gets its clicks.
      document.body.addEventListener('click', (event) => event.stopPropagation());
      const root = document.querySelector('my-card').attachShadow({ mode: 'open' });
      root.innerHTML = '<button class="deep">Deep</button>';
    </script>`,
  );
  await whenWatching(page);
  await page.getByText('Leave it').click();
  await page.getByText('Buy now').click();
  await isShown(page);
  // The survey's own button is a `button` too.
  await close(page);
  await page.getByRole('button', { name: 'Try it' }).click();
  await isShown(page);
  await close(page);
  await page.getByText('Deep').click();
  await isShown(page);
  expect(await seen(page)).toEqual([buy.name, exact.name, deep.name]);
  expect(errors).toEqual([]);
});

test('a click action fires only at addresses that match its URL rules, regular expressions included', async ({
  page,
  server,
  site,
}) => {
  const buy = await createNoCode(server, 'click', {
    elementSelector: { cssSelector: 'h1' },
    urlFilters: [
      { rule: 'exactMatch', value: '/shop' },
      { rule: 'matchesRegex', value: '^http://[^/]+/(?!.*secret).*/item-\\d{2,4}$' },
    ],
  });
  await openSite(page, { server, site }, [buy]);
  await whenWatching(page);
  await page.locator('h1').click();
  for (const path of ['/shop/bag', '/a/item-1', '/secret/item-42']) {
    await go(page, path);
    await page.locator('h1').click();
  }
  expect(await seen(page)).toEqual([]);
  for (const path of ['/shop', '/a/b/item-42']) {
    await go(page, path);
    await page.locator('h1').click();
    await isShown(page);
    await close(page);
  }
  expect(await seen(page)).toEqual([buy.name, buy.name]);
});

test('exit intent fires once per address when the mouse leaves at the top', async ({
  page,
  server,
  site,
}) => {
  const exit = await createNoCode(server, 'exitIntent');
  await openSite(page, { server, site }, [exit]);
  await whenWatching(page);
  const leave = async (): Promise<void> => {
    await page.mouse.move(200, 100);
    await page.mouse.move(200, 2);
    await page.mouse.move(200, -10);
  };
  await leave();
  await isShown(page);
  await close(page);
  await leave();
  await passTime(page, 300);
  await isNotShown(page);
  await go(page, '/next');
  await leave();
  await isShown(page);
  expect(await seen(page)).toEqual([exit.name, exit.name]);
});

test('exit intent fires on a touch screen when the page is scrolled up fast', async ({
  browser,
  server,
  site,
}) => {
  const context = await browser.newContext({
    hasTouch: true,
    isMobile: true,
    viewport: { width: 400, height: 800 },
  });
  const page = await context.newPage();
  const exit = await createNoCode(server, 'exitIntent');
  await openSite(page, { server, site }, [exit]);
  await whenWatching(page);
  /** Moves the page in every frame, at so many px per ms. */
  const move = (by: number, speed: number): Promise<void> =>
    page.evaluate(
      ([distance, pxPerMs]) =>
        new Promise((resolve) => {
          const began = performance.now();
          const from = scrollY;
          const step = (): void => {
            const done = Math.min(Math.abs(distance), (performance.now() - began) * pxPerMs);
            scrollTo(0, from + Math.sign(distance) * done);
            if (done < Math.abs(distance)) requestAnimationFrame(step);
            else resolve();
          };
          requestAnimationFrame(step);
        }),
      [by, speed] as const,
    );
  await move(4_000, 8);
  // A page that is scrolled up within 2 s has just been opened.
  await page.waitForTimeout(2_200);
  await move(-600, 0.6);
  expect(await seen(page)).toEqual([]);
  await move(-3_000, 3);
  await isShown(page);
  expect(await seen(page)).toEqual([exit.name]);
  await context.close();
});

test('scroll depth fires at its share of the page, and again only after a return to the top', async ({
  page,
  server,
  site,
}) => {
  const half = await createNoCode(server, 'fiftyPercentScroll');
  const most = await createNoCode(server, 'scrollDepth', { percentage: 90 });
  await openSite(page, { server, site }, [half, most]);
  await whenWatching(page);
  const scrollTo = (share: number): Promise<void> =>
    page.evaluate(async (to) => {
      window.scrollTo(0, to * (document.documentElement.scrollHeight - innerHeight));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, share);
  await scrollTo(0.49);
  expect(await seen(page)).toEqual([]);
  await scrollTo(0.5);
  await isShown(page);
  await close(page);
  await scrollTo(0.3);
  await scrollTo(0.6);
  expect(await seen(page)).toEqual([half.name]);
  await scrollTo(1);
  await isShown(page);
  await close(page);
  await scrollTo(0);
  await scrollTo(0.7);
  await expect.poll(() => seen(page)).toEqual([half.name, most.name, half.name]);
});

test('scroll depth does not fire on a page that cannot scroll', async ({ page, server, site }) => {
  const tenth = await createNoCode(server, 'scrollDepth', { percentage: 1 });
  await openSite(
    page,
    { server, site },
    [tenth],
    '<div id="part" style="height: 100px; overflow: auto"><p style="height: 900px">Part</p></div>',
  );
  await whenWatching(page);
  await page.evaluate(() => document.getElementById('part')?.scrollTo(0, 500));
  await page.mouse.wheel(0, 500);
  await passTime(page, 300);
  expect(await seen(page)).toEqual([]);
});

test('dwell time restarts with each address, idle time with each user event', async ({
  page,
  server,
  site,
}) => {
  const stay = await createNoCode(server, 'pageDwell', { timeInSeconds: 2 });
  const idle = await createNoCode(server, 'idle', { timeInSeconds: 3 });
  await openSite(page, { server, site }, [stay, idle]);
  await whenWatching(page);
  const actions = await recordEvents(page, 'action');
  await page.mouse.move(100, 100);
  // In the page and by its clock, so that a busy machine does not count as a pause of the visitor.
  const leftAt = await page.evaluate(async () => {
    for (let n = 0; n < 40; n++) {
      history.pushState(null, '', `/at-${n}`);
      dispatchEvent(new PointerEvent('pointermove'));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    history.pushState(null, '', '/stays');
    dispatchEvent(new PointerEvent('pointermove'));
    return Date.now();
  });
  await expect.poll(actions).toMatchObject([{ action: stay.name }, { action: idle.name }]);
  const [stayed, rested] = await actions();
  expect((stayed?.at ?? 0) - leftAt).toBeGreaterThanOrEqual(1_950);
  expect((rested?.at ?? 0) - leftAt).toBeGreaterThanOrEqual(2_950);
  await isShown(page);
});

test('occurrence 3 opens at the third time, counted across page loads', async ({ page, server, site }) => {
  const buy = await createNoCode(server, 'click', { elementSelector: { cssSelector: 'h1' } });
  await server.createSurvey(
    ratingThenText({ triggers: [{ actionClass: { id: buy.id }, occurrence: 3 }] }).document,
    [],
  );
  site.put('*', { head: tagFor(server) });
  for (const times of [1, 2, 3]) {
    await page.goto(`${site.url}/visit-${times}`);
    await whenReady(page);
    await whenWatching(page);
    await page.locator('h1').click();
    if (times < 3) {
      await passTime(page, 300);
      await isNotShown(page);
    }
  }
  await isShown(page);
});

test('destroy removes the listeners of all triggers', async ({ page, server, site }) => {
  const click = await createNoCode(server, 'click', { elementSelector: { cssSelector: 'h1' } });
  const exit = await createNoCode(server, 'exitIntent');
  const half = await createNoCode(server, 'fiftyPercentScroll');
  const idle = await createNoCode(server, 'idle', { timeInSeconds: 60 });
  await page.addInitScript(() => {
    const kept = new Set<string>();
    Object.assign(window, { kept });
    const ids = new Map<unknown, number>();
    const key = (name: string, handler: unknown, options: unknown): string => {
      if (!ids.has(handler)) ids.set(handler, ids.size);
      const isCapture = typeof options === 'object' ? (options as { capture?: boolean })?.capture : options;
      return `${name} ${ids.get(handler)} ${isCapture === true}`;
    };
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (name, handler, options) {
      // Only listeners of the snippet's own scripts.
      if (/inkling\.js|\/chunks\//.test(new Error().stack ?? '')) kept.add(key(name, handler, options));
      add.call(this ?? window, name, handler, options);
    };
    EventTarget.prototype.removeEventListener = function (name, handler, options) {
      kept.delete(key(name, handler, options));
      remove.call(this ?? window, name, handler, options);
    };
  });
  const kept = (): Promise<string[]> => page.evaluate<string[]>("[...kept].map((one) => one.split(' ')[0])");
  await openSite(page, { server, site }, [click, exit, half, idle]);
  await whenWatching(page);
  await expect.poll(kept).toEqual(expect.arrayContaining(['click', 'mouseleave', 'scroll', 'pointermove']));
  await call(page, 'destroy');
  expect(await kept()).toEqual([]);
  await page.locator('h1').click();
  expect(await seen(page)).toEqual([]);
});

/** Durations of the tasks of the page's main thread meanwhile, longest first, in ms of CPU time: other tests run in parallel. */
async function longestTasks(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error('No browser of our own');
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly {
      name: string;
      pid: number;
      tid: number;
      tdur?: number;
      args?: { name?: string };
    }[];
  };
  const isMain = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith('RunTask') && isMain.has(`${pid} ${tid}`),
  );
  // Without any task recorded the test would prove nothing.
  expect(tasks.length).toBeGreaterThan(10);
  return tasks.map(({ tdur = 0 }) => tdur / 1_000).sort((one, other) => other - one);
}

test('1,000 hostile pairs of pattern and address cause no task over 50 ms', async ({
  page,
  server,
  site,
}) => {
  expect(HOSTILE_PATTERNS.length * HOSTILE_ADDRESSES.length).toBeGreaterThanOrEqual(1_000);
  for (const value of HOSTILE_PATTERNS) {
    await createNoCode(server, 'click', {
      elementSelector: { cssSelector: 'h1' },
      urlFilters: [{ rule: 'matchesRegex', value }],
    });
  }
  const view = await server.createPageView('matchesRegex', '^https?://[^/]+/over$');
  await openSite(page, { server, site }, [view]);
  await whenWatching(page);
  const [longest] = await longestTasks(page, async () => {
    for (const address of HOSTILE_ADDRESSES) {
      await page.evaluate(
        (path) => history.pushState(null, '', path),
        address.replace('https://site.test', '/at').slice(0, 2_000),
      );
      await page.waitForTimeout(30);
    }
    await page.evaluate(() => history.pushState(null, '', '/over'));
    // The last address is decided, too.
    await expect.poll(() => seen(page)).toEqual([view.name]);
  });
  expect(longest).toBeLessThan(50);
  // Control: the same with the browser's own engine is seen as a long task.
  const [native] = await longestTasks(page, () =>
    page.evaluate(async () => {
      /(a+)+$/.test(`${'a'.repeat(25)}!`);
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve));
    }),
  );
  expect(native).toBeGreaterThan(50);
});
