import { describe, expect, it } from 'vitest';
import { historyOf, type KnownHistory, type Showing } from '../../../src/core/targeting/history.ts';
import {
  acknowledge,
  closeShowing,
  isOutdated,
  type Ledger,
  nextSeq,
  putShowing,
  refuse,
  summarize,
  toContinue,
  waiting,
} from '../../../src/core/targeting/ledger.ts';
import { showing } from './sample.ts';

const ledger = (...list: Showing[]): Ledger => ({ v: 1, list });
const open = (change: Partial<Showing> = {}) =>
  showing({ closed: false, answers: { q1: 'because' }, hiddenFields: {}, ...change });
const first = ({ list }: Ledger) => list[0];
const MINUTE = 60_000;

describe('putShowing', () => {
  it('adds a new showing', () => {
    expect(putShowing(ledger(), showing()).list).toHaveLength(1);
  });
  it('replaces the one with the same id', () => {
    expect(putShowing(ledger(open({ seq: 1 })), open({ seq: 2 })).list).toMatchObject([{ seq: 2 }]);
  });
  it('keeps what the server has acknowledged meanwhile', () => {
    const stored = ledger(open({ seq: 2, ackedSeq: 2, ackedAt: 70 }));
    expect(first(putShowing(stored, open({ seq: 3, ackedSeq: 0 })))).toMatchObject({
      ackedSeq: 2,
      ackedAt: 70,
    });
  });
});

it.each([
  ['the next number', 1, 0, 2],
  ['higher than that of an answer a page sent but could not store', 1, 4_000, 4_000],
  ['the next number although the clock was set back', 3, -50_000, 4],
])('the seq of an answer is %s', (_name, seq, passedMs, expected) => {
  expect(nextSeq({ seq, shownAt: 1_000_000 }, 1_000_000 + passedMs)).toBe(expected);
});

describe('acknowledge', () => {
  it('drops the proof of the person with the answers, once it is delivered and over', () => {
    const answered = open({ seq: 3, ackedSeq: 1, userHash: 'proof', who: 'u1' });
    expect(first(acknowledge(ledger(answered), 'r1', 3, 9))).toMatchObject({ userHash: 'proof' });
    const over = acknowledge(ledger({ ...answered, finished: true }), 'r1', 3, 9);
    expect(first(over)).not.toHaveProperty('userHash');
    expect(first(over)).toMatchObject({ who: 'u1' });
  });
  it('drops nothing while a newer answer waits', () => {
    const after = acknowledge(ledger(open({ seq: 3, ackedSeq: 1 })), 'r1', 2, 9);
    expect(first(after)).toMatchObject({ ackedSeq: 2, answers: { q1: 'because' } });
    expect(waiting(after)).toHaveLength(1);
  });
  it('an older acknowledgement changes nothing', () => {
    expect(first(acknowledge(ledger(open({ seq: 3, ackedSeq: 3 })), 'r1', 2, 9))).toMatchObject({
      ackedSeq: 3,
    });
  });
  it('keeps the time of the first acknowledgement', () => {
    expect(first(acknowledge(ledger(open({ ackedAt: 5 })), 'r1', 1, 9))).toMatchObject({ ackedAt: 5 });
  });
  it('a finished and delivered answer is deleted from the device', () => {
    const after = first(acknowledge(ledger(open({ seq: 2, ackedSeq: 1, finished: true })), 'r1', 2, 9));
    expect(after).not.toHaveProperty('answers');
    expect(after).toMatchObject({ surveyId: 's1', finished: true, seq: 2 });
  });
  it('an open showing keeps its answers', () => {
    expect(first(acknowledge(ledger(open({ seq: 2 })), 'r1', 2, 9))).toHaveProperty('answers');
  });
});

it('a refused showing is not sent again and keeps the code', () => {
  const after = refuse(ledger(open({ seq: 2, ackedSeq: 1 })), 'r1', 2, 'forbidden');
  expect(waiting(after)).toEqual([]);
  expect(first(after)).toMatchObject({ refused: 'forbidden' });
});

it('closing keeps an undelivered answer', () => {
  expect(first(closeShowing(ledger(open({ seq: 2, ackedSeq: 1 })), 'r1'))).toHaveProperty('answers');
});

it('waiting lists oldest first', () => {
  const list = ledger(open({ id: 'a', seq: 2 }), open({ id: 'b' }), open({ id: 'c', seq: 2 }));
  expect(waiting(list).map(({ id }) => id)).toEqual(['a', 'c']);
});

type Row = [name: string, change: Partial<Showing>, who: string | null, isContinued: boolean];
const now = 1_000 + 30 * MINUTE;
const rows: Row[] = [
  ['29 minutes 59.999 s old', { activeAt: 1_001 }, null, true],
  ['30 minutes old', { activeAt: 1_000 }, null, false],
  ['closed', { activeAt: now, closed: true }, null, false],
  ['finished', { activeAt: now, finished: true }, null, false],
  ['the person’s own', { activeAt: now, who: 'a' }, 'a', true],
  ['begun before they were identified', { activeAt: now }, 'a', true],
  ['another person’s', { activeAt: now, who: 'b' }, 'a', false],
  ['a person’s, after logging out', { activeAt: now, who: 'a' }, null, false],
];
it.each(rows)('toContinue: %s', (_name, change, who, isContinued) => {
  expect(toContinue(ledger(open(change)), who, now) !== undefined).toBe(isContinued);
});

it.each([
  ['the same', {}, false],
  ['answered further in another tab', { seq: 2 }, true],
  ['closed in another tab', { closed: true }, true],
])('isOutdated: %s', (_name, change, isOld) => {
  expect(isOutdated(ledger(open(change)), open())).toBe(isOld);
});

it('the summary contains no answers', () => {
  expect(JSON.stringify(summarize(open({ seq: 2, ackedSeq: 1 })))).not.toContain('because');
  expect(summarize(open({ seq: 2, ackedSeq: 1 }))).toMatchObject({ answered: true, delivered: false });
});

it('an acknowledgement removes the code of a refusal', () => {
  const dropped = refuse(ledger(open({ ackedSeq: 0 })), 'r1', 1, 'before-send');
  expect(first(acknowledge(putShowing(dropped, open({ seq: 2 })), 'r1', 2, 9))?.refused).toBeUndefined();
});

it('ids of a Formbricks server are kept', () => {
  const theirs = { displayId: 'theirs' };
  expect(first(putShowing(ledger(open({ theirs })), open({ seq: 2 })))).toMatchObject({ theirs });
});

it('a delivered answer leaves no metadata of its page', () => {
  const after = acknowledge(ledger(open({ seq: 2, ackedSeq: 1, finished: true })), 'r1', 2, 9);
  expect(JSON.stringify(after)).not.toContain('site.test');
});

it('a new showing closes one left half an hour ago, whose delivered answers are deleted', () => {
  const left = [open({ id: 'a' }), open({ id: 'b', seq: 2 }), open({ id: 'c', activeAt: 1_001 })];
  const { list } = putShowing(ledger(...left), showing({ id: 'new', shownAt: now, activeAt: now }));
  expect(list).toMatchObject([{ closed: true }, { closed: true, seq: 2 }, { closed: false }, { id: 'new' }]);
  expect(list[0]).not.toHaveProperty('answers');
  expect(list[1]).toHaveProperty('answers');
});

describe('after ten thousand showings', () => {
  const STEP = 10 * MINUTE;
  const people = ['mara', 'nils', null];
  /** Showings of a device: surveys, people and results in turn, the newest last. */
  const live = (count: number, whoAt: (i: number) => string | null): Showing[] =>
    Array.from({ length: count }, (_, i) => {
      const at = (i + 1) * STEP;
      const seq = i % 7 === 0 ? 2 : 1;
      const ackedAt = i % 11 === 0 ? undefined : at;
      const surveyId = `s${i % 13}`;
      const times = { shownAt: at, activeAt: at, ackedAt };
      return showing({ id: `r${i}`, surveyId, who: whoAt(i), seq, ackedSeq: seq, ...times });
    });
  const putAll = (list: readonly Showing[]) => list.reduce(putShowing, ledger());
  const all = live(10_000, (i) => people[i % 3] ?? null);
  const condensed = putAll(all);

  it('the record is small', () => {
    expect(condensed.list.length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(condensed).length).toBeLessThan(60_000);
  });

  it('another showing is written as fast as the first', () => {
    const time = (before: Ledger): number => {
      const began = performance.now();
      for (let i = 0; i < 200; i++) putShowing(before, showing({ id: 'new', shownAt: 1e9, activeAt: 1e9 }));
      return (performance.now() - began) / 200;
    };
    expect(time(condensed)).toBeLessThan(2);
  });

  it.each([['mara'], ['nils'], [null], ['somebody new']])(
    'the history of %s is the same as before',
    (who) => {
      const before = all.map((one) => one);
      const knowns: (KnownHistory | undefined)[] = [
        undefined,
        { displays: [], responses: [], at: 10_001 * STEP },
        { displays: [], responses: [], at: 0 },
      ];
      for (const known of knowns) {
        for (let i = 0; i < 13; i++) {
          const history = historyOf(`s${i}`, who, condensed.list, known);
          expect(history).toEqual(historyOf(`s${i}`, who, before, known));
        }
      }
    },
  );

  it('undelivered showings are kept complete', () => {
    const waitingOne = open({ id: 'waits', seq: 2, ackedSeq: 1, activeAt: 1, shownAt: 1 });
    const after = putAll([waitingOne, ...all]);
    expect(waiting(after)).toMatchObject([{ id: 'waits', answers: { q1: 'because' } }]);
  });

  it('the record is also small with ten thousand people, and the anonymous history stays the same', () => {
    const crowd = live(10_000, (i) => (i % 100 === 0 ? null : `user-${i}`));
    const { list } = putAll(crowd);
    expect(list.length).toBeLessThanOrEqual(200);
    for (let i = 0; i < 13; i++) {
      expect(historyOf(`s${i}`, null, list, undefined)).toEqual(historyOf(`s${i}`, null, crowd, undefined));
      expect(historyOf(`s${i}`, 'x', list, undefined)).toEqual(historyOf(`s${i}`, 'x', crowd, undefined));
    }
  });
});
