import { expect, it } from 'vitest';
import { boundHistory } from '../../../server/replies/bound-history.ts';
import { MAX_STATE_DISPLAYS, MAX_SURVEY_DISPLAYS } from '../../../src/core/limits.ts';
import { historyOf } from '../../../src/core/targeting/history.ts';
import { createDice } from '../segments/random-scenarios.ts';

interface Shown {
  readonly surveyId: string;
  readonly at: number;
}

const list = (text: string): readonly Shown[] =>
  [...text].map((surveyId, index) => ({ surveyId, at: 100 - index }));
const bound = (text: string, most: number, open: string): string =>
  boundHistory(list(text), { isOpen: (id) => open.includes(id), most })
    .map(({ surveyId }) => surveyId)
    .join('');

const rows: [name: string, events: string, most: number, open: string, kept: string][] = [
  ['nothing is left out up to the bound', 'aabcc', 5, '', 'aabcc'],
  ['each survey keeps its newest', 'aaaabc', 3, 'abc', 'abc'],
  ['then its second newest, in order', 'aaaabbbc', 5, 'abc', 'aabbc'],
  ['surveys that may be shown come first', 'xxxxyyab', 3, 'ab', 'xab'],
  ['and with all that they have', 'xyaaaab', 5, 'ab', 'aaaab'],
  ['none at all', 'abc', 0, 'abc', ''],
];
it.each(rows)('%s', (_name, events, most, open, kept) => {
  expect(bound(events, most, open)).toBe(kept);
});

it('a browser decides with it as with the whole history, for 30 surveys at once', () => {
  const dice = createDice(7);
  const surveys = Array.from({ length: 30 }, (_, index) => `s${index}`);
  const isOpen = (id: string): boolean => id !== 'closed';
  const limit = Math.floor(MAX_STATE_DISPLAYS / surveys.length);
  for (let round = 0; round < 20; round += 1) {
    const count = Math.floor(dice() ** 3 * 20_000);
    const displays = Array.from({ length: count }, (_, index) => ({
      surveyId: dice() < 0.3 ? 'closed' : (surveys[Math.floor(dice() ** 3 * 30)] ?? ''),
      at: count - index,
    }));
    const kept = boundHistory(displays, { isOpen, most: MAX_STATE_DISPLAYS });
    expect(kept.length).toBeLessThanOrEqual(MAX_STATE_DISPLAYS);
    for (const id of surveys) {
      const of = (events: readonly Shown[]): number =>
        historyOf(id, 'ada', [], { displays: events, responses: [], at: 0 }).displays;
      // The numbers differ only where both are beyond every limit that a survey may have then.
      expect(Math.min(of(kept), limit)).toBe(Math.min(of(displays), limit));
    }
  }
});

it('a few surveys may each have the largest limit of displays', () => {
  const surveys = Array.from({ length: MAX_STATE_DISPLAYS / MAX_SURVEY_DISPLAYS }, (_, index) => `s${index}`);
  const displays = surveys.flatMap((surveyId) =>
    Array.from({ length: MAX_SURVEY_DISPLAYS }, (_, at) => ({ surveyId, at })),
  );
  const closed = Array.from({ length: 5_000 }, (_, at) => ({ surveyId: `closed${at}`, at }));
  const most = MAX_STATE_DISPLAYS;
  expect(boundHistory([...closed, ...displays], { isOpen: (id) => surveys.includes(id), most })).toEqual(
    displays,
  );
});
