import { describe, expect, it } from 'vitest';
import type { AnswerValue, Condition, LogicRule, Operand } from '../../../src/core/survey/document.ts';
import { type Facts, runLogic } from '../../../src/core/survey/logic.ts';
import {
  block,
  choice,
  consent,
  cta,
  date,
  matrix,
  multi,
  nps,
  openText,
  pictures,
  ranking,
  rating,
  single,
} from './sample.ts';

const elements = [
  openText(),
  openText({ id: 'text2' }),
  single(),
  multi(),
  nps(),
  rating(),
  consent(),
  cta(),
  date(),
  date({ id: 'date2' }),
  pictures(),
  ranking(),
  matrix(),
  single({ id: 'single2', choices: [choice('a', 'Red'), choice('b', 'Blue')] }),
];
const facts = (more: Partial<Facts> = {}): Facts => ({
  elements,
  answers: {},
  variables: {},
  hiddenFields: {},
  language: 'default',
  ...more,
});
const jump = (target: string) => ({ id: 'a', objective: 'jumpToBlock', target });
const group = (connector: 'and' | 'or', ...conditions: unknown[]) => ({ id: 'g', connector, conditions });
const rule = (conditions: unknown, ...targets: string[]): LogicRule =>
  ({ id: 'r', conditions, actions: targets.map(jump) }) as LogicRule;
const operand = (type: Operand['type'], value: Operand['value']): Operand => ({ type, value });
const compare = (left: Operand, operator: string, right?: Operand) =>
  ({ id: 'c', leftOperand: left, operator, ...(right && { rightOperand: right }) }) as Condition;
const holds = (condition: unknown, given: Facts): boolean =>
  runLogic(block('b', [], { logic: [rule(group('and', condition), 'yes')] }), given).target === 'yes';

type Row = [
  id: string,
  answer: AnswerValue | undefined,
  operator: string,
  right: Operand['value'],
  is: boolean,
];
it.each<Row>([
  ['text', 'x', 'equals', 'x', true],
  ['text', 'X', 'equals', 'x', false],
  ['text', '42', 'equals', 42, true],
  ['text', '42.0', 'equals', '42', true],
  ['text', undefined, 'equals', 0, false],
  ['text', '', 'equals', 0, false],
  ['text', undefined, 'equals', 'undefined', false],
  ['nps', 0, 'equals', 0, true],
  ['nps', 0, 'equals', '0', true],
  ['nps', 0, 'equals', '', false],
  ['single', ['a'], 'equals', 'a', true],
  ['single', ['a'], 'equals', 'b', false],
  ['single', ['other', 'a'], 'equals', 'a', false],
  ['single', ['other', 'a'], 'equals', 'other', true],
  ['multi', ['a'], 'equals', 'a', true],
  ['multi', ['a'], 'equals', ['a'], true],
  ['multi', ['a', 'b'], 'equals', 'a', false],
  ['text', 'x', 'doesNotEqual', 'x', false],
  ['text', 'x', 'doesNotEqual', 'y', true],
  ['text', undefined, 'doesNotEqual', 'x', true],
  ['multi', ['a'], 'doesNotEqual', 'a', false],
  ['multi', ['a', 'b'], 'doesNotEqual', 'a', true],
  ['multi', undefined, 'doesNotEqual', 'a', true],
  ['text', 'x', 'isSubmitted', '', true],
  ['text', '', 'isSubmitted', '', false],
  ['text', undefined, 'isSubmitted', '', false],
  ['nps', 0, 'isSubmitted', '', true],
  ['multi', [], 'isSubmitted', '', false],
  ['multi', ['a'], 'isSubmitted', '', true],
  ['single', undefined, 'isSubmitted', '', false],
  ['gone', { row: 'column' }, 'isSubmitted', '', false],
  ['text', '', 'isSkipped', '', true],
  ['text', undefined, 'isSkipped', '', true],
  ['text', 'x', 'isSkipped', '', false],
  ['nps', 0, 'isSkipped', '', false],
  ['single', ['a'], 'isSkipped', '', false],
  ['single', undefined, 'isSkipped', '', true],
  ['gone', { row: 'column' }, 'isSkipped', '', false],
  ['gone', {}, 'isSkipped', '', true],
  ['consent', '', 'isSkipped', '', true],
  ['nps', 6, 'isGreaterThan', 6, false],
  ['nps', 7, 'isGreaterThan', 6, true],
  ['text', '10', 'isGreaterThan', '9', true],
  ['text', undefined, 'isGreaterThan', -1, false],
  ['text', ' ', 'isGreaterThan', -1, false],
  ['text', 'abc', 'isGreaterThan', 0, false],
  ['nps', 6, 'isLessThan', 6, false],
  ['nps', 5, 'isLessThan', 6, true],
  ['text', '', 'isLessThan', 1, false],
  ['nps', 6, 'isGreaterThanOrEqual', 6, true],
  ['nps', 5, 'isGreaterThanOrEqual', 6, false],
  ['nps', 6, 'isLessThanOrEqual', 6, true],
  ['nps', 7, 'isLessThanOrEqual', 6, false],
  ['text', 'x', 'rhymesWith', 'x', false],
])('%s %j %s %j is %s', (id, answer, operator, right, is) => {
  const condition = compare(operand('element', id), operator, operand('static', right));
  expect(holds(condition, facts({ answers: answer === undefined ? {} : { [id]: answer } }))).toBe(is);
});

describe('operands', () => {
  const given = facts({
    answers: { text: 'pro', text2: 'pro', single: ['a'], multi: ['a'] },
    variables: { score: 5, empty: '' },
    hiddenFields: { plan: 'pro', age: '5' },
  });
  it.each<[string, Operand, string, Operand | undefined, boolean]>([
    ['hidden field', operand('hiddenField', 'plan'), 'equals', operand('static', 'pro'), true],
    ['missing hidden field', operand('hiddenField', 'gone'), 'isSkipped', undefined, true],
    ['variable', operand('variable', 'score'), 'isGreaterThan', operand('static', 4), true],
    [
      'hidden field and variable',
      operand('hiddenField', 'age'),
      'equals',
      operand('variable', 'score'),
      true,
    ],
    ['element and element', operand('element', 'text'), 'equals', operand('element', 'text2'), true],
    ['element and hidden field', operand('element', 'text'), 'equals', operand('hiddenField', 'plan'), true],
    ['two choices', operand('element', 'single'), 'equals', operand('element', 'multi'), true],
    ['unknown variable', operand('variable', 'gone'), 'doesNotEqual', operand('static', 'x'), false],
    ['unknown variable skipped', operand('variable', 'gone'), 'isSkipped', undefined, false],
    ['blank variable', operand('variable', 'empty'), 'isSkipped', undefined, true],
  ])('%s', (_name, left, operator, right, is) => {
    expect(holds(compare(left, operator, right), given)).toBe(is);
  });

  it('a malformed condition is false', () => {
    expect(holds({ id: 'c', operator: 'doesNotEqual' }, given)).toBe(false);
  });
});

describe('groups and jumps', () => {
  const yes = compare(operand('static', 1), 'equals', operand('static', 1));
  const no = compare(operand('static', 1), 'equals', operand('static', 2));
  it.each<[string, unknown, boolean]>([
    ['and with both true', group('and', yes, yes), true],
    ['and with one true', group('and', yes, no), false],
    ['or with one true', group('or', no, yes), true],
    ['or with none true', group('or', no, no), false],
    ['empty and', group('and'), true],
    ['empty or', group('or'), false],
    ['nested', group('and', yes, group('or', no, group('and', yes, yes))), true],
    ['nested false', group('and', yes, group('or', no, group('and', yes, no))), false],
  ])('%s', (_name, conditions, is) => {
    expect(runLogic(block('b', [], { logic: [rule(conditions, 't')] }), facts()).target).toBe(
      is ? 't' : undefined,
    );
  });

  it.each<[string, LogicRule[], string | undefined, string | undefined]>([
    ['the first matching rule wins', [rule(group('and', yes), 'x'), rule(group('and', yes), 'y')], 'f', 'x'],
    [
      'a rule that fails is passed over',
      [rule(group('and', no), 'x'), rule(group('and', yes), 'y')],
      'f',
      'y',
    ],
    ['the first jump of a rule wins', [rule(group('and', yes), 'x', 'y')], 'f', 'x'],
    ['a rule without a jump leads to the fallback', [rule(group('and', yes))], 'f', 'f'],
    ['no match leads to the fallback', [rule(group('and', no), 'x')], 'f', 'f'],
    ['a fallback needs no rules', [], 'f', 'f'],
    ['no match and no fallback lead to the next block', [rule(group('and', no), 'x')], undefined, undefined],
  ])('%s', (_name, logic, logicFallback, target) => {
    const card = block('b', [], { logic, ...(logicFallback && { logicFallback }) });
    expect(runLogic(card, facts()).target).toBe(target);
  });
});

it.each<Row>([
  ['text', 'Hello World', 'contains', 'lo W', true],
  ['text', 'Hello World', 'contains', 'lo w', false],
  ['text', 'Hello World', 'doesNotContain', 'lo W', false],
  ['text', undefined, 'doesNotContain', 'x', true],
  ['text', undefined, 'contains', 'def', false],
  ['text', 'v42', 'contains', 42, true],
  ['text', 'Hello', 'startsWith', 'He', true],
  ['text', 'Hello', 'startsWith', 'el', false],
  ['text', 'Hello', 'doesNotStartWith', 'He', false],
  ['text', undefined, 'doesNotStartWith', 'un', true],
  ['text', 'Hello', 'endsWith', 'lo', true],
  ['text', 'Hello', 'endsWith', 'He', false],
  ['text', 'Hello', 'doesNotEndWith', 'lo', false],
  ['text', 'Hello', 'doesNotEndWith', 'x', true],
  ['single', ['a'], 'equalsOneOf', ['a', 'b'], true],
  ['single', ['other', 'b'], 'equalsOneOf', ['a', 'b'], false],
  ['single', ['other', 'b'], 'equalsOneOf', ['other'], true],
  ['single', undefined, 'equalsOneOf', ['', 'a'], false],
  ['single', ['a'], 'equalsOneOf', 'a', false],
  ['nps', 5, 'equalsOneOf', ['4', '5'], true],
  ['multi', ['a', 'b'], 'includesAllOf', ['a', 'b'], true],
  ['multi', ['a'], 'includesAllOf', ['a', 'b'], false],
  ['multi', ['other', 'b'], 'includesAllOf', ['b'], false],
  ['multi', undefined, 'includesAllOf', ['a'], false],
  ['multi', ['a'], 'includesOneOf', ['a', 'b'], true],
  ['multi', ['a'], 'includesOneOf', ['b'], false],
  ['multi', ['a'], 'doesNotIncludeAllOf', ['a', 'b'], true],
  ['multi', ['b', 'a'], 'doesNotIncludeAllOf', ['a', 'b'], false],
  ['multi', undefined, 'doesNotIncludeAllOf', ['a'], true],
  ['multi', ['a'], 'doesNotIncludeOneOf', ['a', 'b'], false],
  ['multi', ['a'], 'doesNotIncludeOneOf', ['b'], true],
  ['multi', undefined, 'doesNotIncludeOneOf', ['a'], true],
  ['multi', ['a'], 'includesOneOf', 'a', false],
  ['multi', ['a'], 'doesNotIncludeOneOf', 'b', false],
  ['pictures', ['p1', 'p2'], 'includesAllOf', ['p2', 'p1'], true],
  ['pictures', ['p1'], 'equals', 'p1', true],
  ['pictures', ['p1', 'p2'], 'equals', 'p1', false],
  ['pictures', ['p1', 'p2'], 'doesNotEqual', 'p1', false],
  ['pictures', ['p1', 'p2'], 'doesNotEqual', 'p3', true],
  ['pictures', undefined, 'doesNotEqual', 'p1', true],
  ['pictures', [], 'isSkipped', '', true],
  ['cta', 'clicked', 'isClicked', '', true],
  ['cta', undefined, 'isClicked', '', false],
  ['cta', undefined, 'isNotClicked', '', true],
  ['cta', 'clicked', 'isNotClicked', '', false],
  ['consent', 'accepted', 'isAccepted', '', true],
  ['consent', '', 'isAccepted', '', false],
  ['gone', 'booked', 'isBooked', '', true],
  ['gone', '', 'isBooked', '', false],
  ['gone', undefined, 'isBooked', '', false],
  ['date', '2026-05-01', 'isBefore', '2026-05-02', true],
  ['date', '2026-05-02', 'isBefore', '2026-05-02', false],
  ['date', '2026-05-02', 'isAfter', '2026-05-01', true],
  ['date', '2026-05-02', 'isAfter', '2026-05-02', false],
  ['date', '', 'isAfter', '2026-05-02', false],
  ['date', undefined, 'isBefore', '2026-05-02', false],
  ['date', '2026-05-02', 'isAfter', 'yesterday', false],
  ['date', '2026-05-02', 'equals', '2026-05-02', true],
  ['date', '2026-05-02', 'equals', '2026-05-02T00:00:00.000Z', true],
  ['date', '2026-05-02', 'doesNotEqual', '2026-05-02T00:00:00.000Z', false],
  ['date', '2026-05-02', 'doesNotEqual', '2026-05-03', true],
  ['date', undefined, 'doesNotEqual', '2026-05-03', true],
  ['ranking', ['b', 'a'], 'isSubmitted', '', true],
  ['ranking', [], 'isSkipped', '', true],
  ['matrix', { r1: 'c1' }, 'isPartiallySubmitted', '', true],
  ['matrix', { r1: 'c1' }, 'isCompletelySubmitted', '', false],
  ['matrix', { r1: 'c1', r2: 'c2' }, 'isPartiallySubmitted', '', false],
  ['matrix', { r1: 'c1', r2: 'c2' }, 'isCompletelySubmitted', '', true],
  ['matrix', { r1: 'c1', gone: 'c2' }, 'isCompletelySubmitted', '', false],
  ['matrix', undefined, 'isPartiallySubmitted', '', false],
  ['matrix', {}, 'isCompletelySubmitted', '', false],
  ['matrix', { r1: 'c1' }, 'isSkipped', '', false],
  ['matrix', {}, 'isSkipped', '', true],
  ['gone', { r1: 'c1' }, 'isCompletelySubmitted', '', false],
])('%s %j %s %j is %s', (id, answer, operator, right, is) => {
  const condition = compare(operand('element', id), operator, operand('static', right));
  expect(holds(condition, facts({ answers: answer === undefined ? {} : { [id]: answer } }))).toBe(is);
});

describe('a row of a matrix', () => {
  const given = facts({ answers: { matrix: { r2: 'c2' } } });
  it.each<[string, string, Operand['value'], boolean]>([
    ['1', 'equals', '1', true],
    ['1', 'equals', '0', false],
    ['1', 'doesNotEqual', '0', true],
    ['1', 'isAnyOf', ['0', '1'], true],
    ['1', 'isAnyOf', ['0'], false],
    ['1', 'isNotEmpty', '', true],
    ['1', 'isEmpty', '', false],
    ['0', 'isEmpty', '', true],
    ['0', 'isNotEmpty', '', false],
    ['0', 'equals', '0', false],
    ['0', 'isAnyOf', ['0', '1'], false],
    ['0', 'doesNotEqual', '0', true],
    ['9', 'isEmpty', '', true],
  ])('%s %s %j is %s', (row, operator, right, is) => {
    const left = { ...operand('element', 'matrix'), meta: { row } };
    expect(holds(compare(left, operator, operand('static', right)), given)).toBe(is);
    // An unanswered matrix has empty rows.
    if (row === '0') expect(holds(compare(left, operator, operand('static', right)), facts())).toBe(is);
  });
});

it.each<[string, Operand, string, Operand | undefined, boolean]>([
  ['a hidden field is set', operand('hiddenField', 'plan'), 'isSet', undefined, true],
  ['a missing hidden field is not set (isSet)', operand('hiddenField', 'gone'), 'isSet', undefined, false],
  [
    'a missing hidden field is not set (isNotSet)',
    operand('hiddenField', 'gone'),
    'isNotSet',
    undefined,
    true,
  ],
  ['a blank variable is not set', operand('variable', 'empty'), 'isNotSet', undefined, true],
  ['0 is set', operand('variable', 'zero'), 'isSet', undefined, true],
  [
    'nothing contains what is missing',
    operand('element', 'text'),
    'contains',
    operand('hiddenField', 'gone'),
    false,
  ],
  [
    'nor does it start so',
    operand('element', 'text'),
    'doesNotStartWith',
    operand('hiddenField', 'gone'),
    true,
  ],
  ['two dates', operand('element', 'date'), 'isBefore', operand('element', 'date2'), true],
  ['a date and a hidden field', operand('element', 'date'), 'isAfter', operand('hiddenField', 'since'), true],
  ['a text and a choice’s label', operand('element', 'text'), 'equals', operand('element', 'single2'), true],
  [
    'a hidden field and a choice’s label',
    operand('hiddenField', 'plan'),
    'doesNotEqual',
    operand('element', 'single2'),
    true,
  ],
  ['two choices of one id', operand('element', 'single'), 'equals', operand('element', 'single2'), true],
  ['numbers as texts', operand('hiddenField', 'age'), 'isLessThan', operand('variable', 'forty'), false],
])('%s', (_name, left, operator, right, is) => {
  const given = facts({
    answers: { text: 'Red', single2: ['a'], single: ['a'], date: '2026-01-01', date2: '2026-01-02' },
    variables: { empty: '', zero: 0, forty: 40 },
    hiddenFields: { plan: 'pro', since: '2025-12-31', age: '40.0' },
  });
  expect(holds(compare(left, operator, right), given)).toBe(is);
});

describe('calculate', () => {
  const given = facts({
    answers: { text: '3', text2: 'abc', nps: 4, single2: ['b'], multi: ['a'] },
    variables: { n: 6, m: 2, t: 'x' },
    hiddenFields: { bonus: '2', blank: '' },
  });
  const act = (variableId: string, operator: string, value: Operand) => ({
    id: 'a',
    objective: 'calculate',
    variableId,
    operator,
    value,
  });
  const run = (...actions: unknown[]) =>
    runLogic(
      block('b', [], { logic: [{ id: 'r', conditions: group('and'), actions }] as LogicRule[] }),
      given,
    ).variables;

  it.each<[string, string, Operand, number | string]>([
    ['n', 'add', operand('static', 1.5), 7.5],
    ['n', 'add', operand('static', '1'), 7],
    ['n', 'subtract', operand('element', 'nps'), 2],
    ['n', 'multiply', operand('element', 'text'), 18],
    ['n', 'divide', operand('variable', 'm'), 3],
    ['n', 'divide', operand('static', 0), 6],
    ['n', 'add', operand('hiddenField', 'bonus'), 8],
    ['n', 'add', operand('hiddenField', 'blank'), 6],
    ['n', 'add', operand('hiddenField', 'gone'), 6],
    ['n', 'add', operand('element', 'text2'), 6],
    ['n', 'add', operand('element', 'multi'), 6],
    ['n', 'multiply', operand('static', 1e308), 6],
    ['n', 'assign', operand('element', 'text'), 3],
    ['n', 'assign', operand('element', 'text2'), 6],
    ['n', 'assign', operand('static', ''), 6],
    ['n', 'assign', operand('static', 0), 0],
    ['n', 'explode', operand('static', 1), 6],
    ['t', 'assign', operand('static', 5), '5'],
    ['t', 'assign', operand('element', 'text2'), 'abc'],
    ['t', 'assign', operand('hiddenField', 'blank'), ''],
    ['t', 'assign', operand('element', 'gone'), 'x'],
    ['t', 'concat', operand('element', 'single2'), 'xBlue'],
    ['t', 'concat', operand('variable', 'n'), 'x6'],
    ['t', 'concat', operand('element', 'multi'), 'x'],
  ])('%s %s %j makes %j', (id, operator, value, result) => {
    expect(run(act(id, operator, value))).toEqual({ n: 6, m: 2, t: 'x', [id]: result });
  });

  it('an unknown variable and a calculation without a value change nothing', () => {
    expect(run(act('gone', 'assign', operand('static', 1)))).toEqual(given.variables);
    expect(run({ id: 'a', objective: 'calculate', variableId: 'n', operator: 'add' })).toEqual(
      given.variables,
    );
  });

  it('each calculation sees the results of those before it', () => {
    const add = act('n', 'add', operand('static', 1));
    expect(run(add, act('m', 'assign', operand('variable', 'n')), add)).toMatchObject({ n: 8, m: 7 });
    const isSeven = compare(operand('variable', 'n'), 'equals', operand('static', 7));
    const logic = [
      { id: 'r', conditions: group('and'), actions: [add, jump('first')] },
      {
        id: 'r',
        conditions: group('and', isSeven),
        actions: [act('t', 'assign', operand('static', 'seven')), jump('second')],
      },
    ] as LogicRule[];
    expect(runLogic(block('b', [], { logic }), given)).toEqual({
      target: 'first',
      variables: { n: 7, m: 2, t: 'seven' },
      required: [],
    });
  });

  it('every matching rule’s requireAnswer holds', () => {
    const demand = (target: string) => ({ id: 'd', objective: 'requireAnswer', target });
    const never = compare(operand('static', 1), 'equals', operand('static', 2));
    const logic = [
      { id: 'r', conditions: group('and'), actions: [demand('a')] },
      { id: 'r', conditions: group('and', never), actions: [demand('b')] },
      { id: 'r', conditions: group('and'), actions: [demand('c')] },
      { id: 'r', conditions: group('and', never), actions: [demand('d')] },
    ] as LogicRule[];
    expect(runLogic(block('b', [], { logic }), given).required).toEqual(['a', 'c']);
  });
});

describe('calculations that grow', () => {
  const OPERATORS = ['assign', 'concat', 'add', 'subtract', 'multiply', 'divide'];
  const STARTS: readonly (string | number)[] = ['ab', '', '9', '😀', 2, -0.5, 0, 1e300, 5e-324];
  const always = group('and');
  const calculate = (operator: string, value: Operand) => ({
    id: 'a',
    objective: 'calculate',
    variableId: 'v',
    operator,
    value,
  });
  const repeated = (count: number, ...actions: unknown[]): LogicRule[] =>
    Array.from({ length: count }, () => ({ id: 'r', conditions: always, actions }) as unknown as LogicRule);
  const cases = OPERATORS.flatMap((operator) =>
    STARTS.flatMap((start) => [24, 60, 4_000].map((count) => [operator, start, count] as const)),
  );

  it.each(cases)('%s of %j with itself, %i times, stays bounded', (operator, start, count) => {
    const logic = repeated(count, calculate(operator, operand('variable', 'v')));
    const { variables } = runLogic(block('b', [], { logic }), facts({ variables: { v: start } }));
    expect(typeof variables.v).toBe(typeof start);
    expect(`${variables.v}`.length).toBeLessThanOrEqual(4_096);
    if (typeof start === 'number') expect(Number.isFinite(variables.v)).toBe(true);
    expect(`${variables.v}`).not.toMatch(/NaN|Infinity/);
  });

  it('keep what they had until then, and no half of a character', () => {
    const logic = repeated(60, calculate('concat', operand('variable', 'v')));
    const grown = (v: string | number) =>
      runLogic(block('b', [], { logic }), facts({ variables: { v } })).variables.v;
    expect(grown('ab')).toBe('ab'.repeat(2_048));
    expect(grown('a😀')).toBe(`${'a😀'.repeat(1_365)}a`);
    // A longer number is written with an exponent, and two of them are no number.
    expect(grown(12)).toBe(Number('12'.repeat(16)));
  });

  it.each(OPERATORS)('%s takes a long answer', (operator) => {
    const logic = repeated(3, calculate(operator, operand('element', 'text')));
    const given = facts({ variables: { v: 'x', n: 1 }, answers: { text: 'y'.repeat(1_000_000) } });
    const { v } = runLogic(block('b', [], { logic }), given).variables;
    expect(['x', 'y'.repeat(4_096), `x${'y'.repeat(4_095)}`]).toContain(v);
  });

  it('are as many as a card may have; further rules do nothing', () => {
    const add = calculate('add', operand('static', 1));
    const run = (logic: LogicRule[]) => runLogic(block('b', [], { logic }), facts({ variables: { v: 0 } }));
    // Each rule is a group and an action.
    expect(run(repeated(3_000, add)).variables.v).toBe(2_500);
    expect(run([...repeated(3_000, add), rule(always, 'x')]).target).toBeUndefined();
    const conditions = Array.from({ length: 200_000 }, () => compare(operand('static', 1), 'isSet'));
    const wide = { ...group('and'), conditions };
    expect(run([rule(wide, 'x'), rule(always, 'y')]).target).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['no rule', null],
    ['a rule without conditions', { id: 'r', actions: [] }],
    ['a rule without actions', { id: 'r', conditions: always }],
    ['an action that is none', { id: 'r', conditions: always, actions: [null] }],
    ['a condition that is none', { id: 'r', conditions: group('and', null), actions: [] }],
    ['an operator of every object', repeated(1, calculate('toString', operand('static', 'x')))[0]],
    [
      'a variable of every object',
      { ...repeated(1, { ...calculate('concat', operand('static', 'x')), variableId: 'constructor' })[0] },
    ],
  ])('%s does no harm', (_name, broken) => {
    const logic = [broken, rule(always, 'next')] as LogicRule[];
    const outcome = runLogic(block('b', [], { logic }), facts({ variables: { v: 1 } }));
    expect(outcome.target).toBe('next');
    expect(outcome.variables).toEqual({ v: 1 });
  });

  it('variables of a document are bounded from the start', () => {
    const variables = { t: 'x'.repeat(1_000_000), n: Infinity };
    expect(runLogic(block('b', []), facts({ variables })).variables).toEqual({ t: 'x'.repeat(4_096), n: 0 });
  });

  it('conditions nested very deeply are false', () => {
    let deep: unknown = group('and');
    for (let depth = 0; depth < 100_000; depth++) deep = group('and', deep);
    const logic = [rule(deep, 'x')];
    expect(runLogic(block('b', [], { logic, logicFallback: 'f' }), facts()).target).toBe('f');
  });
});
