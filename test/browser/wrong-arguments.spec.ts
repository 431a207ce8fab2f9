import type { Page } from '@playwright/test';
import { expect, test } from './support.ts';
import { everyField, openPage } from './survey-page.ts';

/** Calls, by the number of arguments that are tried. */
const CALLS: Readonly<Record<string, number>> = {
  setup: 1,
  identify: 3,
  setAttributes: 1,
  setLanguage: 1,
  track: 2,
  showSurvey: 1,
  closeSurvey: 1,
  logout: 1,
  reset: 1,
  forget: 1,
  render: 2,
  consent: 1,
  explain: 1,
  state: 1,
  on: 2,
};

/** Runs every call with every wrong argument at every place, directly and by name; returns what went wrong. */
async function callAll(page: Page, calls: Readonly<Record<string, number>>): Promise<string[]> {
  return page.evaluate(async (places) => {
    const inkling = (window as never as { inkling: Record<string, (...all: unknown[]) => unknown> }).inkling;
    const circle: Record<string, unknown> = { plan: 'pro' };
    circle.self = circle;
    const ring: unknown[] = [];
    ring.push(ring);
    const boom = (): never => {
      throw new Error('thrown by the page');
    };
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const wrong: Record<string, unknown> = {
      null: null,
      undefined: undefined,
      circle,
      ring,
      'a circle inside': { a: { b: circle } },
      'a getter that throws': Object.defineProperty({}, 'plan', { enumerable: true, get: boom }),
      'a proxy that throws': new Proxy(
        {},
        { get: boom, has: boom, ownKeys: boom, getOwnPropertyDescriptor: boom, getPrototypeOf: boom },
      ),
      'a revoked proxy': revoked,
      'an object without a text': { toString: boom, valueOf: boom, toJSON: boom },
      'no prototype': Object.create(null),
      symbol: Symbol('s'),
      'an object of symbols': { plan: Symbol('s') },
      function: () => 1,
      'a class': class A {},
      bigint: 10n,
      'an object of a bigint': { plan: 10n },
      NaN: Number.NaN,
      'a date': new Date(Number.NaN),
      'a node': document.body,
      window,
      'a huge text': 'x'.repeat(5_000_000),
      'an object of a huge text': { plan: 'x'.repeat(5_000_000) },
      'a number': 1,
      true: true,
      'an empty text': '',
      'an empty list': [],
      'half a letter': '\ud800',
      // biome-ignore lint/suspicious/noThenProperty: what a page may pass
      'a promise that fails': { then: boom },
    };
    const problems: string[] = [];
    let now = '';
    addEventListener('error', ({ message }) => problems.push(`${now}: page error ${message}`));
    addEventListener('unhandledrejection', (event) => {
      let why = '?';
      try {
        why = String(event.reason?.stack ?? event.reason);
      } catch {}
      problems.push(`${now}: unhandled ${why.slice(0, 300)}`);
    });
    const right: Record<string, unknown[]> = {
      identify: ['ada', {}, {}],
      track: ['did-it', {}],
      on: ['shown', () => {}],
      render: [{}, {}],
    };
    for (const [name, count] of Object.entries(places)) {
      for (let at = 0; at < count; at++) {
        for (const [what, value] of Object.entries(wrong)) {
          for (const way of ['directly', 'by name']) {
            now = `${name} ${at} ${what} ${way}`;
            const args = [...(right[name] ?? []).slice(0, at), value];
            try {
              const result =
                way === 'directly'
                  ? inkling[name]?.(...args)
                  : (inkling as never as (...all: unknown[]) => unknown)(name, ...args);
              await Promise.race([result, new Promise((resolve) => setTimeout(resolve, 5))]);
            } catch (error) {
              problems.push(`${now}: threw ${error}`);
            }
          }
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return problems;
  }, calls);
}

test('no call throws, whatever it is given', async ({ page, server, site }) => {
  await openPage(page, { server, site }, '<h1>Host</h1>', everyField());
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  expect(await callAll(page, CALLS)).toEqual([]);
  // One line per kind of mistake, which names what was wrong.
  const codes = lines.map((line) => /^\[inkling\] .*\(([a-z-]+)\)$/s.exec(line)?.[1]);
  expect([...new Set(codes)].sort()).toEqual([...codes].sort());
  for (const code of ['attributes', 'consent', 'handler', 'language', 'render', 'unknown-action', 'user-id'])
    expect(codes).toContain(code);
});
