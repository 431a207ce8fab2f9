// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPresenter } from '../../src/client/presenter.ts';
import type { ActionClass, Survey } from '../../src/core/survey/document.ts';
import type { Moment } from '../../src/core/targeting/gates.ts';
import type { DeviceState } from '../../src/session/state.ts';
import { showing, survey } from '../core/targeting/sample.ts';
import { answer, environmentReply, fakeClock, pass, START, userReply } from '../session/support.ts';
import { codeAction, goTo, loadReal, openCore, pageView, recordEvents, recordSlot } from './support.ts';

beforeEach(() => {
  fakeClock();
  goTo('/');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

const on = (...names: string[]) => ({ triggers: names.map((name) => ({ actionClass: { name } })) });

interface World {
  readonly surveys?: readonly Survey[];
  readonly actions?: readonly ActionClass[];
  readonly state?: Partial<DeviceState>;
}

/** A presenter on a page whose environment is known. */
async function setUp({ surveys = [], actions = [codeAction('a')], state = {} }: World) {
  const asked = answer(({ path, body }) =>
    path.endsWith('/user') ? userReply(body?.userId) : environmentReply({ surveys, actionClasses: actions }),
  );
  const core = await openCore(state);
  const { session, events } = core;
  await session.sync();
  const slot = recordSlot();
  const now: { moment: Moment } = { moment: {} };
  const fired = recordEvents(events.on, 'action');
  const presenter = createPresenter({
    ...core,
    moment: () => now.moment,
    useSlot: async (work) => void (await work(slot)),
    load: (name) => loadReal(name),
  });
  return { ...core, presenter, slot: slot.asked, asked, now, fired };
}

describe('an action', () => {
  it('opens the first survey, in the server’s order, whose gates all pass', async () => {
    const surveys = [
      survey({ id: 'paused', status: 'paused', ...on('A') }),
      survey({ id: 'other', ...on('B') }),
      survey({ id: 'first', ...on('A') }),
      survey({ id: 'second', ...on('A') }),
    ];
    const { presenter, slot, fired } = await setUp({ surveys });
    expect(await presenter.track('a', { plan: 'pro' })).toBe(true);
    expect(slot).toEqual(['enqueue first A {"plan":"pro"}']);
    expect(fired).toEqual(['action A']);
  });

  it('that the environment does not have is not known', async () => {
    const { presenter, slot, fired } = await setUp({ surveys: [survey(on('A'))] });
    expect(await presenter.track('b')).toBe(false);
    expect([slot, fired]).toEqual([[], []]);
  });

  it('opens nothing while a survey is open', async () => {
    const { presenter, slot, now } = await setUp({ surveys: [survey(on('A'))] });
    now.moment = { isOpen: true };
    await presenter.track('a');
    expect(slot).toEqual([]);
  });

  it('waits for an identification that is under way, and goes by its reply', async () => {
    const segment = { id: 'g1', hasFilters: true };
    const { presenter, session, slot } = await setUp({ surveys: [survey({ segment, ...on('A') })] });
    answer(() => userReply('u1', { segments: ['g1'] }));
    void session.identify('u1', {});
    const done = presenter.track('a');
    expect(slot).toEqual([]);
    await pass();
    await done;
    expect(slot).toEqual(['enqueue s1 A {}']);
  });

  it('waits 5 s at most', async () => {
    const { presenter, session, slot } = await setUp({ surveys: [survey(on('A'))] });
    answer(() => new Promise(() => {}));
    void session.identify('u1', {});
    void presenter.track('a');
    await pass(4_900);
    expect(slot).toEqual([]);
    await pass(200);
    expect(slot).toEqual(['enqueue s1 A {}']);
  });

  it('is counted where a survey asks for the n-th time, and only there', async () => {
    const third = survey({ triggers: [{ actionClass: { name: 'A' }, occurrence: 3 }] });
    const { presenter, state, slot } = await setUp({
      surveys: [third],
      actions: [codeAction('a'), codeAction('b')],
    });
    await presenter.track('b');
    for (let n = 1; n <= 3; n++) {
      expect(slot).toEqual([]);
      await presenter.track('a');
    }
    expect(slot).toEqual(['enqueue s1 A {}']);
    expect(state.value().counts).toEqual({ A: 3 });
  });
});

describe('a delay', () => {
  it('is stored with its due time and armed, once', async () => {
    const { presenter, state, slot } = await setUp({ surveys: [survey({ delay: 7, ...on('A') })] });
    await presenter.track('a', { plan: 'pro' });
    const due = { surveyId: 's1', action: 'A', dueAt: START + 7_000, hiddenFields: { plan: 'pro' } };
    expect(state.value().due).toEqual([due]);
    expect(slot).toEqual(['armDelays']);
    await pass(1_000);
    await presenter.track('a');
    expect(state.value().due).toEqual([due]);
    expect(slot).toEqual(['armDelays']);
  });

  it('that a former page started is armed at the first page view', async () => {
    const due = [{ surveyId: 's1', action: 'A', dueAt: START + 1, hiddenFields: {} }];
    const { presenter, slot } = await setUp({ state: { due } });
    await presenter.pageView();
    expect(slot).toEqual(['armDelays']);
  });

  it('needs no chunk where none runs', async () => {
    const { presenter, slot } = await setUp({});
    await presenter.pageView();
    expect(slot).toEqual([]);
  });
});

describe('a page view', () => {
  const actions = [pageView('Docs', '/docs'), pageView('Home', '/home'), codeAction('a')];

  it('fires once per address, for the actions that match it', async () => {
    goTo('/docs/1');
    const { presenter, fired } = await setUp({ actions });
    await presenter.pageView();
    await presenter.pageView();
    expect(fired).toEqual(['action Docs']);
    goTo('/docs/2');
    await presenter.pageView();
    goTo('/elsewhere');
    await presenter.pageView();
    expect(fired).toEqual(['action Docs', 'action Docs']);
  });

  it('forgets what had fired at the former address', async () => {
    const { presenter } = await setUp({ actions, surveys: [survey(on('A'))] });
    const isFired = () => presenter.explain()[0]?.gates.find(({ code }) => code === 'trigger')?.pass;
    await presenter.pageView();
    await presenter.track('a');
    expect(isFired()).toBe(true);
    goTo('/docs');
    await presenter.pageView();
    expect(isFired()).toBe(false);
  });

  it('is left when the address does not match its action any more', async () => {
    goTo('/docs');
    const { presenter } = await setUp({ actions });
    await presenter.pageView();
    expect([presenter.isLeft('Docs'), presenter.isLeft('Home'), presenter.isLeft('A')]).toEqual([
      false,
      true,
      false,
    ]);
    goTo('/home');
    expect([presenter.isLeft('Docs'), presenter.isLeft('Home')]).toEqual([true, false]);
  });
});

describe('the triggers of the page', () => {
  const click = (): ActionClass => ({
    ...{ id: 'id-Click', name: 'Click', type: 'noCode', key: null },
    noCodeConfig: { type: 'click', elementSelector: { cssSelector: '#buy' }, urlFilters: [] } as never,
  });

  it('are fetched and armed where an action needs them, and stopped', async () => {
    document.body.innerHTML = '<button id="buy">Buy</button>';
    const { presenter, fired, slot } = await setUp({ actions: [click()], surveys: [survey(on('Click'))] });
    await presenter.pageView();
    document.getElementById('buy')?.click();
    await pass();
    expect(fired).toEqual(['action Click']);
    expect(slot).toEqual(['enqueue s1 Click {}']);
    presenter.stop();
    document.getElementById('buy')?.click();
    await pass();
    expect(fired).toHaveLength(1);
  });

  it('that can’t be had are reported, and page views fire all the same', async () => {
    const world = await setUp({ actions: [click(), pageView('Any', '/')] });
    const presenter = createPresenter({
      ...world,
      moment: () => ({}),
      useSlot: async () => {},
      load: async () => {
        throw new Error('no chunk');
      },
    });
    await presenter.pageView();
    expect(world.problems).toEqual(['onFailure Error: no chunk']);
    expect(world.fired).toEqual(['action Any']);
  });

  it('that arrive after the end are not armed', async () => {
    document.body.innerHTML = '<button id="buy">Buy</button>';
    const { presenter, fired } = await setUp({ actions: [click()] });
    const view = presenter.pageView();
    presenter.stop();
    await view;
    document.getElementById('buy')?.click();
    await pass();
    expect(fired).toEqual([]);
  });
});

describe('a survey that the site asks for', () => {
  it('opens whatever the gates say', async () => {
    const { presenter, slot } = await setUp({ surveys: [survey({ status: 'paused' })] });
    expect(await presenter.show('s1')).toBe(true);
    expect(slot).toEqual(['force s1']);
  });

  it('is unknown where the environment does not have it', async () => {
    const { presenter, slot } = await setUp({});
    expect(await presenter.show('s1')).toBe(false);
    expect(slot).toEqual([]);
  });
});

describe('a survey in progress', () => {
  const open = (change = {}) => showing({ closed: false, activeAt: START - 60_000, ...change });

  it.each<[string, object, string | null, readonly string[]]>([
    ['goes on on the next page', {}, null, ['resume r1']],
    ['goes on for its person', { who: 'u1' }, 'u1', ['resume r1']],
    ['does not go on for somebody else', { who: 'u1' }, 'u2', []],
    ['does not go on after 30 minutes', { activeAt: START - 31 * 60_000 }, null, []],
    ['does not go on once it is closed', { closed: true }, null, []],
  ])('%s', async (_name, change, userId, expected) => {
    const { presenter, showings, slot } = await setUp({ state: { userId } });
    await showings.update((old) => ({ ...old, list: [open(change)] }));
    presenter.resume();
    expect(slot).toEqual(expected);
  });
});

describe('whether a survey may open', () => {
  it('is asked for the action that wants it, on the ledger that is given', async () => {
    const { presenter } = await setUp({ surveys: [survey(on('A'))] });
    const one = survey(on('A'));
    expect(presenter.mayOpen(one, 'A')).toBe(true);
    expect(presenter.mayOpen(one, 'B')).toBe(false);
    expect(presenter.mayOpen(one, 'A', false, { v: 1, list: [showing()] })).toBe(false);
  });

  it('is asked of nothing but support where the site forces it', async () => {
    const { presenter } = await setUp({});
    expect(presenter.mayOpen(survey({ status: 'paused' }), '', true)).toBe(true);
    expect(presenter.mayOpen(survey({ displayOption: 'whatever' as never }), '', true)).toBe(false);
  });

  it('is no for an action that would fire on every page where nothing can be stored', async () => {
    const { presenter } = await setUp({ actions: [pageView('Any', '/'), codeAction('a')] });
    expect(presenter.mayOpen(survey(on('Any')), 'Any')).toBe(false);
    expect(presenter.mayOpen(survey(on('A')), 'A')).toBe(true);
  });
});

it('explains each survey with its language and what keeps it closed', async () => {
  const languages = [
    { default: true, enabled: true, language: { id: 'l1', code: 'en', alias: null } },
    { default: false, enabled: true, language: { id: 'l2', code: 'de', alias: null } },
  ] as never;
  const { presenter, session, now } = await setUp({
    surveys: [survey(on('A')), survey({ id: 's2', languages, ...on('A') })],
  });
  void session.setLanguage('de-AT');
  await presenter.track('a');
  now.moment = { impolite: 'quiet' };
  expect(presenter.explain()).toMatchObject([
    { surveyId: 's1', show: false, language: undefined },
    { surveyId: 's2', show: false, language: 'de' },
  ]);
  const failing = presenter.explain()[0]?.gates.filter(({ pass }) => !pass);
  expect(failing).toEqual([{ code: 'impolite', pass: false, used: 'quiet' }]);
  now.moment = {};
  expect(presenter.explain().map(({ show }) => show)).toEqual([true, true]);
});
