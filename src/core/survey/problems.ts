import { MAX_ANSWER_STEPS } from '../limits.ts';
import type { MatchPattern, Purse } from '../pattern.ts';
import { findBrokenRules } from './answer-rules.ts';
import type { AnswerValue, SurveyElement } from './document.ts';
import { foldNumber } from './fold.ts';
import { picksOf } from './picks.ts';
import type { Problem, ProblemKey } from './validate.ts';

/** The text for each broken rule, and the rule's parameters that the text contains (survey-model.md 6.4, 7). */
const KEYS: Readonly<Record<string, readonly [ProblemKey, ...string[]]>> = {
  required: ['please_fill_out_this_field'],
  minLength: ['min_length', 'min'],
  maxLength: ['max_length', 'max'],
  email: ['please_enter_a_valid_email_address'],
  url: ['please_enter_a_valid_url'],
  phone: ['please_enter_a_valid_phone_number'],
  equals: ['value_must_equal', 'value'],
  doesNotEqual: ['value_must_not_equal', 'value'],
  contains: ['value_must_contain', 'value'],
  doesNotContain: ['value_must_not_contain', 'value'],
  minValue: ['min_value', 'min'],
  maxValue: ['max_value', 'max'],
  isGreaterThan: ['is_greater_than', 'min'],
  isLessThan: ['is_less_than', 'max'],
  minSelections: ['min_selections', 'min'],
  maxSelections: ['max_selections', 'max'],
  minRanked: ['minimum_options_ranked', 'min'],
  rankAll: ['all_options_must_be_ranked'],
  minRowsAnswered: ['minimum_rows_answered', 'min'],
  answerAllRows: ['all_rows_must_be_answered'],
  isLaterThan: ['is_later_than', 'date'],
  isEarlierThan: ['is_earlier_than', 'date'],
  isBetween: ['is_between', 'startDate', 'endDate'],
  isNotBetween: ['is_not_between', 'startDate', 'endDate'],
  fileExtensionIs: ['file_extension_must_be', 'extensions'],
  fileExtensionIsNot: ['file_extension_must_not_be', 'extensions'],
};

/**
 * An answer as it is stored: whitespace that a keyboard or autofill adds around addresses and numbers is removed, and a
 * decimal comma becomes a point, the only one that the wire format has.
 *
 * @example
 * tidyAnswer(number, ' 3,5 '); // '3.5'
 */
export function tidyAnswer(element: SurveyElement, answer: AnswerValue | undefined): AnswerValue | undefined {
  if (element.type !== 'openText' || typeof answer !== 'string') return answer;
  const { inputType = 'text' } = element;
  if (inputType === 'text') return answer;
  const trimmed = answer.trim();
  const isComma = inputType === 'number' && foldNumber(trimmed) === trimmed.replace(',', '.');
  return isComma ? trimmed.replace(',', '.') : trimmed;
}

/**
 * The first problem of an answer that is not empty, by the rules of the element's type, then by those of the document.
 * Loaded separately, since most surveys have no rules but `required`.
 *
 * @param match for surveys whose rules have patterns; without it every text meets them
 * @example
 * findBroken(element, ['a'], { steps: 500_000 }); // { key: 'min_selections', count: 2 }
 */
export function findBroken(
  element: SurveyElement,
  answer: AnswerValue,
  purse: Purse = { steps: MAX_ANSWER_STEPS },
  match?: MatchPattern,
): Problem | undefined {
  // Not a rule of the document, so the server doesn't check it: a number must be one.
  if (
    element.type === 'openText' &&
    element.inputType === 'number' &&
    foldNumber(String(answer)) === undefined
  ) {
    return { key: 'invalid_format' };
  }
  const isChoice = element.type === 'multipleChoiceMulti';
  const [rule] = findBrokenRules(
    element,
    isChoice ? picksOf(answer).ids : answer,
    // What can't be matched is met: that is not the visitor's mistake.
    (pattern, flags, text) => match?.(pattern, text, purse, flags) ?? true,
  );
  if (!rule) return undefined;
  const { type, field, params } = rule;
  const [key, ...names] = KEYS[type] ?? ['invalid_format' as const];
  const figures = names.map((name) => [params?.[name]].flat().join(', '));
  return {
    // `invalid_format` asks for a number; a pattern may be about anything.
    key: type === 'pattern' ? 'invalid_text' : key,
    ...(figures.length && { count: figures.join(' – ') }),
    ...(field && { field }),
  };
}
