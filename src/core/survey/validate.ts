import type { AnswerValue, OpenTextElement, SurveyElement } from './document.ts';
import { isWebAddress } from './links.ts';
import { picksOf } from './picks.ts';

export { isSafeLink, isWebAddress } from './links.ts';

/** Why an answer can't be taken; the names are those of the built-in texts (survey-model.md 6.4). */
export type ProblemKey =
  | 'please_fill_out_this_field'
  | 'invalid_format'
  | 'please_enter_a_valid_email_address'
  | 'please_enter_a_valid_url'
  | 'please_enter_a_valid_phone_number'
  | 'min_length'
  | 'max_length';

/** One error of one element. */
export interface Problem {
  readonly key: ProblemKey;
  /** The limit that was missed, for the lengths. */
  readonly count?: number;
}

const MISSING: Problem = { key: 'please_fill_out_this_field' };

/**
 * The first thing wrong with an answer, or undefined.
 *
 * An optional element is valid while it is untouched; a ticked `other` wants its text either way.
 *
 * @example
 * findProblem(email, 'ada@'); // { key: 'please_enter_a_valid_email_address' }
 */
export function findProblem(element: SurveyElement, answer: AnswerValue | undefined): Problem | undefined {
  if (element.type === 'cta') return undefined;
  if (isBlank(answer)) return element.required ? MISSING : undefined;
  if (element.type === 'openText') return findTextProblem(element, String(answer));
  const { ids, text } = picksOf(answer);
  return ids.includes('other') && isBlank(text) ? MISSING : undefined;
}

/**
 * An answer as it is kept: what a keyboard or an autofill adds around addresses and numbers is taken off, and a
 * decimal comma becomes a point, since the wire knows only that one.
 *
 * @example
 * tidyAnswer(number, ' 3,5 '); // '3.5'
 */
export function tidyAnswer(element: SurveyElement, answer: AnswerValue | undefined): AnswerValue | undefined {
  if (element.type !== 'openText' || typeof answer !== 'string' || isPlain(element)) return answer;
  const trimmed = answer.trim();
  return element.inputType === 'number' && NUMBER.test(trimmed) ? trimmed.replace(',', '.') : trimmed;
}

/** Blank: never given, taken back, or nothing but blanks. */
function isBlank(answer: AnswerValue | undefined): boolean {
  if (typeof answer === 'number') return false;
  return !(typeof answer === 'string' ? answer.trim() : Object.entries(answer ?? []).length);
}

function isPlain({ inputType = 'text' }: OpenTextElement): boolean {
  return inputType === 'text';
}

// A comma before exactly three last digits may part thousands: refused rather than guessed.
const NUMBER = /^[-+]?(?=[\d.,])\d*([.]\d+|,(?!\d{3}$)\d+)?$/;
const FORMATS: Readonly<Record<string, readonly [(text: string) => boolean, ProblemKey]>> = {
  email: [(text) => /^[\w.%+-]+@[a-z\d.-]+\.[a-z]{2,}$/i.test(text), 'please_enter_a_valid_email_address'],
  url: [isWebAddress, 'please_enter_a_valid_url'],
  phone: [(text) => /^[+\d][\d+ -]*\d$/.test(text), 'please_enter_a_valid_phone_number'],
  number: [(text) => NUMBER.test(text), 'invalid_format'],
};

function findTextProblem(element: OpenTextElement, text: string): Problem | undefined {
  const format = FORMATS[element.inputType ?? ''];
  if (format) return format[0](text) ? undefined : { key: format[1] };
  const { min, max } = element.charLimit ?? {};
  if (min && text.length < min) return { key: 'min_length', count: min };
  if (max && text.length > max) return { key: 'max_length', count: max };
  return undefined;
}
