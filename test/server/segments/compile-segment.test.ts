import { expect, it } from 'vitest';
import { compileSegment } from '../../../server/segments/compile-segment.ts';

type Connector = 'and' | 'or' | null;

const leaf = (operator: string, key: string, value?: unknown, connector: Connector = null) => ({
  id: 'f',
  connector,
  resource: {
    id: 'r',
    root: { type: 'attribute', contactAttributeKey: key },
    value,
    qualifier: { operator },
  },
});
const yes = (connector: Connector = null) => leaf('isSet', 'yes', '', connector);
const no = (connector: Connector = null) => leaf('isNotSet', 'yes', '', connector);
const list = (connector: Connector, ...nodes: unknown[]) => ({ id: 'l', connector, resource: nodes });

const person = {
  attributes: new Map(
    Object.entries({ yes: '1', plan: 'Pro', empty: '', seats: '5', rate: '100%' }).map(([key, value]) => [
      key,
      { value },
    ]),
  ),
};

const rows: [name: string, filters: unknown, outcome: boolean][] = [
  ['no filters: everybody', [], true],
  ['equals, without case', [leaf('equals', 'plan', 'pRO')], true],
  ['equals something else', [leaf('equals', 'plan', 'free')], false],
  ['equals on what is not set', [leaf('equals', 'none', 'x')], false],
  ['equals compares numbers as text', [leaf('equals', 'seats', 5)], true],
  ['% is no wildcard', [leaf('equals', 'plan', 'p%')], false],
  ['_ is no wildcard', [leaf('equals', 'plan', 'p_o')], false],
  ['% is itself', [leaf('equals', 'rate', '100%')], true],
  ['notEquals', [leaf('notEquals', 'plan', 'free')], true],
  ['notEquals the same, without case', [leaf('notEquals', 'plan', 'PRO')], false],
  ['notEquals on what is not set', [leaf('notEquals', 'none', 'x')], false],
  ['an empty text is set', [leaf('isSet', 'empty')], true],
  ['isSet on what is not', [leaf('isSet', 'none')], false],
  ['isNotSet on what is not', [leaf('isNotSet', 'none')], true],
  ['isNotSet on an empty text', [leaf('isNotSet', 'empty')], false],
  ['yes and no', [yes(), no('and')], false],
  ['yes or no', [yes(), no('or')], true],
  ['A and B or C: C alone is enough', [no(), no('and'), yes('or')], true],
  ['A and B or C: A alone is not', [yes(), no('and'), no('or')], false],
  ['A or B and C: A alone is enough', [yes(), no('or'), no('and')], true],
  ['A or B and C: B alone is not', [no(), yes('or'), no('and')], false],
  ['a connector on the first counts as none', [yes('or'), no('and')], false],
  ['no connector after the first counts as and', [yes(), no(null)], false],
  ['(A or B) and C', [list(null, yes(), no('or')), yes('and')], true],
  ['(A or B) and not C', [list(null, yes(), no('or')), no('and')], false],
  ['A and (B or (C and D))', [yes(), list('and', no(), list('or', yes(), yes('and')))], true],
  ['an empty nested list is true', [no(), list('or')], true],
];

it.each(rows)('%s', (_name, filters, outcome) => {
  const compiled = compileSegment(filters);
  expect('isMember' in compiled && compiled.isMember(person)).toBe(outcome);
});

const unknown: [name: string, filters: unknown][] = [
  ['an unknown operator', [leaf('soundsLike', 'plan', 'x')]],
  ['an operator that is a property of every object', [leaf('constructor', 'plan', 'x')]],
  [
    'an unknown kind, even beside what is true',
    [yes(), { ...yes('or'), resource: { root: { type: 'moon' }, qualifier: {} } }],
  ],
  ['no list', { a: 1 }],
  ['a node of null', [null]],
  ['a node without resource', [{ id: 'x' }]],
  ['an attribute without key', [leaf('equals', undefined as unknown as string, 'x')]],
];

it.each(unknown)('%s is unsupported as a whole', (_name, filters) => {
  expect(compileSegment(filters)).toEqual({ unsupported: expect.any(String) });
});
