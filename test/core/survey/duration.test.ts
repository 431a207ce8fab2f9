import { expect, it } from 'vitest';
import type { Block } from '../../../src/core/survey/document.ts';
import { durationOf } from '../../../src/core/survey/duration.ts';
import { block, nps } from './sample.ts';

const endings = [{ id: 'end', type: 'endScreen' as const }];
const jumpTo = (target: string): NonNullable<Block['logic']> => [
  {
    id: 'r',
    conditions: { id: 'g', connector: 'and', conditions: [] },
    actions: [{ id: 'a', objective: 'jumpToBlock', target }],
  },
];

it.each<[number, string | undefined, string, number]>([
  [1, undefined, 'less_than_x', 1],
  [3, undefined, 'less_than_x', 1],
  [4, undefined, 'x', 1],
  [5, undefined, 'less_than_x', 2],
  [24, undefined, 'x', 6],
  [25, undefined, 'x_plus', 6],
  // Half of nine elements and an ending.
  [9, 'end', 'less_than_x', 1],
  [24, 'end', 'less_than_x', 1],
  // To the fourth card: divided by two.
  [24, 'b3', 'x', 3],
  // To the second card: skips none.
  [4, 'b1', 'x', 1],
  [4, 'gone', 'x', 1],
])('%i elements, a jump to %s: %s minutes %i', (count, target, words, minutes) => {
  const blocks = Array.from({ length: count }, (_, index) =>
    block(`b${index}`, [nps({ id: `q${index}` })], index === 0 && target ? { logic: jumpTo(target) } : {}),
  );
  expect(durationOf({ blocks, endings })).toEqual({ key: `takes_${words}_minutes`, minutes });
});
