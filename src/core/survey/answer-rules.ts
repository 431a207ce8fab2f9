import { MAX_ELEMENT_RULES, MAX_MATCHED_CHARS, MAX_PATTERN_CHARS } from '../limits.ts';
import type { AnswerRule, AnswerValue, PartField, Validation } from './document.ts';
import { foldNumber, foldText } from './fold.ts';
import { isWebAddress } from './links.ts';

export type { AnswerRule };

/** Facts beside the answer that rules need. */
export interface RuleFacts {
  /** Number of choices to rank, or of rows to fill in. */
  readonly offered: number;
  /** Whether a text matches a pattern, in bounded time; true for a pattern that can't be matched. */
  readonly matches: (pattern: string, flags: string, text: string) => boolean;
}

/** The fields of an element that rules read; older documents lack some of them. */
export interface RuledElement {
  readonly type: string;
  readonly required?: boolean;
  readonly inputType?: string;
  readonly charLimit?: { readonly min?: number; readonly max?: number };
  readonly choices?: readonly unknown[];
  readonly rows?: readonly unknown[];
  readonly validation?: Validation;
}

/** Names of the lines of an address and of contact details, in the order of the answer (survey-model.md 2). */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  address: ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country'],
  contactInfo: ['firstName', 'lastName', 'email', 'phone', 'company'],
};

/** A line of an address or of contact details; empty when the document lacks it. */
export function partOf(element: RuledElement, name: string): Partial<PartField> {
  return (element as unknown as Readonly<Record<string, Partial<PartField> | undefined>>)[name] ?? {};
}

/**
 * The rules that an answer breaks, in the order to show them: those of the element's type, then those of the document.
 * With `or` one met rule is enough (survey-model.md 7). The answer must not be empty, and has one choice per entry.
 *
 * @example
 * findBrokenRules(email, 'ada@', matches); // [{ type: 'email' }]
 */
export function findBrokenRules(
  element: RuledElement,
  answer: AnswerValue,
  matches: RuleFacts['matches'],
): readonly AnswerRule[] {
  const { type, inputType = 'text', charLimit = {}, validation } = element;
  const facts = { offered: (element.rows ?? element.choices ?? []).length, matches };
  const parts = PARTS[type] ?? [];
  const isBroken = (rule: AnswerRule): boolean => {
    if (parts.length === 0) return !meetsRule(rule, answer, facts);
    const part = Array.isArray(answer) ? answer[parts.indexOf(rule.field ?? '')] : undefined;
    return part !== undefined && !meetsRule(rule, part, facts);
  };
  const own: AnswerRule[] = findMissingParts(element, answer).map((field) => ({ type: 'required', field }));
  if (type === 'openText' && inputType === 'text') {
    const { min, max } = charLimit;
    if (min) own.push({ type: 'minLength', params: { min } });
    if (max) own.push({ type: 'maxLength', params: { max } });
  }
  const rules = [...implicitRules(element), ...rulesOf(validation)];
  const broken = rules.filter(isBroken);
  const isEnough = validation?.logic === 'or' && broken.length < rules.length;
  return [...own.filter((rule) => rule.type === 'required' || isBroken(rule)), ...(isEnough ? [] : broken)];
}

/** The rules of the document, without those that are malformed or beyond their number. */
function rulesOf(validation: Validation | undefined): readonly AnswerRule[] {
  const rules: readonly (AnswerRule | null)[] = Array.isArray(validation?.rules) ? validation.rules : [];
  return rules
    .slice(0, MAX_ELEMENT_RULES)
    .filter((rule): rule is AnswerRule => typeof rule?.type === 'string');
}

/** Required lines without text: those marked as required, or all lines shown (survey-model.md 2.13). */
function findMissingParts(element: RuledElement, answer: AnswerValue): readonly string[] {
  const shown = (PARTS[element.type] ?? []).filter((name) => partOf(element, name).show);
  const named = shown.filter((name) => partOf(element, name).required);
  const wanted = named.length === 0 && element.required ? shown : named;
  const texts: readonly unknown[] = Array.isArray(answer) ? answer : [];
  const all = PARTS[element.type] ?? [];
  return wanted.filter((name) => !String(texts[all.indexOf(name)] ?? '').trim());
}

/** Rules that follow from the type of an element. */
function implicitRules(element: RuledElement): readonly AnswerRule[] {
  const { type, inputType = '' } = element;
  if (type === 'openText' && /^(email|url|phone)$/.test(inputType)) return [{ type: inputType }];
  if (type !== 'contactInfo') return [];
  return ['email', 'phone']
    .filter((field) => partOf(element, field).show)
    .map((field) => ({ type: field, field }));
}

type Check = (given: Given, param: (name: string) => unknown, facts: RuleFacts) => boolean;

/** An answer in the forms that rules compare; a form that the answer lacks is undefined. */
interface Given {
  readonly text: string | undefined;
  readonly list: readonly string[];
  readonly rows: number;
}

// The signs that HTML allows before the at sign.
const EMAIL = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$/;
const PHONE = /^[\d+][\d+\- ]*\d$/;

/**
 * Whether an answer meets a rule. An empty answer meets every rule but those on rows: `required` decides whether it may
 * be empty. An unknown rule, and one without the values it needs, is met.
 */
export function meetsRule(rule: AnswerRule, answer: AnswerValue, facts: RuleFacts): boolean {
  const check = Object.hasOwn(CHECKS, rule.type) ? CHECKS[rule.type] : undefined;
  const isRows = typeof answer === 'object' && !Array.isArray(answer);
  if (!check || (!isRows && isEmpty(answer))) return true;
  return check(toGiven(answer), (name) => rule.params?.[name], facts);
}

/** Whether an answer is empty: an empty text, an empty list, no rows. */
export function isEmpty(answer: AnswerValue): boolean {
  if (typeof answer === 'number') return false;
  if (typeof answer === 'string') return answer === '';
  return Object.entries(answer).length === 0;
}

function toGiven(answer: AnswerValue): Given {
  if (typeof answer === 'string' || typeof answer === 'number') {
    return { text: String(answer), list: [], rows: 0 };
  }
  if (Array.isArray(answer)) {
    // An empty entry precedes the text of `other`: the two are one choice.
    return { text: undefined, list: answer.filter((item) => item !== ''), rows: 0 };
  }
  return { text: undefined, list: [], rows: countRows(answer as Readonly<Record<string, string>>) };
}

/** Number of matrix rows with an answer. */
export function countRows(answer: Readonly<Record<string, string>>): number {
  return Object.values(answer).filter((column) => column.trim() !== '').length;
}

/** A check of texts; any other answer meets it. */
const onText =
  (check: (text: string, param: (name: string) => unknown, facts: RuleFacts) => boolean): Check =>
  ({ text }, param, facts) =>
    text === undefined || check(text, param, facts);

/** A check of texts in their folded form. */
const onFolded = (check: (text: string) => boolean): Check => onText((text) => check(foldText(text)));

/** A check of numbers written as text; a text that is no number, and a rule without a limit, meets it. */
const onNumber = (name: string, check: (value: number, limit: number) => boolean): Check =>
  onText((text, param) => {
    const [value, limit] = [Number.parseFloat(foldNumber(text) ?? text), param(name)];
    return Number.isNaN(value) || typeof limit !== 'number' || check(value, limit);
  });

/** A check of a count; a rule without a limit is met. */
const onCount =
  (name: string, count: (given: Given) => number, check: (value: number, limit: number) => boolean): Check =>
  (given, param) => {
    const limit = param(name);
    return typeof limit !== 'number' || check(count(given), limit);
  };

const onTexts = (check: (text: string, value: string) => boolean): Check =>
  onText((text, param) => {
    const value = param('value');
    return typeof value !== 'string' || check(text, value);
  });

/** A check of dates; ISO dates compare as texts. */
const onDates = (names: readonly string[], check: (text: string, ...dates: string[]) => boolean): Check =>
  onText((text, param) => {
    const dates = names.map(param);
    return !dates.every((date): date is string => typeof date === 'string') || check(text, ...dates);
  });

const onExtensions =
  (check: (extension: string, allowed: readonly string[]) => boolean): Check =>
  ({ list }, param) => {
    const extensions = param('extensions');
    if (!Array.isArray(extensions)) return true;
    const wanted = extensions.map((item) => String(item).replace(/^\./, '').toLowerCase());
    return list.every((url) => check(extensionOf(url), wanted));
  };

const picked = ({ list }: Given): number => list.length;
const atLeast = (value: number, limit: number): boolean => value >= limit;
const atMost = (value: number, limit: number): boolean => value <= limit;

const CHECKS: Readonly<Record<string, Check>> = {
  minLength: onText((text, param) => !(text.length < Number(param('min')))),
  maxLength: onText((text, param) => !(text.length > Number(param('max')))),
  pattern: onText(isMatch),
  email: onFolded((text) => EMAIL.test(text)),
  url: onFolded(isWebAddress),
  phone: onFolded((text) => PHONE.test(text)),
  equals: onTexts((text, value) => text === value),
  doesNotEqual: onTexts((text, value) => text !== value),
  contains: onTexts((text, value) => text.includes(value)),
  doesNotContain: onTexts((text, value) => !text.includes(value)),
  minValue: onNumber('min', atLeast),
  maxValue: onNumber('max', atMost),
  isGreaterThan: onNumber('min', (value, limit) => value > limit),
  isLessThan: onNumber('max', (value, limit) => value < limit),
  minSelections: onCount('min', picked, atLeast),
  maxSelections: onCount('max', picked, atMost),
  minRanked: onCount('min', picked, atLeast),
  rankAll: ({ list }, _param, { offered }) => list.length >= offered,
  minRowsAnswered: onCount('min', ({ rows }) => rows, atLeast),
  answerAllRows: ({ rows }, _param, { offered }) => rows >= offered,
  isLaterThan: onDates(['date'], (text, date) => text > date),
  isEarlierThan: onDates(['date'], (text, date) => text < date),
  isBetween: onDates(['startDate', 'endDate'], (text, start, end) => text > start && text < end),
  isNotBetween: onDates(['startDate', 'endDate'], (text, start, end) => text < start || text > end),
  fileExtensionIs: onExtensions((extension, allowed) => allowed.includes(extension)),
  fileExtensionIsNot: onExtensions((extension, refused) => !refused.includes(extension)),
};

function isMatch(text: string, param: (name: string) => unknown, { matches }: RuleFacts): boolean {
  const [pattern, flags] = [param('pattern'), param('flags')];
  if (typeof pattern !== 'string') return true;
  if (pattern.length > MAX_PATTERN_CHARS || text.length > MAX_MATCHED_CHARS) return false;
  return matches(pattern, typeof flags === 'string' ? flags : '', text);
}

function extensionOf(url: string): string {
  const [path = ''] = url.split(/[?#]/);
  // A file that was read without a server carries its name with it.
  const [, name = path.slice(path.lastIndexOf('/') + 1)] = /^data:[^,]*?;name=([^;,]*)/.exec(url) ?? [];
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}
