import type { AnswerValue, OpenTextElement, SurveyElement } from './document.ts';
import { isWebAddress } from './links.ts';
import { picksOf } from './picks.ts';

export { isSafeLink, isWebAddress } from './links.ts';

/** Why an answer can't be taken; the names are those of the built-in texts (survey-model.md 6.4). */
export type ProblemKey =
  | 'please_fill_out_this_field'
  | 'invalid_format'
  | 'invalid_text'
  | 'please_enter_a_valid_email_address'
  | 'please_enter_a_valid_url'
  | 'please_enter_a_valid_phone_number'
  | 'min_length'
  | 'max_length'
  | 'value_must_equal'
  | 'value_must_not_equal'
  | 'value_must_contain'
  | 'value_must_not_contain'
  | 'min_value'
  | 'max_value'
  | 'is_greater_than'
  | 'is_less_than'
  | 'min_selections'
  | 'max_selections'
  | 'minimum_options_ranked'
  | 'all_options_must_be_ranked'
  | 'minimum_rows_answered'
  | 'all_rows_must_be_answered'
  | 'is_later_than'
  | 'is_earlier_than'
  | 'is_between'
  | 'is_not_between'
  | 'file_extension_must_be'
  | 'file_extension_must_not_be';

/** One error of one element. */
export interface Problem {
  readonly key: ProblemKey;
  /** What the text names: a limit, a word, the ends of a span. */
  readonly count?: number | string;
  /** The line of an address or of contact details that it is about. */
  readonly field?: string;
}

/** Finds the first rule that a given answer breaks. */
export type FindBroken = (element: SurveyElement, answer: AnswerValue) => Problem | undefined;

/** Whether an element has more rules than this module knows: they are read by `findBroken`. */
export function hasRules(element: SurveyElement): boolean {
  const { validation, type } = element as SurveyElement & Pick<OpenTextElement, 'validation'>;
  return !!validation?.rules?.length || type === 'address' || type === 'contactInfo';
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
export function findProblem(
  element: SurveyElement,
  answer: AnswerValue | undefined,
  findBroken?: FindBroken,
): Problem | undefined {
  if (element.type === 'cta') return undefined;
  if (answer === undefined || isBlank(answer)) return element.required ? MISSING : undefined;
  const { ids, text } = picksOf(answer);
  if (/^multi/.test(element.type) && ids.includes('other') && isBlank(text)) return MISSING;
  const isRuled = findBroken && hasRules(element);
  // That a number is one is no rule of the document's, so the server doesn't ask.
  const isOwn = element.type === 'openText' && (!isRuled || element.inputType === 'number');
  const own = isOwn ? findTextProblem(element, String(answer)) : undefined;
  return own ?? (isRuled ? findBroken(element, answer) : undefined);
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

/** Blank: taken back, or nothing but blanks; a list or a table is when all of it is. */
function isBlank(answer: AnswerValue): boolean {
  if (typeof answer === 'number') return false;
  if (typeof answer === 'string') return !answer.trim();
  return Object.entries(answer).every(([, part]: [string, string]) => !part.trim());
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
