import type { AnswerValue, OpenTextElement, SurveyElement } from './document.ts';
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

/** An answer as it is kept. */
export type TidyAnswer = (element: SurveyElement, answer: AnswerValue | undefined) => AnswerValue | undefined;

/** Whether more is asked of an element's answers than to be there: `findBroken` and `tidyAnswer` read it. */
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
 * The first thing wrong with an answer, or undefined.
 *
 * An optional element is valid while it is untouched; a ticked `other` wants its text either way.
 *
 * @example
 * findProblem(email, 'ada@', findBroken); // { key: 'please_enter_a_valid_email_address' }
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
  return hasRules(element) ? findBroken?.(element, answer) : undefined;
}

/** Blank: taken back, or nothing but blanks; a list or a table is when all of it is. */
function isBlank(answer: AnswerValue): boolean {
  if (typeof answer === 'number') return false;
  if (typeof answer === 'string') return !answer.trim();
  return Object.entries(answer).every(([, part]: [string, string]) => !part.trim());
}
