import type { FIELD_TEXTS } from './field-texts.ts';
import type { RICH_TEXTS } from './rich-texts.ts';
import type { RULE_TEXTS } from './rule-texts.ts';

/**
 * The built-in texts of the first chunk, by the keys of survey-model.md 6.4. `{n}` stands for a count or a name.
 *
 * One table in four parts, so that another language is another table; the texts of fields, features and rules that are
 * loaded later are in their chunks.
 */
const STRINGS = {
  back: 'Back',
  close_survey: 'Close survey',
  finish: 'Finish',
  loading: 'One moment …',
  next: 'Next',
  please_fill_out_this_field: 'Please answer this question',
  powered_by: 'Powered by',
  question_not_loaded: 'This question could not be loaded. You can go on without it.',
  required: 'Required',
  saved_and_sent_later: 'Your answers are saved. They will be sent as soon as there is a connection.',
  survey_opened_announcement: 'A short survey has opened:',
  survey_progress: 'Survey progress',
} as const;

/** The key of a built-in text. */
export type StringKey =
  | keyof typeof STRINGS
  | keyof typeof FIELD_TEXTS
  | keyof typeof RICH_TEXTS
  | keyof typeof RULE_TEXTS;

/** The texts loaded so far. */
const texts: Partial<Record<StringKey, string>> = { ...STRINGS };

/** Adds the texts of a chunk. */
export function addTexts(more: Partial<Record<StringKey, string>>): void {
  Object.assign(texts, more);
}

/**
 * A built-in text, `{n}` replaced by `count`; the key itself while its chunk isn't loaded.
 *
 * @example
 * say('next'); // 'Next'
 */
export function say(key: StringKey, count?: number | string): string {
  return (texts[key] ?? key).replace('{n}', () => `${count}`);
}
