import { describe, expect, it } from 'vitest';
import { compileSegments, type StoredSegment } from '../../../server/segments/compile-segments.ts';
import { attribute, type Connector, filter, judge, NOBODY, NOW, stored } from './support.ts';

const yes = (connector: Connector = null) => attribute('yes', 'isSet', '', connector);
const no = (connector: Connector = null) => attribute('yes', 'isNotSet', '', connector);
const list = (connector: Connector, ...nodes: unknown[]) => ({ id: 'l', connector, resource: nodes });
const person = { ...NOBODY, attributes: new Map([['yes', stored('1')]]) };

describe('a list', () => {
  const rows: [name: string, filters: unknown, outcome: boolean][] = [
    ['without filters is everybody', [], true],
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
      'holds an unknown kind, even beside what is true',
      [yes(), filter({ type: 'moon' }, 'isFull', '', 'or')],
    ],
    ['is nested 101 times', nest(101)],
    ['is nested a million times', nest(1_000_000)],
  ];
  it.each(unknown)('that %s is skipped', (_name, filters) => {
    expect(judge(filters, { person })).toEqual(expect.any(String));
  });
});

describe('a segment that asks about another', () => {
  const isIn = (segmentId: string, connector: Connector = null) =>
    filter({ type: 'segment', segmentId }, 'userIsIn', '', connector);
  const isNotIn = (segmentId: string, connector: Connector = null) =>
    filter({ type: 'segment', segmentId }, 'userIsNotIn', '', connector);
  const bad = () => attribute('yes', 'soundsLike', 'x');

  const rows: [name: string, segments: Record<string, unknown[]>, members: string[], skipped: string[]][] = [
    ['is in it', { a: [isIn('b')], b: [yes()] }, ['a', 'b'], []],
    ['is not in it', { a: [isNotIn('b')], b: [no()] }, ['a'], []],
    ['stands before or after it', { c: [isIn('b')], b: [isIn('a')], a: [yes()] }, ['c', 'b', 'a'], []],
    ['asks nothing when it is unknown', { a: [isIn('x')], b: [isNotIn('x')] }, ['a', 'b'], []],
    ['never matches by not being where everybody is', { a: [isNotIn('b')], b: [] }, ['b'], []],
    [
      'asks nothing about itself',
      { a: [isIn('a')], b: [isNotIn('b')], c: [isIn('c'), no('and')] },
      ['a', 'b'],
      [],
    ],
    [
      'asks nothing where a circle closes',
      { a: [isNotIn('b')], b: [isIn('a'), yes('and')], c: [isIn('a')] },
      // b seen from a: "in a" asks nothing, yes holds: a is not in. a seen from b: "not in b" asks nothing: b is in.
      ['b'],
      [],
    ],
    ['a circle of three', { a: [isIn('b')], b: [isIn('c')], c: [isIn('a'), no('or')] }, ['a', 'b', 'c'], []],
    ['a circle of three that says no', { a: [isIn('b')], b: [isIn('c')], c: [isIn('a'), no('and')] }, [], []],
    ['is skipped with it', { a: [isIn('b')], b: [bad()], c: [yes()] }, ['c'], ['a', 'b']],
    ['is skipped with it, not in', { a: [isNotIn('b')], b: [bad()] }, [], ['a', 'b']],
    ['is skipped with it, beside what is true', { a: [yes(), isIn('b', 'or')], b: [bad()] }, [], ['a', 'b']],
    ['is skipped with it, from afar', { a: [isIn('b')], b: [isIn('c')], c: [bad()] }, [], ['a', 'b', 'c']],
    ['is skipped with it, in a circle', { a: [isIn('b')], b: [isIn('a'), bad()] }, [], ['a', 'b']],
  ];
  it.each(rows)('%s', (_name, segments, members, skipped) => {
    const compiled = compile(Object.entries(segments).map(([id, filters]) => ({ id, filters })));
    expect(compiled.membershipsOf(person, { now: NOW, device: 'desktop' })).toEqual(members);
    expect(compiled.skipped.map(({ id }) => id)).toEqual(skipped);
  });

  it('is judged once, however many ways lead to it', () => {
    // Asking twice on each of 60 storeys would be 2^60 questions.
    const tower = Array.from({ length: 60 }, (_, n) => ({
      id: `s${n}`,
      filters: n === 0 ? [yes()] : [isIn(`s${n - 1}`), isIn(`s${n - 1}`, 'and')],
    }));
    expect(compile(tower).membershipsOf(person, { now: NOW, device: 'desktop' })).toHaveLength(60);
  });

  it('may stand at the end of 20,000 others', () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => ({ id: `s${n}`, filters: [isIn(`s${n + 1}`)] }));
    expect(compile(chain).membershipsOf(person, { now: NOW, device: 'desktop' })).toHaveLength(20_000);
  });

  it('is skipped when circles would be looked into for ever', () => {
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
