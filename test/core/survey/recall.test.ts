import { expect, it } from 'vitest';
import type { AnswerValue } from '../../../src/core/survey/document.ts';
import { fillRecall } from '../../../src/core/survey/recall.ts';

const values: Record<string, AnswerValue> = {
  name: 'Ada',
  zero: 0,
  blank: '  ',
  list: ['a', ' ', 'b'],
  none: [],
  grid: { Row: 'Column' },
  iso: '2024-12-25',
  typed: '25-12-2024',
  odd: '2024-13-45',
  money: '$$ $& $1',
  again: '#recall:name/fallback:x#',
  tag: '<b>x</b>',
};
const facts = {
  find: (id: string) => values[id],
  formatDate: (year: number, month: number, day: number) =>
    month > 12 ? undefined : `${day} of ${month} in ${year}`,
};

it.each([
  ['name', 'Ada'],
  ['zero', '0'],
  ['blank', 'a fall'],
  ['gone', 'a fall'],
  ['list', 'a, b'],
  ['none', 'a fall'],
  ['grid', 'Column'],
  ['iso', '25 of 12 in 2024'],
  ['typed', '25 of 12 in 2024'],
  ['odd', '2024-13-45'],
  ['money', '$$ $& $1'],
  ['again', '#recall:name/fallback:x#'],
  ['tag', '<b>x</b>'],
])('%s is recalled as %s', (id, words) => {
  expect(fillRecall(`Hi #recall:${id}/fallback: anbspfall #!`, facts)).toBe(`Hi ${words}!`);
});

it('replaces several tokens, and leaves text that is no token', () => {
  expect(fillRecall('#recall:name/fallback:# #recall:zero/fallback:# #recall:x#', facts)).toBe(
    'Ada 0 #recall:x#',
  );
});

it('percent-encodes values inside an address', () => {
  const encode = encodeURIComponent;
  expect(fillRecall('https://a.example/?q=#recall:money/fallback:#', { ...facts, encode })).toBe(
    'https://a.example/?q=%24%24%20%24%26%20%241',
  );
  expect(fillRecall('https://a.example/#recall:gone/fallback:a b#', { ...facts, encode })).toBe(
    'https://a.example/a%20b',
  );
});
