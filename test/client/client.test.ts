// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStore, get, set } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Inkling, SetupOptions } from '../../src/api/types.ts';
import { createClient } from '../../src/client/client.ts';
import { survey } from '../core/targeting/sample.ts';
import {
  type Answer,
  type Asked,
  answer,
  environmentReply,
  fakeClock,
  pass,
  userReply,
} from '../session/support.ts';
import { PROMISING } from '../support/calls.ts';
import { codeAction, goTo, loadReal, recordEvents, recordUi, watchConsole } from './support.ts';

let clients: Inkling[] = [];
let lines: string[] = [];
beforeEach(() => {
  fakeClock();
  globalThis.indexedDB = new IDBFactory();
  lines = watchConsole();
  goTo('/');
});
afterEach(() => {
  for (const client of clients) client.destroy();
  clients = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const environment = () =>
  environmentReply({
    surveys: [survey({ triggers: [{ actionClass: { name: 'A' } }] })],
    actionClasses: [codeAction('a')],
  });
const well = ({ path, body }: Asked): Answer =>
  path.endsWith('/user') ? userReply(body?.userId) : environment();

const OPTIONS: SetupOptions = { environmentId: 'e', appUrl: 'https://server.test/' };

/** A client on a page whose server answers by `reply`; `contract` is that of the chunk that draws. */
function open({
  reply = well,
  contract = 6,
}: {
  reply?: (asked: Asked) => Answer | Promise<Answer>;
  contract?: number;
} = {}) {
  const asked = answer(reply);
  const { ui, slot } = recordUi();
  const loaded: string[] = [];
  const panels: string[] = [];
  const client = createClient(async (server, name) => {
    loaded.push(`${server} ${name}`);
    if (name === 'debug')
      return {
        openDebugPanel: (_inkling: Inkling, { environmentId }: { environmentId: string }) => {
          panels.push(`open ${environmentId}`);
          return () => panels.push('close');
        },
      } as never;
    return loadReal(name, { ...ui, contract } as typeof ui);
  });
  clients.push(client);
  const seen = recordEvents(client.on, 'ready', 'identified', 'action', 'error');
  return { ...client, asked, seen, slot: slot.asked, loaded, panels };
}

/** Where a promise stands. */
function watch(work: Promise<unknown>): { isOver: boolean } {
  const story = { isOver: false };
  void work.then(() => {
    story.isOver = true;
  });
  return story;
}
const stored = async (key = 'e/state') => {
  let value: unknown = 'unread';
  void get(key, createStore('inkling', 'kv')).then((one) => {
    value = one;
  });
  await pass();
  return value;
};

describe('calls before setup', () => {
  it('wait for it, and come in their order', async () => {
    const { identify, track, setup, asked, slot, seen } = open();
    const calls = watch(Promise.all([identify('u1', { plan: 'pro' }), track('a')]));
    await pass();
    expect(calls.isOver).toBe(true);
    expect(asked).toEqual([]);
    void setup(OPTIONS);
    await pass(10);
    expect(asked.find(({ path }) => path === 'e/user')?.body).toMatchObject({ userId: 'u1' });
    expect(seen).toEqual(['identified u1', 'ready', 'action A']);
    expect(slot).toEqual(['enqueue s1 A {}']);
  });

  it('ready settles with the first environment', async () => {
    const { ready, setup } = open();
    const story = watch(ready);
    await pass(10);
    expect(story.isOver).toBe(false);
    void setup(OPTIONS);
    await pass(10);
    expect(story.isOver).toBe(true);
  });

  it('state is undefined and explain empty', () => {
    const { state, explain } = open();
    expect(state()).toBeUndefined();
    expect(explain()).toEqual([]);
  });
});

describe('an action that is tracked', () => {
  it('before the environment is known is waited for 1 s at most, and fires later all the same', async () => {
    let release: (reply: Answer) => void = () => {};
    const slow = new Promise<Answer>((resolve) => {
      release = resolve;
    });
    const { setup, track, seen } = open({ reply: () => slow });
    void setup(OPTIONS);
    await pass();
    const story = watch(track('a'));
    await pass(700);
    expect(story.isOver).toBe(false);
    await pass(200);
    expect(story.isOver).toBe(true);
    release(environment());
    await pass(10);
    expect(seen).toEqual(['ready', 'action A']);
  });

  it('and that the environment does not have is a line for the developer', async () => {
    const { setup, track, seen } = open();
    void setup(OPTIONS);
    await pass(10);
    void track('b');
    await pass(10);
    expect(seen.at(-1)).toBe('error unknown-action b');
    expect(lines).toEqual([expect.stringMatching(/^\[inkling\] track\('b'\): .* \(unknown-action\)$/)]);
  });
});

describe('setup', () => {
  it.each<[string, object | undefined, string]>([
    ['nothing at all', undefined, 'error environment-id '],
    [
      'an environment id that is none',
      { environmentId: 'E 1', appUrl: 'https://server.test' },
      'error environment-id E 1',
    ],
    ['no address', { environmentId: 'e' }, 'error app-url '],
    ['an address that is none', { environmentId: 'e', appUrl: 'server.test' }, 'error app-url server.test'],
  ])('with %s is a line for the developer, and may be made again', async (_name, options, expected) => {
    const { setup, seen, asked } = open();
    void setup(options as SetupOptions);
    await pass(10);
    expect(seen).toEqual([expected]);
    expect(lines).toHaveLength(1);
    expect(asked).toEqual([]);
    void setup(OPTIONS);
    await pass(10);
    expect(seen.at(-1)).toBe('ready');
  });

  it('a second time does nothing', async () => {
    const { setup, seen, asked } = open();
    void setup(OPTIONS);
    void setup(OPTIONS);
    await pass(10);
    void setup(OPTIONS);
    await pass(10);
    expect(asked).toHaveLength(1);
    expect(seen).toEqual(['ready']);
  });

  it('a second time for another environment is a line for the developer', async () => {
    const { setup, seen, state } = open();
    void setup(OPTIONS);
    void setup({ ...OPTIONS, environmentId: 'f' });
    await pass(10);
    expect(seen).toContain('error second-setup f');
    expect(state()?.environmentId).toBe('e');
  });

  it('opens the debug panel where it is asked for, in the options or in the address', async () => {
    const { setup, panels, destroy } = open();
    void setup({ ...OPTIONS, debug: true });
    await pass(10);
    expect(panels).toEqual(['open e']);
    destroy();
    await pass();
    expect(panels).toEqual(['open e', 'close']);
    goTo('/?inkling-debug=1');
    const other = open();
    void other.setup(OPTIONS);
    await pass(10);
    expect(other.panels).toEqual(['open e']);
  });
});

describe('consent', () => {
  it('that is required holds everything back: nothing is stored, sent or waited for', async () => {
    const { setup, identify, track, explain, asked, seen } = open();
    void setup({ ...OPTIONS, consent: 'required' });
    await pass();
    const calls = watch(Promise.all([identify('u1'), track('a')]));
    await pass(10);
    expect(calls.isOver).toBe(true);
    expect([asked, seen]).toEqual([[], []]);
    expect(await indexedDB.databases()).toEqual([]);
    expect(explain('s1')).toEqual([
      {
        ...{ surveyId: 's1', show: false, language: undefined, problem: undefined },
        gates: [{ code: 'consent', pass: false, used: 'required' }],
      },
    ]);
  });

  it('that is granted then lets the calls through that came meanwhile', async () => {
    const { setup, identify, track, consent, seen } = open();
    void setup({ ...OPTIONS, consent: 'required' });
    await pass();
    void identify('u1');
    void track('a');
    void consent('granted');
    await pass(10);
    expect(seen).toEqual(['identified u1', 'ready', 'action A']);
  });

  it('that is denied drops those calls and the later ones, and erases what an earlier page stored', async () => {
    void set('e/state', { v: 1 }, createStore('inkling', 'kv'));
    await pass();
    const { setup, identify, track, consent, asked, seen } = open();
    void setup({ ...OPTIONS, consent: 'required' });
    await pass();
    void identify('u1');
    void consent('denied');
    await pass(10);
    void track('a');
    await pass(10);
    expect([asked, seen]).toEqual([[], []]);
    expect(await stored()).toBeUndefined();
    void consent('granted');
    await pass(10);
    expect(seen).toEqual(['ready']);
  });

  it('that is denied while it runs closes the survey, erases everything and stops', async () => {
    const { setup, track, consent, state, slot, seen } = open();
    void setup(OPTIONS);
    await pass(10);
    void track('a');
    await pass(10);
    void consent('denied');
    await pass(10);
    expect(slot).toContain('close logout');
    expect(state()).toBeUndefined();
    expect(await stored()).toBeUndefined();
    void track('a');
    await pass(10);
    expect(seen.filter((one) => one === 'action A')).toHaveLength(1);
  });

  it('that is denied from the start erases what an earlier page stored, and begins nothing', async () => {
    void set('e/state', { v: 1 }, createStore('inkling', 'kv'));
    await pass();
    const { setup, asked } = open();
    void setup({ ...OPTIONS, consent: 'denied' });
    await pass(10);
    expect(await stored()).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('that the site has given before setup counts more than the options', async () => {
    const { setup, consent, seen } = open();
    void consent('granted');
    void setup({ ...OPTIONS, consent: 'required' });
    await pass(10);
    expect(seen).toEqual(['ready']);
  });
});

describe('Global Privacy Control', () => {
  beforeEach(() => {
    vi.stubGlobal('navigator', { onLine: true, globalPrivacyControl: true });
  });

  it('lets the environment be read, and nobody be identified or anything stored', async () => {
    const { setup, identify, asked, seen } = open();
    void setup(OPTIONS);
    void identify('u1');
    await pass(10);
    expect(asked.map(({ path }) => path)).toEqual(['e/environment']);
    expect(seen.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual(['error privacy', 'ready']);
    expect(lines).toEqual([]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  it('gives way to a consent: a client that stores takes the place of the one that did not', async () => {
    const { setup, consent, identify, state } = open();
    void setup(OPTIONS);
    await pass(10);
    expect(state()?.isPersistent).toBe(false);
    void consent('granted');
    await pass(10);
    void identify('u1');
    await pass(10);
    expect(state()).toMatchObject({ userId: 'u1', isPersistent: true });
  });
});

describe('problems', () => {
  it('are in explain until the server has answered', async () => {
    let isDown = true;
    const { setup, explain } = open({ reply: (one) => (isDown ? undefined : well(one)) });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    void setup(OPTIONS);
    await pass(10);
    await pass(10);
    const problem = { code: 'unreachable', message: '' };
    expect(explain()).toEqual([{ surveyId: '', show: false, language: undefined, gates: [], problem }]);
    isDown = false;
    await pass(1_100);
    expect(explain().map(({ surveyId, problem }) => [surveyId, problem])).toEqual([['s1', undefined]]);
  });

  it('come beside the surveys where there are some, and one survey can be asked for', async () => {
    const { setup, track, explain } = open();
    void setup(OPTIONS);
    await pass(10);
    void track('b');
    await pass(10);
    const problem = { code: 'unknown-action', message: 'b' };
    expect(explain('s1')).toMatchObject([{ surveyId: 's1', problem }]);
    expect(explain('s9')).toMatchObject([{ surveyId: 's9', gates: [], problem }]);
  });

  it('a bug of ours in a call ends as an event, not in the page', async () => {
    const { setup, identify, seen } = open();
    void setup(OPTIONS);
    await pass(10);
    const options = {
      get userHash(): string {
        throw new TypeError('x');
      },
    };
    void identify('ada', {}, options);
    await pass(10);
    expect(seen.at(-1)).toMatch(/^error internal TypeError/);
    expect(lines).toEqual([]);
  });

  it('a chunk of another version is not used', async () => {
    const { setup, showSurvey, render, seen, slot } = open({ contract: 4 });
    void setup(OPTIONS);
    await pass(10);
    void showSurvey('s1');
    await pass(10);
    expect(seen.at(-1)).toBe('error renderer Error: its script is of another version: 4');
    expect(slot).toEqual([]);
    expect(await render({})).toBeUndefined();
    expect(seen.at(-1)).toBe('error render Error: its script is of another version: 4');
    await pass();
    expect(lines).toHaveLength(2);
  });
});

it('render needs no setup and asks no server', async () => {
  const { render, asked, loaded } = open();
  expect(await render({})).toBeDefined();
  expect(loaded).toEqual([' ui']);
  expect(asked).toEqual([]);
});

/** What a server may do instead of answering. */
const FAULTS: readonly (readonly [name: string, reply: () => Answer | Promise<Answer>])[] = [
  ['is down', () => undefined],
  ['hangs', () => new Promise(() => {})],
  ['is overloaded', () => ({ status: 503, headers: { 'retry-after': '120' } })],
];

describe.each(FAULTS)('while the server %s', (_name, reply) => {
  it.each(PROMISING)('%s settles within 1 s, before setup and afterwards', async (name, args) => {
    const client = open({ reply });
    const make = () => watch((client[name] as (...all: readonly unknown[]) => Promise<unknown>)(...args));
    const stories = [make()];
    await pass();
    void client.setup(OPTIONS);
    stories.push(make());
    await pass(50);
    // Somebody is here, and not yet known to the server.
    void client.identify('u1', { plan: 'pro' });
    stories.push(make());
    await pass(950);
    expect(stories.map(({ isOver }) => isOver)).toEqual([true, true, true]);
  });
});

describe('a chunk on its way', () => {
  const drawn: string[] = [];
  /** A client whose chunk that draws comes when it is released. */
  const openSlowly = () => {
    let release = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      release = resolve;
    });
    drawn.length = 0;
    const ui = {
      ...recordUi().ui,
      render: async () => {
        drawn.push('drawn');
        return { close: () => void drawn.push('closed') };
      },
    };
    const client = createClient(async (_server, name) => {
      await arrival;
      return loadReal(name, ui);
    });
    clients.push(client);
    return { ...client, release };
  };

  it('is waited for 1 s at most; it draws when it is there, and what it has drawn can be closed', async () => {
    const { render, release } = openSlowly();
    let close: (() => void) | undefined;
    void render({}).then((survey) => {
      close = survey?.close;
    });
    await pass(700);
    expect(close).toBeUndefined();
    await pass(200);
    expect(close).toBeDefined();
    release();
    await pass(10);
    expect(drawn).toEqual(['drawn']);
    close?.();
    await pass();
    expect(drawn).toEqual(['drawn', 'closed']);
  });

  it('closes what it draws when that was asked for before', async () => {
    const { render, release } = openSlowly();
    let close: (() => void) | undefined;
    void render({}).then((survey) => {
      close = survey?.close;
    });
    await pass(900);
    close?.();
    expect(drawn).toEqual([]);
    release();
    await pass(10);
    expect(drawn).toEqual(['drawn', 'closed']);
  });
});

describe('calls by name', () => {
  const byName = () => {
    const seen: string[] = [];
    const client = createClient(async (_server, name) => loadReal(name));
    clients.push(client);
    client.on('error', ({ code, message }) => seen.push(`${code} ${message}`));
    return { call: client as unknown as (...all: unknown[]) => unknown, seen };
  };

  it('are those of the methods', () => {
    const { call } = byName();
    expect(call('explain')).toEqual([]);
    expect(call('on', 'ready', () => {})).toBeTypeOf('function');
  });

  it.each([
    'trak',
    '',
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'ready',
    'version',
    'apply',
    'q',
  ])('%j, which is none, is a line for the developer', async (name) => {
    const { call, seen } = byName();
    expect(call(name, 'go')).toBeUndefined();
    await pass();
    expect(seen).toEqual([`unknown-call ${name}`]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`inkling('${name}', …): there is no such call; the nearest is '`);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['a symbol', Symbol('x')],
    ['an object', {}],
    ['a function', () => {}],
  ])('%s in the place of a name throws nothing, and is a line', async (_name, value) => {
    const { call } = byName();
    expect(call(value)).toBeUndefined();
    await pass();
    expect(lines).toHaveLength(1);
  });

  it('an object that is no text ends as an event, not in the page', async () => {
    const { call, seen } = byName();
    expect(() => call({ toString: () => Symbol('x') })).not.toThrow();
    await pass();
    expect(seen).toHaveLength(1);
  });

  it('have one line for each wrong name', async () => {
    const { call } = byName();
    for (const name of ['trak', 'trak', 'idntify']) call(name);
    await pass();
    expect(lines.map((line) => /nearest is '(\w+)'/.exec(line)?.[1])).toEqual(['track', 'identify']);
  });
});

describe('a setup without an environment', () => {
  const NAMELESS = { environmentId: null, appUrl: 'https://server.test' } as unknown as SetupOptions;

  it('is a line, two seconds later', async () => {
    const { setup, seen } = open();
    void setup(NAMELESS);
    await pass(1_900);
    expect(seen).toEqual([]);
    await pass(200);
    expect(seen).toEqual(['error environment-id ']);
    expect(lines).toEqual([expect.stringContaining('data-environment-id')]);
  });

  it('waits for a page that is still loading', async () => {
    const { setup, seen } = open();
    const state = vi.spyOn(document, 'readyState', 'get').mockReturnValue('interactive');
    void setup(NAMELESS);
    await pass(7_000);
    expect(seen).toEqual([]);
    state.mockReturnValue('complete');
    await pass(2_000);
    expect(seen).toEqual(['error environment-id ']);
  });

  it.each([
    ['has called it itself', OPTIONS],
    ['has called it itself, and wrongly', { ...OPTIONS, environmentId: 'E!' }],
  ])('is nothing where the page %s', async (_name, options) => {
    const { setup, seen } = open();
    void setup(NAMELESS);
    await pass(1_000);
    void setup(options);
    await pass(10);
    const before = [...seen];
    await pass(5_000);
    expect(seen).toEqual(before);
  });

  it('is nothing after destroy', async () => {
    const { setup, destroy, seen } = open();
    void setup(NAMELESS);
    destroy();
    await pass(5_000);
    expect(seen).toEqual([]);
  });

  it('opens the debug panel when the address asks for it', async () => {
    goTo('/?inkling-debug=1');
    const { setup, panels } = open();
    void setup(NAMELESS);
    await pass(2_100);
    expect(panels).toEqual(['open ']);
  });
});

describe('destroy', () => {
  it('drops the calls that wait and those that follow', async () => {
    const { track, destroy, setup, seen } = open();
    const early = watch(track('a'));
    destroy();
    await pass();
    expect(early.isOver).toBe(true);
    const late = watch(track('a'));
    await pass();
    expect(late.isOver).toBe(true);
    void setup(OPTIONS);
    await pass(10);
    expect(seen).toEqual(['ready']);
  });

  it('takes back a client whose storage is still opening', async () => {
    const { setup, destroy, seen, state, asked } = open();
    void setup(OPTIONS);
    destroy();
    await pass(100);
    expect([seen, asked]).toEqual([[], []]);
    expect(state()).toBeUndefined();
  });

  it('may be followed by a setup for another environment', async () => {
    const { setup, destroy, state, track, seen } = open();
    void setup(OPTIONS);
    await pass(10);
    destroy();
    expect(state()).toBeUndefined();
    void setup({ environmentId: 'f', appUrl: 'https://other.test' });
    void track('a');
    await pass(10);
    expect(state()?.environmentId).toBe('f');
    expect(seen.at(-1)).toBe('action A');
  });
});

it('forget erases everything, and the client goes on', async () => {
  const { setup, identify, forget, state, track, seen } = open();
  void setup(OPTIONS);
  void identify('u1');
  await pass(10);
  void forget();
  await pass(10);
  expect(state()?.userId).toBeNull();
  expect(await stored()).toBeUndefined();
  void track('a');
  await pass(10);
  expect(seen).toContain('ready');
});
