import { describe, expect, it } from 'vitest';
import { OPERATORS } from '../../src/wire/segment.ts';
import { filtersSchema } from '../../src/wire/segment-schema.ts';
import { judge } from '../server/segments/support.ts';

const within = { amount: 7, unit: 'days' };
const filter = (root: object, operator: unknown, value?: unknown) => ({
  id: 'f',
  root,
  value,
  qualifier: { operator },
});
const node = (resource: unknown, connector: unknown = null) => ({ id: 'n', connector, resource });
const ROOTS = {
  attribute: { type: 'attribute', contactAttributeKey: 'k' },
  person: { type: 'person', personIdentifier: 'userId' },
  segment: { type: 'segment', segmentId: 's1' },
  device: { type: 'device' },
  surveyInteraction: { type: 'surveyInteraction' },
};
const ask = (operator: unknown, value?: unknown) => [node(filter(ROOTS.attribute, operator, value))];
const any = { surveyScope: 'any', within };
const specific = (surveyIds: unknown, span: unknown = within) => ({
  surveyScope: 'specific',
  surveyIds,
  within: span,
});

const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  'attribute equals': ['pro', 5, -0.5],
  'attribute notEquals': ['pro', 5],
  'attribute contains': ['a'],
  'attribute doesNotContain': ['a'],
  'attribute startsWith': ['a'],
  'attribute endsWith': ['a'],
  'attribute isSet': ['', undefined, null, 'x', 7],
  'attribute isNotSet': ['', undefined],
  'attribute lessThan': [0, -1.5],
  'attribute lessEqual': [7],
  'attribute greaterThan': [7],
  'attribute greaterEqual': [7],
  'attribute isOlderThan': [within, { amount: 0.5, unit: 'years' }, { amount: 5000, unit: 'weeks' }],
  'attribute isNewerThan': [within, { amount: 1, unit: 'months' }],
  'attribute isBefore': ['2026-03-31', '2026-03-31T10:00:00.000Z', '2026-03-31T10:00:00+02:00'],
  'attribute isAfter': ['2026-03-31'],
  'attribute isSameDay': ['2026-03-31'],
  'attribute isBetween': [['2026-03-01', '2026-03-31T00:00:00Z']],
  'person equals': ['mara'],
  'person notEquals': ['mara'],
  'person isSet': ['', undefined],
  'person isNotSet': [''],
  'person contains': ['a'],
  'person doesNotContain': ['a'],
  'person startsWith': ['a'],
  'person endsWith': ['a'],
  'segment userIsIn': ['', undefined, 's1'],
  'segment userIsNotIn': [''],
  'device equals': ['phone', 'desktop'],
  'device notEquals': ['phone'],
  'surveyInteraction haveSeen': [any, { ...any, surveyIds: [] }, specific(['s1', 's2'])],
  'surveyInteraction haveNotSeen': [{ surveyScope: 'any', within: { amount: 999, unit: 'months' } }],
  'surveyInteraction haveStartedRespondingTo': [any],
  'surveyInteraction haveCompleted': [specific(Array.from({ length: 100 }, (_, n) => `s${n}`))],
  'surveyInteraction haveNotCompleted': [specific(['s1'], { amount: 1, unit: 'weeks' })],
};

describe('accepts', () => {
  const rows = Object.entries(GOOD).flatMap(([name, values]) =>
    values.map((value) => [name, value, ...name.split(' ')] as const),
  );
  it.each(rows)('%s %j', (_name, value, kind, operator) => {
    const filters = [node(filter(ROOTS[kind as keyof typeof ROOTS], operator, value))];
    expect(filtersSchema.parse(filters)).toEqual(filters);
    // Every accepted filter can be evaluated.
    expect(judge(filters)).toEqual(expect.any(Boolean));
  });

  it('every operator of every kind', () => {
    const all = Object.entries(OPERATORS).flatMap(([kind, operators]) =>
      operators.map((operator) => `${kind} ${operator}`),
    );
    expect(Object.keys(GOOD).sort()).toEqual(all.sort());
  });

  it('nested lists, every connector, and unknown keys', () => {
    const filters = [
      node([node(ask('isSet')), { ...ask('isSet')[0], connector: 'or', more: 1 }], 'or'),
      node([], 'and'),
      { id: 'n', resource: { ...filter(ROOTS.device, 'equals', 'phone'), more: 1 } },
    ];
    expect(filtersSchema.parse(filters)).toEqual(filters);
    expect(filtersSchema.parse([])).toEqual([]);
    expect(filtersSchema.safeParse(nest(100)).success).toBe(true);
  });
});

describe('refuses, naming the field,', () => {
  const value = '0.resource.value';
  const rows: (readonly [name: string, filters: unknown, path: string])[] = [
    ['a value that is no list', {}, ''],
    ['a node that is no object', [7], '0'],
    ['a node without id', [{ connector: null, resource: [] }], '0.id'],
    ['an unknown connector', [node([], 'xor')], '0.connector'],
    ['a node without resource', [{ id: 'n', connector: null }], '0.resource'],
    ['a resource that is a text', [node('x')], '0.resource'],
    ['an unknown kind', [node(filter({ type: 'moon' }, 'isFull'))], '0.resource.root.type'],
    ['no kind', [node({ id: 'f' })], '0.resource.root'],
    ['an unknown operator', ask('soundsLike', 'x'), '0.resource.qualifier.operator'],
    [
      'an operator of another kind',
      [node(filter(ROOTS.device, 'contains', 'x'))],
      '0.resource.qualifier.operator',
    ],
    ['no qualifier', [node({ id: 'f', root: ROOTS.attribute })], '0.resource.qualifier'],
    [
      'a filter without id',
      [node({ ...filter(ROOTS.device, 'equals', 'phone'), id: undefined })],
      '0.resource.id',
    ],
    ['no key', [node(filter({ type: 'attribute' }, 'isSet'))], '0.resource.root.contactAttributeKey'],
    [
      'an empty key',
      [node(filter({ ...ROOTS.attribute, contactAttributeKey: '' }, 'isSet'))],
      '0.resource.root.contactAttributeKey',
    ],
    ['no identifier', [node(filter({ type: 'person' }, 'isSet'))], '0.resource.root.personIdentifier'],
    ['no segment', [node(filter({ type: 'segment' }, 'userIsIn'))], '0.resource.root.segmentId'],
    [
      'a nested filter',
      [node([node(ask('isSet')), node([node(filter(ROOTS.device, 'equals', 'tv'))])])],
      '0.resource.1.resource.0.resource.value',
    ],
    ['101 lists within each other', nest(101), Array(101).fill('0.resource').join('.')],
    ['a million lists within each other', nest(1_000_000), Array(101).fill('0.resource').join('.')],
    ...['equals', 'notEquals'].flatMap((operator) => [
      [`${operator} of nothing`, ask(operator), value] as const,
      [`${operator} of an empty text`, ask(operator, ''), value] as const,
      [`${operator} of a list`, ask(operator, ['a']), value] as const,
    ]),
    ...['contains', 'doesNotContain', 'startsWith', 'endsWith'].flatMap((operator) => [
      [`${operator} of a number`, ask(operator, 7), value] as const,
      [`${operator} of an empty text`, ask(operator, ''), value] as const,
    ]),
    ...['lessThan', 'lessEqual', 'greaterThan', 'greaterEqual'].flatMap((operator) => [
      [`${operator} of a text`, ask(operator, '7'), value] as const,
      [`${operator} of nothing`, ask(operator), value] as const,
    ]),
    ...['isOlderThan', 'isNewerThan'].flatMap((operator) => [
      [`${operator} of a text`, ask(operator, '7 days'), value] as const,
      [`${operator} of no time`, ask(operator, { amount: 0, unit: 'days' }), `${value}.amount`] as const,
      [`${operator} of hours`, ask(operator, { amount: 1, unit: 'hours' }), `${value}.unit`] as const,
    ]),
    ...['isBefore', 'isAfter', 'isSameDay'].flatMap((operator) => [
      [`${operator} of an empty text`, ask(operator, ''), value] as const,
      [`${operator} of no date`, ask(operator, '2026-02-30'), value] as const,
      [`${operator} of a number`, ask(operator, 7), value] as const,
    ]),
    ['isBetween of one date', ask('isBetween', ['2026-03-01']), value],
    ['isBetween of no date', ask('isBetween', ['2026-03-01', 'later']), `${value}.1`],
    ['isBetween of a text', ask('isBetween', '2026-03-01'), value],
    ['a person by an empty text', [node(filter(ROOTS.person, 'equals', ''))], value],
    ['a person by a number', [node(filter(ROOTS.person, 'contains', 7))], value],
    ['an unknown device', [node(filter(ROOTS.device, 'equals', 'tablet'))], value],
    [
      'an interaction with an unknown scope',
      interact({ surveyScope: 'some', within }),
      `${value}.surveyScope`,
    ],
    ['an interaction with nothing', interact(undefined), value],
    ['an interaction with no survey', interact(specific([])), `${value}.surveyIds`],
    ['an interaction with 101 surveys', interact(specific(Array(101).fill('s'))), `${value}.surveyIds`],
    ['an interaction with a malformed id', interact(specific(['S 1'])), `${value}.surveyIds.0`],
    ['an interaction without window', interact({ surveyScope: 'any' }), `${value}.within`],
    [
      'an interaction within years',
      interact(specific(['s'], { amount: 1, unit: 'years' })),
      `${value}.within.unit`,
    ],
    [
      'an interaction within half a day',
      interact(specific(['s'], { amount: 0.5, unit: 'days' })),
      `${value}.within.amount`,
    ],
    [
      'an interaction within 1000 days',
      interact(specific(['s'], { amount: 1000, unit: 'days' })),
      `${value}.within.amount`,
    ],
  ];
  it.each(rows)('%s', (_name, filters, path) => {
    const { error } = filtersSchema.safeParse(filters);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

function interact(value: unknown) {
  return [node(filter(ROOTS.surveyInteraction, 'haveSeen', value))];
}

function nest(depth: number): unknown[] {
  let filters: unknown[] = ask('isSet');
  for (let n = 0; n < depth; n += 1) filters = [node(filters)];
  return filters;
}
