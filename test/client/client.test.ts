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
  it('before the environment is known waits 5 s at most, and fires later all the same', async () => {
    let release: (reply: Answer) => void = () => {};
    const slow = new Promise<Answer>((resolve) => {
      release = resolve;
    });
    const { setup, track, seen } = open({ reply: () => slow });
    void setup(OPTIONS);
    await pass();
    const story = watch(track('a'));
    await pass(4_900);
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
    const { setup, setLanguage, seen } = open();
    void setup(OPTIONS);
    await pass(10);
    void setLanguage(Symbol('x') as never);
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
