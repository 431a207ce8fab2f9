import { describe, expect, it } from 'vitest';
import { createPatternMatcher } from '../../../src/core/pattern.ts';
import type { AnswerRule, AnswerValue, SurveyElement } from '../../../src/core/survey/document.ts';
import { findBroken as find } from '../../../src/core/survey/problems.ts';
import { type FindBroken, findProblem, hasRules, type Problem } from '../../../src/core/survey/validate.ts';
import { date, matrix, multi, openText, pictures, ranking } from './sample.ts';

const match = createPatternMatcher();
const findBroken: FindBroken = (element, answer, purse) => find(element, answer, purse, match);
const rules = (type: string, params: object = {}): { validation: { rules: AnswerRule[] } } => ({
  validation: { rules: [{ type, params: params as Record<string, unknown> }] },
});
const line = (more: object = {}) => ({ show: true, required: false, placeholder: { default: 'L' }, ...more });
const contact = (more: object = {}): SurveyElement => ({
  ...{ id: 'who', type: 'contactInfo', headline: { default: 'Who?' }, required: false },
  ...{ firstName: line(), lastName: line(), email: line(), phone: line(), company: line() },
  ...more,
});

describe('problems, by the keys of survey-model.md 6.4', () => {
  it.each<[SurveyElement, AnswerValue, Problem | undefined]>([
    [openText(rules('minLength', { min: 3 })), 'ab', { key: 'min_length', count: '3' }],
    [openText(rules('minLength', { min: 3 })), 'abc', undefined],
    [openText(rules('maxLength', { max: 1 })), 'ab', { key: 'max_length', count: '1' }],
    [openText(rules('pattern', { pattern: '^a$' })), 'b', { key: 'invalid_text' }],
    [openText(rules('pattern', { pattern: '(' })), 'b', undefined],
    [openText(rules('pattern', { pattern: 'A', flags: 'gi' })), 'a', undefined],
    [
      openText({ inputType: 'number', ...rules('minValue', { min: 1 }) }),
      '0',
      { key: 'min_value', count: '1' },
    ],
    [openText({ inputType: 'number', ...rules('minValue', { min: 1 }) }), 'abc', { key: 'invalid_format' }],
    [openText(rules('maxValue', { max: 1 })), '2', { key: 'max_value', count: '1' }],
    [openText(rules('isGreaterThan', { min: 1 })), '1', { key: 'is_greater_than', count: '1' }],
    [openText(rules('isLessThan', { max: 1 })), '1', { key: 'is_less_than', count: '1' }],
    [openText(rules('equals', { value: 'x' })), 'y', { key: 'value_must_equal', count: 'x' }],
    [openText(rules('doesNotEqual', { value: 'x' })), 'x', { key: 'value_must_not_equal', count: 'x' }],
    [openText(rules('contains', { value: 'x' })), 'y', { key: 'value_must_contain', count: 'x' }],
    [openText(rules('doesNotContain', { value: 'x' })), 'x', { key: 'value_must_not_contain', count: 'x' }],
    [
      openText({ inputType: 'email', ...rules('contains', { value: '@' }) }),
      'a@',
      { key: 'please_enter_a_valid_email_address' },
    ],
    [
      openText({ inputType: 'url', ...rules('contains', { value: 'x' }) }),
      'javascript:x',
      { key: 'please_enter_a_valid_url' },
    ],
    [openText(rules('phone')), 'x', { key: 'please_enter_a_valid_phone_number' }],
    [multi(rules('minSelections', { min: 2 })), ['a'], { key: 'min_selections', count: '2' }],
    [multi(rules('minSelections', { min: 2 })), ['other', 'teal'], { key: 'min_selections', count: '2' }],
    [multi(rules('minSelections', { min: 2 })), ['a', 'other', 'teal'], undefined],
    [multi(rules('maxSelections', { max: 2 })), ['a', 'other', 'teal'], undefined],
    [multi(rules('maxSelections', { max: 1 })), ['a', 'b'], { key: 'max_selections', count: '1' }],
    [pictures(rules('minSelections', { min: 2 })), ['p1'], { key: 'min_selections', count: '2' }],
    [ranking(rules('minRanked', { min: 2 })), ['a'], { key: 'minimum_options_ranked', count: '2' }],
    [ranking(rules('rankAll')), ['a', 'b'], { key: 'all_options_must_be_ranked' }],
    [ranking(rules('rankAll')), ['a', 'b', 'c'], undefined],
    [
      matrix(rules('minRowsAnswered', { min: 2 })),
      { r1: 'c1' },
      { key: 'minimum_rows_answered', count: '2' },
    ],
    [matrix(rules('answerAllRows')), { r1: 'c1' }, { key: 'all_rows_must_be_answered' }],
    [matrix(rules('answerAllRows')), { r1: 'c1', r2: 'c1' }, undefined],
    [
      date(rules('isLaterThan', { date: '2026-01-01' })),
      '2026-01-01',
      { key: 'is_later_than', count: '2026-01-01' },
    ],
    [
      date(rules('isEarlierThan', { date: '2026-01-01' })),
      '2026-01-01',
      { key: 'is_earlier_than', count: '2026-01-01' },
    ],
    [
      date(rules('isBetween', { startDate: '2026-01-01', endDate: '2026-01-03' })),
      '2026-01-03',
      { key: 'is_between', count: '2026-01-01 – 2026-01-03' },
    ],
    [
      date(rules('isNotBetween', { startDate: '2026-01-01', endDate: '2026-01-03' })),
      '2026-01-01',
      { key: 'is_not_between', count: '2026-01-01 – 2026-01-03' },
    ],
    [openText(rules('rhymes')), 'x', undefined],
    [
      contact({ email: line({ required: true }) }),
      ['A', '', '', '', ''],
      { key: 'please_fill_out_this_field', field: 'email' },
    ],
    [contact(), ['A', '', 'a@', '', ''], { key: 'please_enter_a_valid_email_address', field: 'email' }],
  ])('%j %j', (element, answer, problem) => {
    expect(hasRules(element)).toBe(true);
    expect(findProblem(element, answer, findBroken)).toEqual(problem);
  });
});

describe('empty answers', () => {
  const must = { required: true };
  it.each<[string, SurveyElement, AnswerValue | undefined, boolean]>([
    [
      'an untouched optional element has no rules to meet',
      multi(rules('minSelections', { min: 2 })),
      undefined,
      false,
    ],
    ['a cleared matrix has no rows to complete', matrix(rules('answerAllRows')), {}, false],
    [
      'an optional address of blanks is none',
      contact({ email: line({ required: true }) }),
      ['', ' ', '', '', ''],
      false,
    ],
    ['required contact details need a text', contact(must), ['', '', '', '', ''], true],
    ['a required matrix needs a row', matrix(must), {}, true],
    ['one row is enough for a required matrix', matrix(must), { r1: 'c1' }, false],
    ['a required ranking needs an item', ranking(must), [], true],
    ['a choice with the id other in a ranking needs no text', ranking(), ['other', ''], false],
  ])('%s', (_name, element, answer, isMissing) => {
    expect(findProblem(element, answer, findBroken)?.key === 'please_fill_out_this_field').toBe(isMissing);
  });
});
