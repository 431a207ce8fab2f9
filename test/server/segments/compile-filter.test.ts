import { describe, expect, it } from 'vitest';
import { OPERATORS } from '../../../src/wire/segment.ts';
import { attribute, filter, judge, NOW, stored } from './support.ts';

const at = (text: string): number => Date.parse(text);
const date = (text: string) => stored(text, { date: at(text) });

/** Stored values with the type of their key: the columns of the table below. */
const COLUMNS = {
  missing: { dataType: 'string', entry: undefined },
  empty: { dataType: 'string', entry: stored('') },
  text: { dataType: 'string', entry: stored('Pro 100%') },
  numeral: { dataType: 'string', entry: stored('7') },
  number: { dataType: 'number', entry: stored('7', { number: 7 }) },
  bare: { dataType: 'number', entry: stored('7.0') },
  odd: { dataType: 'number', entry: stored('7e0') },
  date: { dataType: 'date', entry: date('2026-03-10T08:00:00.000Z') },
  dateText: { dataType: 'string', entry: stored('2026-03-10T08:00:00.000Z') },
  undated: { dataType: 'date', entry: stored('2026-03-10T08:00:00.000Z') },
} as const;
type Column = keyof typeof COLUMNS;

const days = (amount: number) => ({ amount, unit: 'days' });
/** An operator with a value, and the columns in which it matches; in all others it doesn't. */
const rows: [operator: string, value: unknown, holds: readonly Column[]][] = [
  ['equals', 'pRO 100%', ['text']],
  ['equals', 'Pro%', []],
  ['equals', 'Pro_100%', []],
  ['equals', '', ['empty']],
  ['equals', 7, ['numeral', 'number']],
  ['equals', '7', ['numeral', 'number']],
  ['equals', '7.0', ['bare']],
  ['equals', '2026-03-10t08:00:00.000z', ['date', 'dateText', 'undated']],
  ['notEquals', 'PRO 100%', ['empty', 'numeral', 'number', 'bare', 'odd', 'date', 'dateText', 'undated']],
  ['notEquals', 7, ['empty', 'text', 'bare', 'odd', 'date', 'dateText', 'undated']],
  ['contains', 'O 1', ['text']],
  ['contains', '', ['empty', 'text', 'numeral', 'number', 'bare', 'odd', 'date', 'dateText', 'undated']],
  ['contains', '7', ['numeral', 'number', 'bare', 'odd']],
  ['contains', '03-10T', ['date', 'dateText', 'undated']],
  ['doesNotContain', 'PRO', ['empty', 'numeral', 'number', 'bare', 'odd', 'date', 'dateText', 'undated']],
  ['doesNotContain', '7', ['empty', 'text', 'date', 'dateText', 'undated']],
  ['doesNotContain', '', []],
  ['startsWith', 'PRO', ['text']],
  ['startsWith', 'ro', []],
  ['startsWith', '7', ['numeral', 'number', 'bare', 'odd']],
  ['endsWith', '00%', ['text']],
  ['endsWith', '100', []],
  ['endsWith', '.000Z', ['date', 'dateText', 'undated']],
  ['isSet', '', ['empty', 'text', 'numeral', 'number', 'bare', 'odd', 'date', 'dateText', 'undated']],
  ['isSet', undefined, ['empty', 'text', 'numeral', 'number', 'bare', 'odd', 'date', 'dateText', 'undated']],
  ['isNotSet', '', ['missing']],
  ['isNotSet', 7, ['missing']],
  ['lessThan', 7, []],
  ['lessThan', 7.5, ['number', 'bare']],
  ['lessEqual', 7, ['number', 'bare']],
  ['lessEqual', 6.5, []],
  ['greaterThan', 7, []],
  ['greaterThan', -1, ['number', 'bare']],
  ['greaterEqual', 7, ['number', 'bare']],
  ['greaterEqual', 8, []],
  // NOW is 31 March, noon: 21 days and 4 hours later.
  ['isOlderThan', days(21), ['date']],
  ['isOlderThan', days(22), []],
  ['isOlderThan', { amount: 1, unit: 'months' }, []],
  ['isNewerThan', days(22), ['date']],
  ['isNewerThan', days(21), []],
  ['isNewerThan', { amount: 1, unit: 'years' }, ['date']],
  ['isBefore', '2026-03-10T08:00:00.001Z', ['date']],
  ['isBefore', '2026-03-10T08:00:00.000Z', []],
  ['isBefore', '2026-03-11', ['date']],
  ['isAfter', '2026-03-10', ['date']],
  ['isAfter', '2026-03-10T07:59:59.999Z', ['date']],
  ['isAfter', '2026-03-10T08:00:00.000Z', []],
  ['isBetween', ['2026-03-10T08:00:00Z', '2026-03-10T08:00:00Z'], ['date']],
  ['isBetween', ['2026-03-10', '2026-03-11'], ['date']],
  ['isBetween', ['2026-03-01', '2026-03-10'], []],
  ['isBetween', ['2026-03-11', '2026-03-10'], []],
  ['isSameDay', '2026-03-10', ['date']],
  ['isSameDay', '2026-03-10T23:59:59Z', ['date']],
  ['isSameDay', '2026-03-11', []],
  ['isSameDay', '2026-03-10T23:00:00-02:00', []],
];
const columns = Object.keys(COLUMNS) as Column[];

describe('an attribute filter', () => {
  const cells = rows.flatMap(([operator, value, holds]) =>
    columns.map((column) => [operator, value, column, holds.includes(column)] as const),
  );
  it.each(cells)('%s %j, %s: %s', (operator, value, column, outcome) => {
    const { dataType, entry } = COLUMNS[column];
    const person = { attributes: new Map(entry ? [['k', entry]] : []) };
    expect(judge([attribute('k', operator, value)], { person, keys: { k: dataType } })).toBe(outcome);
  });

  it('has a row for every operator', () => {
    expect([...new Set(rows.map(([operator]) => operator))].sort()).toEqual([...OPERATORS.attribute].sort());
  });

  it('compares the stored form while the type of a new key is unknown', () => {
    const person = { attributes: new Map([['k', date('2026-03-10T08:00:00.000Z')]]) };
    expect(judge([attribute('k', 'isSameDay', '2026-03-10')], { person })).toBe(true);
    const number = { attributes: new Map([['k', stored('7', { number: 7 })]]) };
    expect(judge([attribute('k', 'lessEqual', 7)], { person: number })).toBe(true);
    expect(
      judge([attribute('k', 'lessEqual', 7)], { person: { attributes: new Map([['k', stored('7')]]) } }),
    ).toBe(false);
  });

  it('compares an instant with the edge of the window: older is strict, newer includes it', () => {
    const edge = new Date(NOW - 7 * 86_400_000).toISOString();
    const person = { attributes: new Map([['k', date(edge)]]) };
    expect(judge([attribute('k', 'isOlderThan', days(7))], { person })).toBe(false);
    expect(judge([attribute('k', 'isNewerThan', days(7))], { person })).toBe(true);
    const future = { attributes: new Map([['k', date('2030-01-01T00:00:00.000Z')]]) };
    expect(judge([attribute('k', 'isNewerThan', days(7))], { person: future })).toBe(true);
  });
});

describe('a person filter', () => {
  const person = { attributes: new Map([['userId', stored('Mara_1')]]) };
  const user = (operator: string, value?: unknown) =>
    filter({ type: 'person', personIdentifier: 'userId' }, operator, value);
  const outcomes: [operator: string, value: unknown, outcome: boolean][] = [
    ['equals', 'mara_1', true],
    ['equals', 'mara%1', false],
    ['notEquals', 'mara_1', false],
    ['notEquals', 'tom', true],
    ['isSet', '', true],
    ['isNotSet', '', false],
    ['contains', 'RA_', true],
    ['contains', 'x', false],
    ['doesNotContain', 'x', true],
    ['doesNotContain', 'ra', false],
    ['startsWith', 'MAR', true],
    ['startsWith', 'ara', false],
    ['endsWith', 'a_1', true],
    ['endsWith', 'mara', false],
  ];
  it.each(outcomes)('%s %j: %s', (operator, value, outcome) => {
    expect(judge([user(operator, value)], { person })).toBe(outcome);
  });

  it('has a row for every operator', () => {
    expect([...new Set(outcomes.map(([operator]) => operator))].sort()).toEqual([...OPERATORS.person].sort());
  });

  it('on another identifier than the user id counts as true', () => {
    const other = filter({ type: 'person', personIdentifier: 'email' }, 'equals', 'x');
    expect(judge([other], { person })).toBe(true);
    expect(judge([user('equals', 'nobody'), { ...other, connector: 'or' }], { person })).toBe(true);
  });
});

describe('a device filter', () => {
  const outcomes = [
    ['equals', 'phone', 'phone', true],
    ['equals', 'phone', 'desktop', false],
    ['equals', 'desktop', 'desktop', true],
    ['equals', 'desktop', 'phone', false],
    ['notEquals', 'phone', 'phone', false],
    ['notEquals', 'phone', 'desktop', true],
    ['notEquals', 'desktop', 'desktop', false],
    ['notEquals', 'desktop', 'phone', true],
  ] as const;
  it.each(outcomes)('%s %s on a %s: %s', (operator, value, device, outcome) => {
    const root = { type: 'device', deviceType: value === 'phone' ? 'desktop' : 'phone' };
    expect(judge([filter(root, operator, value)], { moment: { device } })).toBe(outcome);
  });

  it('counts as true beside or', () => {
    const filters = [filter({ type: 'device' }, 'equals', 'phone'), attribute('plan', 'equals', 'pro', 'or')];
    expect(judge(filters, { moment: { device: 'phone' } })).toBe(true);
  });
});

describe('an interaction filter', () => {
  const ask = (operator: string, value: object) => [filter({ type: 'surveyInteraction' }, operator, value)];
  const within = (amount: number, unit: string) => ({ surveyScope: 'any', within: { amount, unit } });
  const only = (...surveyIds: string[]) => ({
    surveyScope: 'specific',
    surveyIds,
    within: { amount: 7, unit: 'days' },
  });
  const edge = NOW - 7 * 86_400_000;
  const seen = (createdAt: number, surveyId = 's1') => ({ displays: [{ surveyId, createdAt }] });
  const answered = (createdAt: number, finished: boolean, surveyId = 's1') => ({
    responses: [{ surveyId, createdAt, finished }],
  });

  type Row = [name: string, filters: unknown, person: object, outcome: boolean];
  const outcomes: Row[] = [
    ['seen at the edge of the window', ask('haveSeen', within(7, 'days')), seen(edge), true],
    ['seen just before it', ask('haveSeen', within(7, 'days')), seen(edge - 1), false],
    ['seen, by the calendar', ask('haveSeen', within(1, 'months')), seen(at('2026-02-28T12:00:00Z')), true],
    [
      'seen just before that',
      ask('haveSeen', within(1, 'months')),
      seen(at('2026-02-28T11:59:59.999Z')),
      false,
    ],
    ['seen in a later second than now', ask('haveSeen', within(7, 'days')), seen(NOW + 1000), true],
    ['seen, one of several', ask('haveSeen', only('s2', 's1')), seen(NOW), true],
    ['seen, none of several', ask('haveSeen', only('s2', 's3')), seen(NOW), false],
    ['seen, with answers alone', ask('haveSeen', within(7, 'days')), answered(NOW, true), false],
    ['not seen', ask('haveNotSeen', within(7, 'days')), seen(edge - 1), true],
    ['not seen, without history', ask('haveNotSeen', within(7, 'days')), {}, true],
    ['not seen, but seen', ask('haveNotSeen', within(7, 'days')), seen(edge), false],
    ['not seen, another one', ask('haveNotSeen', only('s2')), seen(NOW), true],
    ['started', ask('haveStartedRespondingTo', within(7, 'days')), answered(edge, false), true],
    ['started, and finished', ask('haveStartedRespondingTo', within(7, 'days')), answered(edge, true), true],
    [
      'started too early',
      ask('haveStartedRespondingTo', within(1, 'weeks')),
      answered(edge - 1, false),
      false,
    ],
    ['started another', ask('haveStartedRespondingTo', only('s2')), answered(NOW, false), false],
    ['started, seen alone', ask('haveStartedRespondingTo', within(7, 'days')), seen(NOW), false],
    ['completed', ask('haveCompleted', within(7, 'days')), answered(edge, true), true],
    ['completed in part', ask('haveCompleted', within(7, 'days')), answered(NOW, false), false],
    ['completed too early', ask('haveCompleted', within(7, 'days')), answered(edge - 1, true), false],
    ['not completed, in part', ask('haveNotCompleted', within(7, 'days')), answered(NOW, false), true],
    ['not completed, without history', ask('haveNotCompleted', only('s1')), {}, true],
    ['not completed, but done', ask('haveNotCompleted', only('s1')), answered(NOW, true), false],
    ['not completed, another one', ask('haveNotCompleted', only('s2')), answered(NOW, true), true],
  ];
  it.each(outcomes)('%s', (_name, filters, person, outcome) => {
    expect(judge(filters, { person })).toBe(outcome);
  });
});

describe('a filter is skipped with its segment when', () => {
  const root = { attribute: { type: 'attribute', contactAttributeKey: 'k' } };
  const interaction = { type: 'surveyInteraction' };
  const within = { amount: 1, unit: 'days' };
  const NOT_TEXT = [undefined, null, true, 7, {}, ['a']];
  const NOT_NUMBER = [undefined, null, true, '7', '', Number.NaN, Number.POSITIVE_INFINITY, {}, [7]];
  const NOT_SPAN = [
    undefined,
    null,
    '7',
    7,
    [],
    {},
    { amount: 0, unit: 'days' },
    { amount: -1, unit: 'days' },
    { amount: '1', unit: 'days' },
    { amount: 1 },
    { amount: 1, unit: 'hours' },
    { amount: 1, unit: 'constructor' },
  ];
  const NOT_DATE = [undefined, null, '', 'soon', '2026-02-30', 7, {}, ['2026-03-10']];
  const NOT_RANGE = [
    undefined,
    null,
    '2026-03-10',
    [],
    ['2026-03-10'],
    ['2026-03-10', 'x'],
    ['2026-03-10', '2026-03-11', '2026-03-12'],
  ];
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    equals: [undefined, null, true, {}, ['a'], Number.NaN],
    notEquals: [undefined, null, true, {}, ['a'], Number.NaN],
    contains: NOT_TEXT,
    doesNotContain: NOT_TEXT,
    startsWith: NOT_TEXT,
    endsWith: NOT_TEXT,
    lessThan: NOT_NUMBER,
    lessEqual: NOT_NUMBER,
    greaterThan: NOT_NUMBER,
    greaterEqual: NOT_NUMBER,
    isOlderThan: NOT_SPAN,
    isNewerThan: NOT_SPAN,
    isBefore: NOT_DATE,
    isAfter: NOT_DATE,
    isSameDay: NOT_DATE,
    isBetween: NOT_RANGE,
  };
  const values = Object.entries(wrong).flatMap(([operator, list]) =>
    list.map(
      (value) =>
        [
          `its value is of the wrong type: ${operator} ${JSON.stringify(value) ?? value}`,
          attribute('k', operator, value),
        ] as const,
    ),
  );

  const others: (readonly [name: string, filter: unknown])[] = [
    ['its kind is unknown', filter({ type: 'moon' }, 'equals', 'x')],
    ['its kind is a property of every object', filter({ type: 'constructor' }, 'equals', 'x')],
    ['its kind is an object', filter({ type: { toString: 1 } }, 'equals', 'x')],
    ['its operator is unknown', attribute('k', 'soundsLike', 'x')],
    ['its operator is a property of every object', attribute('k', 'constructor', 'x')],
    ['its operator is an object', attribute('k', { toString: 1 }, 'x')],
    ['its operator is one of another kind', filter({ type: 'device' }, 'contains', 'phone')],
    [
      'its operator is one of attributes',
      filter({ type: 'person', personIdentifier: 'userId' }, 'lessThan', 7),
    ],
    ['it has no root', { connector: null, resource: { value: 'x', qualifier: { operator: 'equals' } } }],
    ['it has no qualifier', { connector: null, resource: { root: root.attribute, value: 'x' } }],
    ['it names no key', filter({ type: 'attribute' }, 'equals', 'x')],
    ['it names no identifier', filter({ type: 'person' }, 'equals', 'x')],
    ['it names no segment', filter({ type: 'segment' }, 'userIsIn', '')],
    ['its device is none', filter({ type: 'device' }, 'equals', 'tablet')],
    ['its device is missing', filter({ type: 'device', deviceType: 'phone' }, 'equals', undefined)],
    [
      'another identifier is asked in an unknown way',
      filter({ type: 'person', personIdentifier: 'x' }, 'likes', ''),
    ],
    ['an interaction has no value', filter(interaction, 'haveSeen', null)],
    ['an interaction has no window', filter(interaction, 'haveSeen', { surveyScope: 'any' })],
    [
      'an interaction reaches back years',
      filter(interaction, 'haveSeen', { surveyScope: 'any', within: { amount: 1, unit: 'years' } }),
    ],
    ['an interaction has an unknown scope', filter(interaction, 'haveSeen', { surveyScope: 'some', within })],
    ['an interaction names no surveys', filter(interaction, 'haveSeen', { surveyScope: 'specific', within })],
  ];
  it.each([...values, ...others])('%s', (_name, node) => {
    expect(judge([node])).toEqual(expect.any(String));
  });

  it('has a row for every operator that has a value', () => {
    const free = ['isSet', 'isNotSet'];
    expect([...Object.keys(wrong), ...free].sort()).toEqual([...OPERATORS.attribute].sort());
  });

  it('is reported without the value, which may be personal data', () => {
    expect(judge([attribute('k', 'lessThan', 'mara@example.com')])).toBe('number of type string');
  });
});
