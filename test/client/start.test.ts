// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStore, get } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvents } from '../../src/api/events.ts';
import type { SetupOptions } from '../../src/api/types.ts';
import { type StartDeps, start } from '../../src/client/start.ts';
import { putShowing } from '../../src/core/targeting/ledger.ts';
import { showing, survey } from '../core/targeting/sample.ts';
import {
  type Answer,
  type Asked,
  answer,
  environmentReply,
  fakeClock,
  MINUTE,
  pass,
  START,
  wellAnswer,
} from '../session/support.ts';
import { countListeners } from '../triggers/support.ts';
import { codeAction, goTo, loadReal, pageView, recordEvents, recordUi } from './support.ts';

let running: { stop: () => void }[] = [];
beforeEach(() => {
  fakeClock();
  globalThis.indexedDB = new IDBFactory();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  goTo('/');
});
afterEach(() => {
  for (const one of running) one.stop();
  running = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const DAY = 86_400_000;

interface World {
  readonly options?: Partial<SetupOptions>;
  readonly isPrivate?: boolean;
  readonly server?: string;
  readonly reply?: (asked: Asked) => Answer | Promise<Answer>;
}

/** One environment at work; `pass` afterwards lets it begin. */
async function setUp({ options, isPrivate, server = 'https://server.test', reply = wellAnswer }: World = {}) {
  const asked = answer(reply);
  const events = createEvents();
  const seen = recordEvents(events.on, 'ready', 'identified', 'action');
  const problems: string[] = [];
  let solved = 0;
  const { ui, slot, asked: chunk, cores } = recordUi();
  const deps: StartDeps = {
    options: { environmentId: 'e', appUrl: server, ...options },
    ...{ server, isPrivate, events },
    fail: (code, detail, isQuiet) => problems.push(`${code} ${detail}${isQuiet ? ' (quiet)' : ''}`),
    solve: () => solved++,
    load: (name) => loadReal(name, ui),
  };
  const starting = start(deps);
  await pass();
  const client = await starting;
  running.push(client);
  return { ...client, asked, seen, problems, slot: slot.asked, chunk, cores, solved: () => solved };
}

const busy = (one: Asked): Answer =>
  one.path.endsWith('/user')
    ? wellAnswer(one)
    : environmentReply({
        surveys: [survey({ triggers: [{ actionClass: { name: 'Any' } }] })],
        actionClasses: [pageView('Any', '/'), codeAction('a')],
      });

describe('beginning', () => {
  it('is ready once the environment is known, and then the page view fires', async () => {
    const { seen, slot } = await setUp({ reply: busy });
    await pass(10);
    expect(seen).toEqual(['ready', 'action Any']);
    // What is shown can be stored here: a page view may open it.
    expect(slot).toEqual(['enqueue s1 Any {}']);
  });

  it('identifies who the options name, before the first decision', async () => {
    const { seen, asked } = await setUp({ reply: busy, options: { userId: 'u1', language: 'de' } });
    await pass(10);
    expect(asked.find(({ path }) => path === 'e/user')?.body).toEqual({
      ...{ userId: 'u1', attributes: { language: 'de' } },
    });
    expect(seen).toEqual(['identified u1', 'ready', 'action Any']);
  });

  it('asks for nothing while what a former page stored is fresh', async () => {
    const first = await setUp({ reply: busy, options: { userId: 'u1' } });
    await pass(10);
    first.stop();
    const { asked, seen } = await setUp({ reply: busy, options: { userId: 'u1' } });
    await pass(10);
    expect(asked).toEqual([]);
    expect(seen).toEqual(['ready', 'action Any']);
  });

  it('goes on with the survey that a former page left, and delivers what waits', async () => {
    const first = await setUp();
    await pass(10);
    await first.state();
    first.stop();
    const left = showing({ closed: false, activeAt: START, shownAt: START, seq: 2, ackedSeq: 1 });
    const { cores } = await setUp();
    await pass(10);
    expect(cores).toEqual([]);
    const store = createStore('inkling', 'kv');
    const { update } = await import('idb-keyval');
    const written = update('e/showings', (old) => putShowing(old ?? { v: 1, list: [] }, left), store);
    await pass();
    await written;
    const { slot, chunk } = await setUp();
    await pass(10);
    expect(slot).toContain('resume r1');
    expect(chunk).toEqual(['drain']);
  });
});

describe('what needs the environment', () => {
  it('waits for it, however long that takes', async () => {
    let release: (reply: Answer) => void = () => {};
    const slow = new Promise<Answer>((resolve) => {
      release = resolve;
    });
    const { whenKnown } = await setUp({ reply: () => slow });
    const story: string[] = [];
    void whenKnown(async () => void story.push('done')).then(() => story.push('settled'));
    await pass(20_000);
    expect(story).toEqual([]);
    release(environmentReply());
    await pass(10);
    expect(story).toEqual(['done', 'settled']);
  });

  it('is done at once when it is known', async () => {
    const { whenKnown } = await setUp();
    await pass(10);
    const story: string[] = [];
    void whenKnown(async () => void story.push('done'));
    await pass();
    expect(story).toEqual(['done']);
  });
});

describe('a server that can’t be asked', () => {
  it.each<[string, World, string]>([
    [
      'has no such environment',
      { reply: () => ({ status: 404, body: { code: 'not_found' } }) },
      'not-found 404',
    ],
    ['is down', { reply: () => ({ status: 503 }) }, 'unreachable 503'],
    ['does not answer', { reply: () => undefined }, 'unreachable '],
  ])('%s: a line for the developer', async (_name, world, expected) => {
    const { problems, seen } = await setUp(world);
    await pass(100);
    expect(problems).toEqual([expected]);
    expect(seen).toEqual([]);
  });

  it('is on http under a page on https: that is the reason', async () => {
    vi.stubGlobal('location', { protocol: 'https:', href: 'https://site.test/' });
    const { problems } = await setUp({ server: 'http://server.test', reply: () => undefined });
    await pass(100);
    expect(problems).toEqual(['mixed-content ']);
  });

  it('is refused by the page’s policy: that is the reason', async () => {
    const { problems } = await setUp({ reply: () => undefined });
    dispatchEvent(
      Object.assign(new Event('securitypolicyviolation'), {
        ...{ blockedURI: 'https://server.test/', effectiveDirective: 'connect-src' },
      }),
    );
    await pass(100);
    expect(problems).toEqual(['csp connect-src']);
  });

  it('after it has answered before is a visitor’s network: no line', async () => {
    let isDown = false;
    const { problems, session } = await setUp({ reply: (one) => (isDown ? undefined : wellAnswer(one)) });
    await pass(10);
    isDown = true;
    await pass(61 * MINUTE);
    void session.sync();
    await pass(100);
    expect(problems).toEqual(['unreachable  (quiet)']);
  });

  it('is asked again, and then everything begins', async () => {
    let isDown = true;
    const { seen, solved } = await setUp({ reply: (one) => (isDown ? undefined : wellAnswer(one)) });
    await pass(10);
    isDown = false;
    await pass(1_000);
    expect(seen).toEqual(['ready']);
    expect(solved()).toBe(1);
  });
});

it.each<[string, number, readonly string[]]>([
  ['two days ahead: a line', 2 * DAY, ['clock 2']],
  ['two days behind: a line', -2 * DAY, ['clock 2']],
  ['some hours off: nothing', 11 * 3_600_000, []],
])('a clock of the device that is %s', async (_name, skew, expected) => {
  const { problems } = await setUp({
    reply: () => ({ ...environmentReply(), headers: { date: new Date(Date.now() + skew).toUTCString() } }),
  });
  await pass(10);
  expect(problems).toEqual(expected);
});

describe('forgetting', () => {
  it('closes the survey, logs out and erases memory and disk', async () => {
    const { forget, state, presenter, slot } = await setUp({ reply: busy, options: { userId: 'u1' } });
    await pass(10);
    void presenter.show('s1');
    await pass(10);
    void forget();
    await pass(10);
    expect(slot).toContain('close logout');
    expect(state()).toMatchObject({ userId: null, surveys: [] });
    let stored: unknown = 'unread';
    void get('e/state', createStore('inkling', 'kv')).then((value) => {
      stored = value;
    });
    await pass(10);
    expect(stored).toBeUndefined();
  });
});

it('a private visitor’s environment is read, and nobody is identified and nothing stored', async () => {
  const { state, asked, seen } = await setUp({ isPrivate: true, options: { userId: 'u1' } });
  await pass(10);
  expect(seen).toEqual(['ready']);
  expect(asked.map(({ path }) => path)).toEqual(['e/environment']);
  expect(state()).toMatchObject({ userId: null, isPersistent: false });
  expect(await indexedDB.databases()).toEqual([]);
});

it('the quiet time of the options ends by itself', async () => {
  const { presenter } = await setUp({
    reply: () => environmentReply({ surveys: [survey()], actionClasses: [codeAction('a')] }),
    options: { quiet: 30 },
  });
  await pass(10);
  const gate = () => presenter.explain()[0]?.gates.find(({ code }) => code === 'impolite');
  expect(gate()?.used).toBe('quiet');
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 31_000);
  expect(gate()?.pass).toBe(true);
});

describe('a page', () => {
  it('that changes its address fires its page views again', async () => {
    const { seen } = await setUp({ reply: busy });
    await pass(10);
    goTo('/next');
    await pass(10);
    expect(seen).toEqual(['ready', 'action Any', 'action Any']);
  });

  it('that goes, or is out of sight, sends what waits', async () => {
    const { presenter, chunk } = await setUp({ reply: busy });
    await pass(10);
    void presenter.show('s1');
    await pass(10);
    const hide = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    hide.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    dispatchEvent(new Event('pagehide'));
    expect(chunk).toEqual(['flush', 'flush']);
  });
});

describe('stopping', () => {
  it('leaves no listener and no timer, and nothing begins afterwards', async () => {
    const listeners = countListeners();
    const { stop, seen } = await setUp({ reply: () => undefined });
    await pass(10);
    stop();
    expect(listeners.left()).toBe(0);
    expect(listeners.passive()).toBe(true);
    await pass(10);
    expect(vi.getTimerCount()).toBe(0);
    expect(seen).toEqual([]);
  });

  it('before the environment is known keeps everything from beginning', async () => {
    let release: (reply: Answer) => void = () => {};
    const slow = new Promise<Answer>((resolve) => {
      release = resolve;
    });
    const { stop, seen } = await setUp({ reply: () => slow });
    stop();
    release(environmentReply());
    await pass(10);
    expect(seen).toEqual([]);
  });
});
