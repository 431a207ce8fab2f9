import type { Purse } from '../pattern.ts';
import type { AnswerValue, OpenTextElement, SurveyElement } from './document.ts';
import { picksOf } from './picks.ts';

export { isSafeLink, isWebAddress } from './links.ts';

/** Why an answer is refused: keys of the built-in texts (survey-model.md 6.4). */
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

/** One validation error of one element. */
export interface Problem {
  readonly key: ProblemKey;
  /** The value for `{n}` in the text: a limit, a word, the ends of a range. */
  readonly count?: number | string;
  /** The name of the line of an address or of contact details that it is about. */
  readonly field?: string;
}

/** Finds the first rule that an answer breaks; the purse is for all patterns of one submission. */
export type FindBroken = (element: SurveyElement, answer: AnswerValue, purse?: Purse) => Problem | undefined;

/** Normalizes an answer before it is stored. */
export type TidyAnswer = (element: SurveyElement, answer: AnswerValue | undefined) => AnswerValue | undefined;

/** Whether an element has rules beyond `required`, which `findBroken` and `tidyAnswer` implement. */
export function hasRules(element: SurveyElement): boolean {
  const {
    type,
    inputType = 'text',
    charLimit,
    validation,
  } = element as Partial<OpenTextElement> & SurveyElement;
  const { min, max } = charLimit ?? {};
  return !!(
    inputType !== 'text' ||
    min ||
    max ||
    validation?.rules?.length ||
    /^(address|contactInfo)$/.test(type)
  );
}

const MISSING: Problem = { key: 'please_fill_out_this_field' };

/**
 * The first problem of an answer; undefined when it is valid.
 *
 * An optional element is valid while it is unanswered; a selected `other` needs its text either way.
 *
 * @example
 * findProblem(email, 'ada@', findBroken); // { key: 'please_enter_a_valid_email_address' }
 */
export function findProblem(
  element: SurveyElement,
  answer: AnswerValue | undefined,
  findBroken?: FindBroken,
  purse?: Purse,
): Problem | undefined {
  if (element.type === 'cta') return undefined;
  if (answer === undefined || isBlank(answer)) return element.required ? MISSING : undefined;
  const { ids, text } = picksOf(answer);
  if (/^multi/.test(element.type) && ids.includes('other') && isBlank(text)) return MISSING;
  return hasRules(element) ? findBroken?.(element, answer, purse) : undefined;
}

/** Whether an answer is empty or whitespace only; a list or a matrix is when all of its entries are. */
function isBlank(answer: AnswerValue): boolean {
  if (typeof answer === 'number') return false;
  if (typeof answer === 'string') return !answer.trim();
  return Object.entries(answer).every(([, part]: [string, string]) => !part.trim());
}
