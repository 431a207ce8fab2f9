import { createContext, Script } from 'node:vm';
import {
  type AnswerRule,
  countRows,
  isEmpty,
  meetsRule,
  type RuleFacts,
} from '../../src/core/survey/answer-rules.ts';
import type { Answers, AnswerValue, Text } from '../../src/core/survey/document.ts';
import { badRequest } from '../http/errors.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { elementsOf } from './survey-elements.ts';

/** An element of whichever type, as far as its answers are checked; every type may be stored. */
export interface CheckedElement {
  readonly id: string;
  readonly type: string;
  readonly required?: boolean;
  readonly inputType?: string;
  readonly choices?: readonly { readonly id: string; readonly label?: Text }[];
  readonly rows?: readonly unknown[];
  readonly validation?: { readonly rules?: readonly AnswerRule[]; readonly logic?: string };
  readonly [field: string]: unknown;
}

const MISSING = 'Please fill out this field';
const ODD = 'Please enter a valid format';

/**
 * Refuses answers that their elements don't take (client-api.md 3.4 row 14, management-api.md 10.4). Only elements that
 * are in `data` are looked at: what has not been answered yet is no mistake.
 */
export function checkAnswers(survey: SurveyRecord, data: Answers): void {
  const details = findInvalidAnswers(
    elementsOf(survey) as readonly unknown[] as readonly CheckedElement[],
    data,
  );
  if (Object.keys(details).length > 0) throw badRequest('Validation failed', details);
}

/** What is wrong, by `response.data.<element id>`. */
export function findInvalidAnswers(
  elements: readonly CheckedElement[],
  data: Answers,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    elements.flatMap((element) => {
      const answer = Object.hasOwn(data, element.id) ? data[element.id] : undefined;
      const problems = answer === undefined ? [] : findProblems(element, answer);
      return problems.length === 0 ? [] : [[`response.data.${element.id}`, problems.join('; ')]];
    }),
  );
}

function findProblems(element: CheckedElement, answer: AnswerValue): readonly string[] {
  if (element.type === 'cta') return [];
  if (isBlank(element, answer)) return element.required ? [MISSING] : [];
  const odd = findChoiceProblem(element, answer);
  return odd === undefined ? findBrokenRules(element, answer) : [odd];
}

/** A matrix whose rows are all blank is as empty as one without rows. */
function isBlank({ type }: CheckedElement, answer: AnswerValue): boolean {
  if (type === 'matrix' && typeof answer === 'object' && !Array.isArray(answer)) {
    return countRows(answer as Readonly<Record<string, string>>) === 0;
  }
  return isEmpty(answer);
}

/**
 * A choice answer holds ids or labels. Labels of every language count: whoever changes the language on the way has
 * answered the cards before in another one.
 */
function findChoiceProblem({ type, choices = [] }: CheckedElement, answer: AnswerValue): string | undefined {
  const isMulti = type === 'multipleChoiceMulti';
  if (!isMulti && type !== 'multipleChoiceSingle') return undefined;
  const values = Array.isArray(answer) ? answer : [answer];
  if (choices.some(({ id }) => id === 'other')) {
    const isUntold = isMulti
      ? values.some((value, index) => value === '' && !String(values[index + 1] ?? '').trim())
      : String(answer).trim() === '';
    return isUntold ? MISSING : undefined;
  }
  const known = new Set(choices.flatMap(({ id, label }) => [id, ...Object.values(label ?? {})]));
  return values.every((value) => value === '' || known.has(String(value))) ? undefined : ODD;
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  address: ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country'],
  contactInfo: ['firstName', 'lastName', 'email', 'phone', 'company'],
};

function findBrokenRules(element: CheckedElement, answer: AnswerValue): readonly string[] {
  const { rules = [], logic } = element.validation ?? {};
  const all = [...implicitRules(element), ...rules];
  const facts = { offered: (element.rows ?? element.choices ?? []).length, matches };
  const broken = all.flatMap((rule) => findBroken(rule, element, { answer, facts }));
  return logic === 'or' && broken.length < all.length ? [] : broken;
}

function findBroken(
  rule: AnswerRule,
  element: CheckedElement,
  { answer, facts }: { readonly answer: AnswerValue; readonly facts: RuleFacts },
): readonly string[] {
  const parts = PARTS[element.type];
  if (!parts) return meetsRule(rule, answer, facts) ? [] : [toMessage(rule)];
  const index = parts.indexOf(rule.field ?? '');
  const part = Array.isArray(answer) ? (answer as readonly string[])[index] : undefined;
  if (part === undefined || meetsRule(rule, part, facts)) return [];
  const { placeholder } = partOf(element, rule.field ?? '');
  return [`${placeholder?.default ? `${placeholder.default}: ` : ''}${toMessage(rule)}`];
}

/** What the type of an element asks for without being told. */
function implicitRules(element: CheckedElement): readonly AnswerRule[] {
  const { type, inputType = '' } = element;
  if (type === 'openText' && ['email', 'url', 'phone'].includes(inputType)) return [{ type: inputType }];
  if (type !== 'contactInfo') return [];
  return ['email', 'phone']
    .filter((field) => partOf(element, field).show)
    .map((field) => ({ type: field, field }));
}

function partOf(
  element: CheckedElement,
  field: string,
): { readonly show?: boolean; readonly placeholder?: Text } {
  return (element[field] ?? {}) as { show?: boolean; placeholder?: Text };
}

function toMessage({ type, params = {} }: AnswerRule): string {
  const { min, max, value, date, startDate, endDate, extensions } = params;
  const messages: Readonly<Record<string, string>> = {
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

/** A pattern is the owner's, the text is anybody's: together they can take for ever, so they get this long. */
const MATCH_MS = 50;
let sandbox: ReturnType<typeof createContext> | undefined;
const MATCH = new Script('new RegExp(pattern, flags).test(text)');

/** A pattern that is none, or that takes too long, counts as met: that is no fault of the visitor. */
function matches(pattern: string, flags: string, text: string): boolean {
  sandbox ??= createContext(Object.create(null));
  try {
    Object.assign(sandbox, { pattern, flags: flags.replace(/[gy]/g, ''), text });
    return Boolean(MATCH.runInContext(sandbox, { timeout: MATCH_MS }));
  } catch {
    return true;
  }
}
