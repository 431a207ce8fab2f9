import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CloseReason } from '../../src/api/close-reason.ts';
import type { OpeningRequest } from '../../src/display/opening.ts';
import { createSlot, type SlotDeps } from '../../src/display/slot.ts';
import { uptime } from '../../src/platform/wait.ts';
import type { DeviceState } from '../../src/session/state.ts';
import { openRecord } from '../../src/store/record.ts';
import { showing, survey } from '../core/targeting/sample.ts';
import { countListeners } from '../triggers/support.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

const EMPTY: DeviceState = { v: 1, seed: 's', skew: 0, userId: null, acked: {}, due: [], leases: {} };

/** A slot with two surveys. Its openings only record what becomes of them; `end` takes one off the screen. */
async function setUp(change: Partial<SlotDeps> = {}) {
  const state = await openRecord<DeviceState>(undefined, 'e/state', EMPTY);
  const surveys = [survey({ id: 's1' }), survey({ id: 's2' })];
  const opened: OpeningRequest[] = [];
  const log: string[] = [];
  const slot = createSlot({
    session: {
      environment: () => ({ surveys, actionClasses: [] }) as never,
      settle: async () => {
        log.push('settle');
      },
    },
    state,
    quietUntil: 0,
    mayOpen: () => true,
    languageOf: () => ({ key: 'default', code: undefined }),
    isLeft: () => false,
    onFailure: (error) => log.push(`failure ${error}`),
    openSurvey: (request) => {
      opened.push(request);
      const note = (what: string) => log.push(`${request.survey.id} ${what}`);
      return {
        opened: Promise.resolve(),
        close: (reason: CloseReason) => {
          note(`closed ${reason}`);
          request.onEnd();
        },
        suspend: () => note('suspended'),
        resume: async () => {
          note('resumed');
        },
      };
    },
    ...change,
  });
  const ids = () => opened.map(({ survey: { id } }) => id);
  const hosts = () => document.querySelectorAll('inkling-survey').length;
  return { slot, state, surveys, opened, log, ids, hosts };
}

describe('the one place for a survey', () => {
  it('opens a survey with what triggered it, in its language', async () => {
    const { slot, opened, hosts } = await setUp();
    await slot.enqueue('s1', 'Finished', { plan: 'free' });
    expect(opened).toMatchObject([
      {
        survey: { id: 's1' },
        cause: { action: 'Finished', hiddenFields: { plan: 'free' } },
        language: { key: 'default' },
      },
    ]);
    expect([hosts(), slot.moment().isOpen]).toEqual([1, true]);
  });

  it('a second survey does not open while one is open, and can when that has ended', async () => {
    const { slot, opened, ids, hosts } = await setUp();
    await slot.enqueue('s1', 'Finished', {});
    await slot.enqueue('s2', 'Finished', {});
    expect([ids(), hosts()]).toEqual([['s1'], 1]);
    opened[0]?.onEnd();
    expect([hosts(), slot.moment().isOpen]).toEqual([0, false]);
    await slot.enqueue('s2', 'Finished', {});
    expect(ids()).toEqual(['s1', 's2']);
  });

  it('one survey at a time waits to open', async () => {
    const { slot, ids } = await setUp({ quietUntil: uptime() + 5_000 });
    void slot.enqueue('s1', 'Finished', {});
    void slot.enqueue('s2', 'Finished', {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ids()).toEqual(['s1']);
  });

  it('a survey that is not in the environment does not open', async () => {
    const { slot, ids } = await setUp();
    await slot.enqueue('other', 'Finished', {});
    await slot.force('other');
    expect(ids()).toEqual([]);
  });

  it('what the opening throws is reported', async () => {
    const openSurvey = (request: OpeningRequest) => ({
      opened: Promise.resolve().then(() => {
        request.onEnd();
        throw new Error('broken');
      }),
      ...{ close: () => {}, suspend: () => {}, resume: async () => {} },
    });
    const { slot, log } = await setUp({ openSurvey });
    await slot.enqueue('s1', 'Finished', {});
    expect(log).toEqual(['failure Error: broken']);
    expect(slot.moment().isOpen).toBe(false);
  });

  it('reports another tab’s survey as the last opening found it', async () => {
    const { slot, opened } = await setUp();
    await slot.enqueue('s1', 'Finished', {});
    opened[0]?.onLock(false);
    expect(slot.moment().isOpenElsewhere).toBe(true);
    opened[0]?.onLock(true);
    expect(slot.moment().isOpenElsewhere).toBe(false);
  });
});

describe('waiting to open', () => {
  it('lasts until the page is quiet no longer', async () => {
    const { slot, ids } = await setUp({ quietUntil: uptime() + 5_000 });
    void slot.enqueue('s1', 'Finished', {});
    await vi.advanceTimersByTimeAsync(4_999);
    expect([ids(), slot.moment().impolite]).toEqual([[], 'quiet']);
    await vi.advanceTimersByTimeAsync(1);
    expect(ids()).toEqual(['s1']);
  });

  it('ends without a survey when a gate or the address no longer lets it through', async () => {
    let isBlocked = false;
    const quietUntil = uptime() + 5_000;
    const blocked = await setUp({ quietUntil, mayOpen: () => !isBlocked });
    const left = await setUp({ quietUntil, isLeft: () => isBlocked });
    for (const { slot } of [blocked, left]) void slot.enqueue('s1', 'Finished', {});
    isBlocked = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([blocked.ids(), left.ids()]).toEqual([[], []]);
  });

  it.each<[CloseReason, string[]]>([
    ['logout', []],
    ['dismissed', ['s1']],
  ])('closing for %s leaves %j to open', async (reason, expected) => {
    const { slot, ids } = await setUp({ quietUntil: uptime() + 5_000 });
    void slot.enqueue('s1', 'Finished', {});
    slot.close(reason);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ids()).toEqual(expected);
  });
});

describe('a wait that is closed', () => {
  it('opens nothing, even if nothing would be interrupted by then', async () => {
    document.body.innerHTML = '<div aria-modal="true">Wait</div>';
    const { slot, ids } = await setUp();
    void slot.enqueue('s1', 'Finished', {});
    document.body.replaceChildren();
    expect(slot.moment().impolite).toBeUndefined();
    slot.close('logout');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ids()).toEqual([]);
  });
});

describe('opening in other ways', () => {
  it('force opens at once, whatever the gates and the page say, and passes that it is forced', async () => {
    const mayOpen = vi.fn((_survey, _action, isForced?: boolean) => isForced ?? false);
    const { slot, opened } = await setUp({ quietUntil: uptime() + 5_000, mayOpen, isLeft: () => true });
    await slot.force('s2');
    expect(opened).toMatchObject([{ survey: { id: 's2' }, cause: { action: '', isForced: true } }]);
    expect(opened[0]?.mayBegin({ v: 1, list: [] })).toBe(true);
    expect(mayOpen).toHaveBeenCalledWith(expect.anything(), '', true, { v: 1, list: [] });
  });

  it('a survey in progress is resumed without asking the gates', async () => {
    const { slot, opened } = await setUp({ mayOpen: () => false, isLeft: () => true });
    const from = showing({ surveyId: 's2' });
    await slot.resume(from);
    expect(opened).toMatchObject([{ survey: { id: 's2' }, cause: { action: 'Finished', from } }]);
  });

  it('a delay that ends waits for the identification, then for a quiet page', async () => {
    const { slot, state, log, opened } = await setUp({ quietUntil: uptime() + 5_000 });
    const due = {
      surveyId: 's1',
      action: 'Finished',
      hiddenFields: { plan: 'free' },
      dueAt: Date.now() + 2_000,
    };
    await state.update((old) => ({ ...old, due: [due] }));
    await slot.armDelays();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([log, opened]).toEqual([['settle'], []]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(opened).toMatchObject([{ survey: { id: 's1' }, cause: { hiddenFields: { plan: 'free' } } }]);
  });
});

describe('the page', () => {
  const leave = (type: string, persisted: boolean): boolean =>
    window.dispatchEvent(Object.assign(new Event(type), { persisted }));

  it('suspends the survey when it is hidden, and resumes it when it comes back from the cache', async () => {
    const { slot, log } = await setUp();
    await slot.enqueue('s1', 'Finished', {});
    leave('pagehide', true);
    leave('pageshow', false);
    expect(log).toEqual(['s1 suspended']);
    leave('pageshow', true);
    expect(log).toEqual(['s1 suspended', 's1 resumed']);
    slot.stop();
  });

  it('a slot that is stopped closes its survey, opens no other, and leaves no listener or timer behind', async () => {
    const listeners = countListeners();
    const { slot, state, log, ids } = await setUp();
    const due = { surveyId: 's2', action: 'Finished', hiddenFields: {}, dueAt: Date.now() + 2_000 };
    await state.update((old) => ({ ...old, due: [due] }));
    await slot.armDelays();
    await slot.enqueue('s1', 'Finished', {});
    slot.stop();
    await slot.enqueue('s2', 'Finished', {});
    await slot.force('s2');
    expect([ids(), log]).toEqual([['s1'], ['s1 closed destroyed']]);
    expect([listeners.left(), vi.getTimerCount()]).toEqual([0, 0]);
  });
});
