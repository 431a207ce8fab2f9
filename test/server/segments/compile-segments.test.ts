import { describe, expect, it } from 'vitest';
import { compileSegments, type StoredSegment } from '../../../server/segments/compile-segments.ts';
import { attribute, type Connector, filter, judge, NOBODY, NOW, stored } from './support.ts';

const yes = (connector: Connector = null) => attribute('yes', 'isSet', '', connector);
const no = (connector: Connector = null) => attribute('yes', 'isNotSet', '', connector);
const list = (connector: Connector, ...nodes: unknown[]) => ({ id: 'l', connector, resource: nodes });
const person = { ...NOBODY, attributes: new Map([['yes', stored('1')]]) };

describe('a list', () => {
  const rows: [name: string, filters: unknown, outcome: boolean][] = [
    ['without filters contains everybody', [], true],
    ['yes and no', [yes(), no('and')], false],
    ['yes or no', [yes(), no('or')], true],
    ['A and B or C: C alone is enough', [no(), no('and'), yes('or')], true],
    ['A and B or C: A alone is not', [yes(), no('and'), no('or')], false],
    ['A or B and C: A alone is enough', [yes(), no('or'), no('and')], true],
    ['A or B and C: B alone is not', [no(), yes('or'), no('and')], false],
    ['A and B or C and D: C and D are enough', [no(), yes('and'), yes('or'), yes('and')], true],
    ['a connector on the first counts as none', [yes('or'), no('and')], false],
    ['an unknown connector on the first, too', [{ ...yes(), connector: 'xor' }], true],
    ['no connector after the first counts as and', [yes(), no(null)], false],
    ['a connector that is absent does, too', [yes(), { ...no(), connector: undefined }], false],
    ['(A or B) and C', [list(null, yes(), no('or')), yes('and')], true],
    ['(A or B) and not C', [list(null, yes(), no('or')), no('and')], false],
    ['A and (B or (C and D))', [yes(), list('and', no(), list('or', yes(), yes('and')))], true],
    ['an empty nested list is true', [no(), list('or')], true],
    ['an empty nested list is true beside and', [yes(), list('and')], true],
    ['100 lists within each other', nest(100), true],
  ];
  it.each(rows)('%s', (_name, filters, outcome) => expect(judge(filters, { person })).toBe(outcome));

  const unknown: [name: string, filters: unknown][] = [
    ['is no list', { a: 1 }],
    ['is absent', undefined],
    ['holds null', [null]],
    ['holds a list without node', [[yes()]]],
    ['holds a node without resource', [{ id: 'x' }]],
    ['has an unknown connector', [yes(), { ...yes(), connector: 'xor' }]],
    [
      'holds an unknown kind, even beside a true filter',
      [yes(), filter({ type: 'moon' }, 'isFull', '', 'or')],
    ],
    ['is nested 101 times', nest(101)],
    ['is nested a million times', nest(1_000_000)],
  ];
  it.each(unknown)('that %s is skipped', (_name, filters) => {
    expect(judge(filters, { person })).toEqual(expect.any(String));
  });
});

describe('a segment that refers to another', () => {
  const isIn = (segmentId: string, connector: Connector = null) =>
    filter({ type: 'segment', segmentId }, 'userIsIn', '', connector);
  const isNotIn = (segmentId: string, connector: Connector = null) =>
    filter({ type: 'segment', segmentId }, 'userIsNotIn', '', connector);
  const bad = () => attribute('yes', 'soundsLike', 'x');

  const rows: [name: string, segments: Record<string, unknown[]>, members: string[], skipped: string[]][] = [
    ['is in it', { a: [isIn('b')], b: [yes()] }, ['a', 'b'], []],
    ['is not in it', { a: [isNotIn('b')], b: [no()] }, ['a'], []],
    ['comes before or after it', { c: [isIn('b')], b: [isIn('a')], a: [yes()] }, ['c', 'b', 'a'], []],
    ['counts as true when the other is unknown', { a: [isIn('x')], b: [isNotIn('x')] }, ['a', 'b'], []],
    ['has no members as userIsNotIn of a segment with everybody', { a: [isNotIn('b')], b: [] }, ['b'], []],
    [
      'counts as true where it refers to itself',
      { a: [isIn('a')], b: [isNotIn('b')], c: [isIn('c'), no('and')] },
      ['a', 'b'],
      [],
    ],
    [
      'counts as true where a cycle closes',
      { a: [isNotIn('b')], b: [isIn('a'), yes('and')], c: [isIn('a')] },
      // b within a: "in a" counts as true, yes matches: a is not in. a within b: "not in b" counts as true: b is in.
      ['b'],
      [],
    ],
    ['a cycle of three', { a: [isIn('b')], b: [isIn('c')], c: [isIn('a'), no('or')] }, ['a', 'b', 'c'], []],
    [
      'a cycle of three with a false filter',
      { a: [isIn('b')], b: [isIn('c')], c: [isIn('a'), no('and')] },
      [],
      [],
    ],
    ['is skipped with it', { a: [isIn('b')], b: [bad()], c: [yes()] }, ['c'], ['a', 'b']],
    ['is skipped with it, as userIsNotIn', { a: [isNotIn('b')], b: [bad()] }, [], ['a', 'b']],
    ['is skipped with it, beside a true filter', { a: [yes(), isIn('b', 'or')], b: [bad()] }, [], ['a', 'b']],
    [
      'is skipped with it, through a third',
      { a: [isIn('b')], b: [isIn('c')], c: [bad()] },
      [],
      ['a', 'b', 'c'],
    ],
    ['is skipped with it, in a cycle', { a: [isIn('b')], b: [isIn('a'), bad()] }, [], ['a', 'b']],
  ];
  it.each(rows)('%s', (_name, segments, members, skipped) => {
    const compiled = compile(Object.entries(segments).map(([id, filters]) => ({ id, filters })));
    expect(compiled.membershipsOf(person, { now: NOW, device: 'desktop' })).toEqual(members);
    expect(compiled.skipped.map(({ id }) => id)).toEqual(skipped);
  });

  it('is evaluated once, however many references lead to it', () => {
    // Two references on each of 60 levels would be 2^60 evaluations.
    const tower = Array.from({ length: 60 }, (_, n) => ({
      id: `s${n}`,
      filters: n === 0 ? [yes()] : [isIn(`s${n - 1}`), isIn(`s${n - 1}`, 'and')],
    }));
    expect(compile(tower).membershipsOf(person, { now: NOW, device: 'desktop' })).toHaveLength(60);
  });

  it('may be at the end of a chain of 20,000 references', () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => ({ id: `s${n}`, filters: [isIn(`s${n + 1}`)] }));
    expect(compile(chain).membershipsOf(person, { now: NOW, device: 'desktop' })).toHaveLength(20_000);
  });

  it('is skipped when cycles exceed the limit on compiled filters', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
    const knot = ids.map((id) => ({ id, filters: ids.map((other) => isIn(other, 'and')) }));
    const { skipped, membershipsOf } = compile([...knot, { id: 'free', filters: [yes()] }]);
    expect(skipped.map(({ id }) => id)).toEqual(ids);
    expect(membershipsOf(person, { now: NOW, device: 'desktop' })).toEqual(['free']);
  });
});

function compile(segments: readonly StoredSegment[]) {
  return compileSegments(segments, new Map());
}

function nest(depth: number): unknown[] {
  let filters: unknown[] = [yes()];
  for (let n = 0; n < depth; n += 1) filters = [list(null, ...filters)];
  return filters;
}
