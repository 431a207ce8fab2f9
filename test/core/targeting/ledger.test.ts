import { describe, expect, it } from 'vitest';
import type { Showing } from '../../../src/core/targeting/history.ts';
import {
  acknowledge,
  closeShowing,
  isOutdated,
  type Ledger,
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
  it('never forgets what the server has acknowledged meanwhile', () => {
    const stored = ledger(open({ seq: 2, ackedSeq: 2, ackedAt: 70 }));
    expect(first(putShowing(stored, open({ seq: 3, ackedSeq: 0 })))).toMatchObject({
      ackedSeq: 2,
      ackedAt: 70,
    });
  });
});

describe('acknowledge', () => {
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
  it('keeps the time of the first', () => {
    expect(first(acknowledge(ledger(open({ ackedAt: 5 })), 'r1', 1, 9))).toMatchObject({ ackedAt: 5 });
  });
  it('a finished and delivered answer leaves the device', () => {
    const after = first(acknowledge(ledger(open({ seq: 2, ackedSeq: 1, finished: true })), 'r1', 2, 9));
    expect(after).not.toHaveProperty('answers');
    expect(after).toMatchObject({ surveyId: 's1', finished: true, seq: 2 });
  });
  it('an open one keeps its answers to go on from', () => {
    expect(first(acknowledge(ledger(open({ seq: 2 })), 'r1', 2, 9))).toHaveProperty('answers');
  });
});

it('a refused showing is not sent again and says why', () => {
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

it('the summary tells no answer', () => {
  expect(JSON.stringify(summarize(open({ seq: 2, ackedSeq: 1 })))).not.toContain('because');
  expect(summarize(open({ seq: 2, ackedSeq: 1 }))).toMatchObject({ answered: true, delivered: false });
});
