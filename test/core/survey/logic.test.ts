import { describe, expect, it } from 'vitest';
import type { AnswerValue, Condition, LogicRule, Operand } from '../../../src/core/survey/document.ts';
import { type Facts, findTarget } from '../../../src/core/survey/logic.ts';
import { block, consent, cta, multi, nps, openText, rating, single } from './sample.ts';

const elements = [
  openText(),
  openText({ id: 'text2' }),
  single(),
  multi(),
  nps(),
  rating(),
  consent(),
  cta(),
];
const facts = (more: Partial<Facts> = {}): Facts => ({
  elements,
  answers: {},
  variables: {},
  hiddenFields: {},
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
  findTarget(block('b', [], { logic: [rule(group('and', condition), 'yes')] }), given) === 'yes';

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
  ['text', 'x', 'contains', 'x', false],
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

  it('a broken condition is false', () => {
    expect(holds({ id: 'c', operator: 'doesNotEqual' }, given)).toBe(false);
  });
});

describe('groups and jumps', () => {
  const yes = compare(operand('static', 1), 'equals', operand('static', 1));
  const no = compare(operand('static', 1), 'equals', operand('static', 2));
  it.each<[string, unknown, boolean]>([
    ['and of both', group('and', yes, yes), true],
    ['and of one', group('and', yes, no), false],
    ['or of one', group('or', no, yes), true],
    ['or of none', group('or', no, no), false],
    ['empty and', group('and'), true],
    ['empty or', group('or'), false],
    ['nested', group('and', yes, group('or', no, group('and', yes, yes))), true],
    ['nested false', group('and', yes, group('or', no, group('and', yes, no))), false],
  ])('%s', (_name, conditions, is) => {
    expect(findTarget(block('b', [], { logic: [rule(conditions, 't')] }), facts())).toBe(
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
    ['nothing leads nowhere', [rule(group('and', no), 'x')], undefined, undefined],
  ])('%s', (_name, logic, logicFallback, target) => {
    const card = block('b', [], { logic, ...(logicFallback && { logicFallback }) });
    expect(findTarget(card, facts())).toBe(target);
  });
});
