import { describe, expect, it } from 'vitest';
import { renewLogic } from '../../../src/core/survey/renew-logic.ts';

const choices = [
  { id: 'a', label: { default: 'Yes', de: 'Ja' } },
  { id: 'b', label: { default: 'No' } },
];

function renewed(rule: unknown, type = 'openText') {
  const problems: string[] = [];
  const rules = renewLogic({ id: 'q1', type, choices, logic: [rule] }, (problem) => problems.push(problem));
  return { rules: rules as { conditions: { conditions: object[] }; actions: object[] }[], problems };
}

const rows: [condition: string, type: string, value: unknown, operator: string, right: unknown][] = [
  ['submitted', 'openText', undefined, 'isSubmitted', undefined],
  ['skipped', 'nps', 'left over', 'isSkipped', undefined],
  ['accepted', 'consent', undefined, 'isAccepted', undefined],
  ['clicked', 'cta', undefined, 'isClicked', undefined],
  ['booked', 'cal', undefined, 'isBooked', undefined],
  ['uploaded', 'fileUpload', undefined, 'isSubmitted', undefined],
  ['notUploaded', 'fileUpload', undefined, 'isSkipped', undefined],
  ['isPartiallySubmitted', 'matrix', undefined, 'isPartiallySubmitted', undefined],
  ['isCompletelySubmitted', 'matrix', undefined, 'isCompletelySubmitted', undefined],
  ['equals', 'nps', 9, 'equals', 9],
  ['notEquals', 'rating', '3', 'doesNotEqual', '3'],
  ['lessThan', 'nps', 0, 'isLessThan', 0],
  ['lessEqual', 'nps', 6, 'isLessThanOrEqual', 6],
  ['greaterThan', 'nps', 6, 'isGreaterThan', 6],
  ['greaterEqual', 'nps', 9, 'isGreaterThanOrEqual', 9],
  ['equals', 'multipleChoiceSingle', 'Yes', 'equals', 'a'],
  ['equals', 'multipleChoiceSingle', 'Ja', 'equals', 'a'],
  ['equals', 'multipleChoiceSingle', 'b', 'equals', 'b'],
  ['includesOne', 'multipleChoiceSingle', ['Yes', 'No'], 'equalsOneOf', ['a', 'b']],
  ['includesOne', 'multipleChoiceMulti', ['Yes'], 'includesOneOf', ['a']],
  ['includesAll', 'multipleChoiceMulti', ['Yes', 'No'], 'includesAllOf', ['a', 'b']],
  ['includesAll', 'multipleChoiceMulti', 'Yes', 'includesAllOf', ['a']],
];
it.each(rows)('%s of %s', (condition, type, value, operator, right) => {
  const { rules, problems } = renewed({ condition, value, destination: 'end' }, type);
  expect(problems).toEqual([]);
  expect(rules[0]?.conditions.conditions).toEqual([
    {
      ...{ id: 'rule1c', leftOperand: { type: 'question', value: 'q1' }, operator },
      ...(right !== undefined && { rightOperand: { type: 'static', value: right } }),
    },
  ]);
  expect(rules[0]?.actions).toMatchObject([{ objective: 'jumpToQuestion', target: 'end' }]);
});

describe('a rule that', () => {
  it('is of today stays', () => {
    const rule = { id: 'r', conditions: { conditions: [] }, actions: [] };
    expect(renewed(rule)).toEqual({ rules: [rule], problems: [] });
  });

  it.each([
    ['has no destination', { condition: 'skipped' }],
    ['has no condition', { destination: 'q2' }],
    ['has no value', { condition: 'equals', destination: 'q2' }],
  ])('%s does nothing', (_name, rule) => expect(renewed(rule)).toEqual({ rules: [], problems: [] }));

  it.each([
    ['has an unknown condition', { condition: 'smells', destination: 'q2' }, 'the unknown condition smells'],
    [
      'has a condition by the name of a method',
      { condition: 'toString', value: 1, destination: 'q2' },
      'the unknown condition toString',
    ],
    ['is none', null, 'logic of an unknown form'],
    ['has no actions', { conditions: {} }, 'logic of an unknown form'],
  ])('%s is named', (_name, rule, problem) => expect(renewed(rule).problems).toEqual([problem]));
});
