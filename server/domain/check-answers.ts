import { MAX_ANSWER_FILES, MAX_ANSWER_STEPS } from '../../src/core/limits.ts';
import { createPatternMatcher } from '../../src/core/pattern.ts';
import {
  countRows,
  findBrokenRules,
  isEmpty,
  PARTS,
  partOf,
  type RuledElement,
} from '../../src/core/survey/answer-rules.ts';
import type { AnswerRule, Answers, AnswerValue, Text } from '../../src/core/survey/document.ts';
import { badRequest } from '../base/api-error.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { elementsOf } from './survey-elements.ts';

/** The fields of an element of any type that its answers are checked by. */
export interface CheckedElement extends RuledElement {
  readonly id: string;
  readonly choices?: readonly { readonly id: string; readonly label?: Text }[];
  readonly allowMultipleFiles?: boolean;
  readonly allowedFileExtensions?: readonly string[];
  readonly [field: string]: unknown;
}

/** Largest number of files in one answer (survey-model.md 2.10). */
const MISSING = 'Please fill out this field';
const ODD = 'Please enter a valid format';

/**
 * Throws 400 for answers that are invalid for their elements (client-api.md 3.4 row 14, management-api.md 10.4). Only
 * elements in `data` are checked: a missing answer may still follow.
 */
export function checkAnswers(survey: SurveyRecord, data: Answers): void {
  const details = findInvalidAnswers(
    elementsOf(survey) as readonly unknown[] as readonly CheckedElement[],
    data,
  );
  if (Object.keys(details).length > 0) throw badRequest('Validation failed', details);
}

/** Whether a text matches a pattern; true for a pattern that can't be matched: that is not the visitor's mistake. */
type Matches = (pattern: string, flags: string, text: string) => boolean;

/** Returns the problems of answers by `response.data.<element id>`. */
export function findInvalidAnswers(
  elements: readonly CheckedElement[],
  data: Answers,
): Readonly<Record<string, string>> {
  const match = createPatternMatcher();
  const purse = { steps: MAX_ANSWER_STEPS };
  const matches: Matches = (pattern, flags, text) => match(pattern, text, purse, flags) ?? true;
  return Object.fromEntries(
    elements.flatMap((element) => {
      const answer = Object.hasOwn(data, element.id) ? data[element.id] : undefined;
      const problems = answer === undefined ? [] : findProblems(element, answer, matches);
      return problems.length === 0 ? [] : [[`response.data.${element.id}`, problems.join('; ')]];
    }),
  );
}

function findProblems(element: CheckedElement, answer: AnswerValue, matches: Matches): readonly string[] {
  if (element.type === 'cta') return [];
  if (isBlank(element, answer)) return element.required ? [MISSING] : [];
  const odd = findChoiceProblem(element, answer);
  return odd === undefined ? findBrokenMessages(element, answer, matches) : [odd];
}

/** Whether an answer is empty; a matrix without an answered row and blank address lines are. */
function isBlank({ type }: CheckedElement, answer: AnswerValue): boolean {
  if (type === 'matrix' && typeof answer === 'object' && !Array.isArray(answer)) {
    return countRows(answer as Readonly<Record<string, string>>) === 0;
  }
  if (PARTS[type] && Array.isArray(answer)) return answer.every((line) => !line.trim());
  return isEmpty(answer);
}

/**
 * Finds a choice that the element doesn't have. A choice answer holds ids or labels; labels of every language are valid,
 * since a visitor may switch the language halfway.
 */
function findChoiceProblem({ type, choices = [] }: CheckedElement, answer: AnswerValue): string | undefined {
  const isMulti = type === 'multipleChoiceMulti';
  if (!isMulti && type !== 'multipleChoiceSingle') return undefined;
  const values = Array.isArray(answer) ? answer : [answer];
  if (choices.some(({ id }) => id === 'other')) {
    const isBlankOther = isMulti
      ? values.some((value, index) => value === '' && !String(values[index + 1] ?? '').trim())
      : String(answer).trim() === '';
    return isBlankOther ? MISSING : undefined;
  }
  const known = new Set(choices.flatMap(({ id, label }) => [id, ...Object.values(label ?? {})]));
  return values.every((value) => value === '' || known.has(String(value))) ? undefined : ODD;
}

function findBrokenMessages(
  element: CheckedElement,
  answer: AnswerValue,
  matches: Matches,
): readonly string[] {
  // An empty entry precedes the text of `other`: the two are one selected choice.
  const given = Array.isArray(answer) && !PARTS[element.type] ? answer.filter((item) => item !== '') : answer;
  const broken = [
    ...findBrokenRules(fileLimits(element), given, matches),
    ...findBrokenRules(element, given, matches),
  ];
  return broken.map((rule) => {
    const { placeholder } = partOf(element, rule.field ?? '');
    return `${placeholder?.default ? `${placeholder.default}: ` : ''}${toMessage(rule)}`;
  });
}

/** Returns the upload limits of an element as rules: an answer can name any file, so they are checked again. */
function fileLimits({ type, allowMultipleFiles, allowedFileExtensions }: CheckedElement): RuledElement {
  if (type !== 'fileUpload') return { type: '' };
  const rules: AnswerRule[] = [
    { type: 'maxSelections', params: { max: allowMultipleFiles ? MAX_ANSWER_FILES : 1 } },
    { type: 'fileExtensionIs', params: { extensions: allowedFileExtensions } },
  ];
  return { type: '', validation: { rules } };
}

function toMessage({ type, params = {} }: AnswerRule): string {
  const { min, max, value, date, startDate, endDate, extensions } = params;
  const messages: Readonly<Record<string, string>> = {
    required: MISSING,
    number: 'Please enter a number',
    minLength: `Please enter at least ${min} characters`,
    maxLength: `Please enter no more than ${max} characters`,
    email: 'Please enter a valid email address',
    url: 'Please enter a valid URL',
    phone: 'Please enter a valid phone number',
    equals: `Please enter exactly ${value}`,
    doesNotEqual: `Please enter something other than ${value}`,
    contains: `Please enter something that contains ${value}`,
    doesNotContain: `Please enter something that does not contain ${value}`,
    minValue: `Please enter ${min} or more`,
    maxValue: `Please enter ${max} or less`,
    isGreaterThan: `Please enter more than ${min}`,
    isLessThan: `Please enter less than ${max}`,
    minSelections: `Please select at least ${min} options`,
    maxSelections: `Please select no more than ${max} options`,
    minRanked: `Please rank at least ${min} options`,
    rankAll: 'Please rank all options',
    minRowsAnswered: `Please answer at least ${min} rows`,
    answerAllRows: 'Please answer all rows',
    isLaterThan: `Please choose a date after ${date}`,
    isEarlierThan: `Please choose a date before ${date}`,
    isBetween: `Please choose a date between ${startDate} and ${endDate}`,
    isNotBetween: `Please choose a date that is not between ${startDate} and ${endDate}`,
    fileExtensionIs: `Please choose a file of one of these kinds: ${extensions}`,
    fileExtensionIsNot: `Please choose a file of another kind than: ${extensions}`,
  };
  return messages[type] ?? ODD;
}
