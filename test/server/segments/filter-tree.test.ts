import { expect, it } from 'vitest';
import { isShape, listFilters, listReachable, listReferences } from '../../../server/segments/filter-tree.ts';
import { attribute, filter } from './support.ts';

const isIn = (segmentId: unknown) => filter({ type: 'segment', segmentId }, 'userIsIn');
const group = (...resource: unknown[]) => ({ id: 'g', connector: 'or', resource });

it('isShape accepts objects and no other JSON value', () => {
  expect([{}, { a: 1 }].map(isShape)).toEqual([true, true]);
  expect([null, undefined, [], 'a', 1, true].map(isShape)).toEqual(Array(6).fill(false));
});

it('listFilters finds every filter at any depth, and leaves out everything else', () => {
  const filters = [
    attribute('a', 'isSet'),
    group(group(attribute('b', 'isSet')), null, 7),
    'x',
    [],
    { id: 'n' },
  ];
  const keys = listFilters(filters).map(({ root }) => isShape(root) && root.contactAttributeKey);
  expect(keys.sort()).toEqual(['a', 'b']);
  for (const nothing of [undefined, null, 'x', 7]) expect(listFilters(nothing)).toEqual([]);
});

it('listReferences names each segment once', () => {
  const filters = [isIn('a'), group(isIn('b'), isIn('a')), isIn(7), attribute('segmentId', 'isSet')];
  expect([...listReferences(filters)].sort()).toEqual(['a', 'b']);
});

it('listReachable follows references to the end, cycles and unknown segments included', () => {
  const segments = new Map([
    ['a', { filters: [isIn('b')] }],
    ['b', { filters: [group(isIn('c'), isIn('gone'))] }],
    ['c', { filters: [isIn('a')] }],
    ['d', { filters: [isIn('a')] }],
  ]);
  expect([...listReachable(['b'], segments)].sort()).toEqual(['a', 'b', 'c', 'gone']);
  expect([...listReachable([], segments)]).toEqual([]);
});
