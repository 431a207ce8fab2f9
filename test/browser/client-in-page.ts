import type { Page } from '@playwright/test';
import type { EventName, EventOf } from '../../src/api/events.ts';
import type { Inkling } from '../../src/api/types.ts';

/** The calls that take and return data: a listener can't be handed over to a page. */
type CallName = Exclude<keyof Inkling, 'on' | 'ready' | 'version'>;

/** An event as `recordEvents` keeps it. */
type Recorded<N extends EventName> = { [M in N]: { readonly name: M } & EventOf<M> }[N];

/** Waits until the script has run and `window.inkling` is the client, not the stub. */
export async function whenLoaded(page: Page): Promise<void> {
  await page.waitForFunction(() => window.inkling?.version);
}

/** Waits until the first decision is possible. */
export async function whenReady(page: Page): Promise<void> {
  await whenLoaded(page);
  await page.evaluate(() => window.inkling?.ready);
}

/**
 * Calls one method of `window.inkling` as a site would, and waits for its promise.
 *
 * @example
 * await call(page, 'identify', 'mara', { plan: 'pro' });
 */
export function call<M extends CallName>(
  page: Page,
  name: M,
  ...args: Parameters<Inkling[M]>
): Promise<Awaited<ReturnType<Inkling[M]>>> {
  return page.evaluate(
    ([method, given]) => {
      const client = window.inkling as unknown as Record<string, (...all: unknown[]) => never>;
      return client[method]?.(...given);
    },
    [name as string, args as unknown[]] as const,
  ) as Promise<Awaited<ReturnType<Inkling[M]>>>;
}

/**
 * Runs a function in the page with its client, as one task; for what `call` can't do: several calls at once, a call that
 * isn't waited for, a listener. Fails where the script has not run.
 *
 * @param work sent to the page as text, so it uses nothing from outside itself
 * @param given data for its second argument
 */
export async function withClient<R, G = undefined>(
  page: Page,
  work: (inkling: Inkling, given: G) => R,
  given?: G,
): Promise<Awaited<R>> {
  const client = await page.evaluateHandle(() => window.inkling as unknown as Inkling);
  try {
    return (await client.evaluate(
      work as (inkling: Inkling, all: unknown) => R,
      given as unknown,
    )) as Awaited<R>;
  } finally {
    // The page may have gone meanwhile.
    await client.dispose().catch(() => {});
  }
}

/** Records events of the client from now on. Returns a function that reads what has come so far, in order. */
export async function recordEvents<N extends EventName>(
  page: Page,
  ...names: readonly N[]
): Promise<() => Promise<Recorded<N>[]>> {
  const recorded = await page.evaluateHandle(
    (all) => {
      const list: unknown[] = [];
      const { inkling } = window;
      if (!inkling) throw new Error('the page has no client');
      for (const name of all) inkling.on(name as EventName, (event) => list.push({ name, ...event }));
      return list;
    },
    names as readonly string[],
  );
  return () => recorded.jsonValue() as Promise<Recorded<N>[]>;
}

/** Reads what a script of the test has put on `window` under a name. */
export function valueIn<T = unknown>(page: Page, name: string): Promise<T> {
  return page.evaluate((key) => (window as unknown as Record<string, T>)[key], name) as Promise<T>;
}

/** Number of showings that the server has not acknowledged, by `state()`. */
export async function undelivered(page: Page): Promise<number> {
  const state = await call(page, 'state');
  return state?.showings.filter(({ delivered }) => !delivered).length ?? 0;
}

/** Whether the page would decide by the environment it has, without asking the server. */
export async function isEnvironmentFresh(page: Page): Promise<boolean> {
  const state = await call(page, 'state');
  const now = await page.evaluate(() => Date.now());
  return now < (state?.environmentFreshUntil ?? 0);
}

/** The survey's gates that refuse it, apart from its trigger, by code. */
export async function refusals(page: Page, surveyId: string): Promise<string[]> {
  const [one] = await call(page, 'explain', surveyId);
  return (one?.gates ?? []).filter(({ pass, code }) => !pass && code !== 'trigger').map(({ code }) => code);
}

/**
 * Waits before an assertion that something has not happened, since there is no event to wait for: so long that it would
 * have happened by then. Nowhere else: what does happen is waited for itself.
 */
export function passTime(page: Page, ms: number): Promise<void> {
  return page.waitForTimeout(ms);
}
