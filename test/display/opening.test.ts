import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Showing } from '../../src/core/targeting/history.ts';
import { EMPTY_LEDGER, type Ledger, putShowing } from '../../src/core/targeting/ledger.ts';
import { appendHost } from '../../src/display/host.ts';
import {
  type Opening,
  type OpeningDeps,
  type OpeningRequest,
  openSurvey,
} from '../../src/display/opening.ts';
import { showing, survey } from '../core/targeting/sample.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
/** The surveys of this test: an open one puts its host back on the page. */
let opened: Opening[] = [];

afterEach(() => {
  for (const { close } of opened) close('destroyed');
  opened = [];
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

const SETTINGS = {
  id: 'w1',
  recontactDays: 0,
  clickOutsideClose: true,
  placement: 'bottomRight',
  styling: {},
};
const question = (id: string, text: string) => ({
  id: `b-${id}`,
  elements: [{ id, type: 'openText', headline: { default: text }, required: false }],
});
const TWO_CARDS = survey({ blocks: [question('q1', 'First?'), question('q2', 'Second?')] as never });

/** A ledger in memory, where a change is at once; its commits take `ms`, and never end when that is undefined. */
function openLedger() {
  let value: Ledger = EMPTY_LEDGER;
  const disk = { ms: 0 as number | undefined };
  const showings: OpeningDeps['showings'] = {
    value: () => value,
    refresh: async () => {},
    update: (change) => {
      value = change(value);
      return new Promise((resolve) => {
        if (disk.ms !== undefined) setTimeout(resolve, disk.ms);
      });
    },
  };
  return { showings, disk, list: () => value.list };
}

function setUp(change: Partial<OpeningRequest> = {}, deps: Partial<OpeningDeps> = {}) {
  const ledger = openLedger();
  const log: string[] = [];
  const noted = { id: '' };
  const lock = { isFree: true, held: 0 };
  let n = 0;
  const host = appendHost();
  const opening = openSurvey(
    {
      session: {
        environment: () => ({ workspace: SETTINGS, surveys: [], actionClasses: [] }) as never,
        who: () => null,
      },
      state: { value: () => ({}) },
      showings: ledger.showings,
      events: {
        emit: (name, payload) => {
          const { reason } = payload as { reason?: string };
          log.push(reason ? `${name} ${reason}` : name);
        },
      },
      delivery: {
        drain: async () => {
          log.push('drain');
        },
        watch: () => () => {},
      },
      newId: () => `id${++n}`,
      isUrlFull: false,
      takeLock: async () => {
        if (!lock.isFree) return undefined;
        lock.held++;
        return () => {
          lock.held--;
        };
      },
      upload: async () => ({ problem: 'upload_failed' }),
      closingNote: {
        write: (id) => {
          noted.id = id;
        },
        remove: () => {
          noted.id = '';
        },
      },
      ...deps,
    },
    {
      host,
      survey: TWO_CARDS,
      cause: { action: 'Finished', hiddenFields: {} },
      language: { key: 'default', code: undefined },
      mayBegin: () => true,
      onLock: (hasLock) => log.push(hasLock ? 'lock' : 'no lock'),
      onEnd: () => log.push('end'),
      ...change,
    },
  );
  opened.push(opening);
  const box = () => host.shadowRoot?.querySelector<HTMLElement>('[role=dialog]') ?? undefined;
  const isSeen = () => box() !== undefined && box()?.style.visibility !== 'hidden';
  const press = (label: RegExp) => {
    const buttons = [...(box()?.querySelectorAll('button') ?? [])];
    buttons
      .find((button) => label.test(`${button.getAttribute('aria-label')} ${button.textContent}`))
      ?.click();
  };
  return { ...ledger, opening, log, noted, lock, host, isSeen, press, text: () => box()?.textContent ?? '' };
}

/** Advances the clock by what drawing a card takes. */
const settle = () => vi.advanceTimersByTimeAsync(60);

describe('opening', () => {
  it('stores the showing before it is seen, and reports it afterwards', async () => {
    const { disk, list, log, isSeen, text, opening } = setUp();
    disk.ms = 200;
    await vi.advanceTimersByTimeAsync(150);
    expect(list()).toMatchObject([{ id: 'id1', displayId: 'id2', surveyId: 's1', seq: 1, ackedSeq: 0 }]);
    expect([isSeen(), log]).toEqual([false, ['lock']]);
    await vi.advanceTimersByTimeAsync(150);
    await opening.opened;
    expect(isSeen()).toBe(true);
    expect(text()).toContain('First?');
    expect(log).toEqual(['lock', 'drain', 'survey-shown']);
  });

  it('is seen after 800 ms when the disk does not answer', async () => {
    const { disk, log, isSeen } = setUp();
    disk.ms = undefined;
    await vi.advanceTimersByTimeAsync(790);
    expect(isSeen()).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(isSeen()).toBe(true);
    expect(log).toEqual(['lock', 'drain', 'survey-shown']);
  });

  it('closes without an event, and stores nothing, when another tab has the lock', async () => {
    const { opening, log, list, isSeen } = setUp({}, { takeLock: async () => undefined });
    await settle();
    await opening.opened;
    expect([isSeen(), list(), log]).toEqual([false, [], ['no lock', 'end']]);
  });

  it('closes without an event, and gives the lock back, when a gate no longer lets it through', async () => {
    const { opening, log, list, isSeen, lock } = setUp({ mayBegin: () => false });
    await settle();
    await opening.opened;
    expect([isSeen(), list(), log]).toEqual([false, [], ['lock', 'end']]);
    expect(lock.held).toBe(0);
  });

  it('asks the gates with the ledger of all tabs', async () => {
    const mayBegin = vi.fn(() => true);
    const { showings } = setUp({ mayBegin });
    const stored = showing({ id: 'other' });
    void showings.update((old) => putShowing(old, stored));
    await settle();
    expect(mayBegin).toHaveBeenCalledWith({ v: 1, list: [stored] });
  });

  it('closed while it is stored: it counts, is never seen, and its closing is reported', async () => {
    const { opening, disk, log, list, isSeen } = setUp();
    disk.ms = 100;
    await vi.advanceTimersByTimeAsync(50);
    opening.close('logout');
    await vi.advanceTimersByTimeAsync(10);
    expect(log).toEqual(['lock']);
    await vi.advanceTimersByTimeAsync(500);
    expect(isSeen()).toBe(false);
    expect(list()).toMatchObject([{ id: 'id1', closed: true }]);
    expect(log).toEqual(['lock', 'end', 'survey-closed logout']);
  });

  it('closed before it is stored: nothing is stored and nothing reported', async () => {
    const { opening, log, list, isSeen } = setUp();
    opening.close('logout');
    await settle();
    expect([isSeen(), list(), log]).toEqual([false, [], ['lock', 'end']]);
  });

  it('ends at once when the environment is not known', async () => {
    const session = { environment: () => undefined, who: () => null };
    const { opening, log, lock } = setUp({}, { session });
    await opening.opened;
    expect([log, lock.held]).toEqual([['end'], 0]);
  });

  it('rejects, and gives the lock back, when its document can’t be drawn', async () => {
    const broken = Object.defineProperty(survey(), 'welcomeCard', {
      get: () => {
        throw new Error('broken');
      },
    });
    const { opening, log, lock } = setUp({ survey: broken });
    const rejected = expect(opening.opened).rejects.toThrow('broken');
    await settle();
    await rejected;
    expect([log, lock.held]).toEqual([['end'], 0]);
  });

  it('continues a stored showing at its card, without reporting it as shown again', async () => {
    const progress = {
      ...{ card: 'b-q2', trail: ['b-q1'], answers: {}, ttc: {}, variables: {} },
      ...{ finished: false, endingId: null },
    };
    const from: Showing = showing({ seq: 2, closed: false, answers: { q1: 'x' }, progress });
    const { log, text, list } = setUp({
      cause: { action: 'Finished', hiddenFields: {}, from },
      mayBegin: () => false,
    });
    await settle();
    expect(text()).toContain('Second?');
    expect(list()).toMatchObject([{ id: from.id, seq: 2 }]);
    expect(log).toEqual(['lock', 'drain']);
  });

  it('does not continue a showing that another tab has taken further', async () => {
    const from: Showing = showing({ seq: 2, closed: false });
    const { showings, isSeen, log } = setUp({ cause: { action: 'Finished', hiddenFields: {}, from } });
    void showings.update((old) => putShowing(old, { ...from, seq: 3 }));
    await settle();
    expect([isSeen(), log]).toEqual([false, ['lock', 'end']]);
  });
});

describe('answering', () => {
  const shown = async () => {
    const page = setUp();
    await settle();
    page.log.length = 0;
    return page;
  };

  it('the card moves once the answer is stored', async () => {
    const { disk, press, text, list } = await shown();
    disk.ms = 200;
    press(/Next/);
    await vi.advanceTimersByTimeAsync(150);
    expect(list()).toMatchObject([{ seq: expect.any(Number), answers: {} }]);
    expect(text()).toContain('First?');
    await vi.advanceTimersByTimeAsync(150);
    expect(text()).toContain('Second?');
  });

  it('the card waits 300 ms at most for the commit', async () => {
    const { disk, press, text } = await shown();
    disk.ms = undefined;
    press(/Next/);
    await vi.advanceTimersByTimeAsync(290);
    expect(text()).toContain('First?');
    await vi.advanceTimersByTimeAsync(60);
    expect(text()).toContain('Second?');
  });

  it('every answer is sent and reported, the last one also as finished, then the closing', async () => {
    const { press, log, list } = await shown();
    press(/Next/);
    await settle();
    expect(log).toEqual(['drain', 'survey-answered']);
    press(/Finish/);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log).toEqual([
      ...['drain', 'survey-answered', 'drain', 'survey-answered', 'survey-finished'],
      ...['end', 'survey-closed finished'],
    ]);
    expect(list()).toMatchObject([{ finished: true, closed: true }]);
  });

  it('the closing is reported once it is stored, after 300 ms at most', async () => {
    const { opening, disk, log, list, lock } = await shown();
    disk.ms = undefined;
    opening.close('dismissed');
    await vi.advanceTimersByTimeAsync(290);
    expect(log).toEqual(['end']);
    await vi.advanceTimersByTimeAsync(20);
    expect(log).toEqual(['end', 'survey-closed dismissed']);
    expect([list()[0]?.closed, lock.held]).toEqual([true, 0]);
  });

  it('the closing is noted before the ledger has it, and only until then', async () => {
    const { opening, disk, list, noted } = await shown();
    disk.ms = 700;
    opening.close('dismissed');
    expect(noted.id).toBe(list()[0]?.id);
    await vi.advanceTimersByTimeAsync(690);
    expect(noted.id).not.toBe('');
    await vi.advanceTimersByTimeAsync(20);
    expect(noted.id).toBe('');
  });

  it('a survey that goes on in another tab is not noted as closed', async () => {
    const { opening, noted } = await shown();
    opening.close('replaced');
    await settle();
    expect(noted.id).toBe('');
  });
});

describe('the back/forward cache', () => {
  const suspended = async () => {
    const page = setUp();
    await settle();
    page.log.length = 0;
    page.opening.suspend();
    await settle();
    expect(page.lock.held).toBe(0);
    return page;
  };

  it('a page that comes back takes the lock again and goes on', async () => {
    const { opening, lock, isSeen, log } = await suspended();
    await opening.resume();
    expect([lock.held, isSeen(), log]).toEqual([1, true, []]);
  });

  it('a survey that another page has continued closes as replaced and stays open there', async () => {
    const { opening, showings, list, log, lock } = await suspended();
    void showings.update((old) => ({ ...old, list: old.list.map((one) => ({ ...one, seq: one.seq + 1 })) }));
    await opening.resume();
    await settle();
    expect(log).toEqual(['end', 'survey-closed replaced']);
    expect([list()[0]?.closed, lock.held]).toEqual([false, 0]);
  });

  it('a survey that is open in another tab closes as replaced', async () => {
    const { opening, lock, log } = await suspended();
    lock.isFree = false;
    await opening.resume();
    await settle();
    expect(log).toEqual(['end', 'survey-closed replaced']);
  });
});
