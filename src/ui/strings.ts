import type { PART_TEXTS } from './part-texts.ts';
import type { RULE_TEXTS } from './rule-texts.ts';

/**
 * Every built-in text, by the names of survey-model.md 6.4. `{n}` stands for a count or a name.
 *
 * One table in three parts, so that another language is another table; what only rarer questions and rules say comes
 * with their chunks.
 */
const STRINGS = {
  back: 'Back',
  characters_left: '{n} characters left',
  close_survey: 'Close survey',
  finish: 'Finish',
  invalid_format: 'Please enter a number',
  language_switch: 'Language',
  loading: 'One moment …',
  max_length: 'Please use at most {n} characters',
  min_length: 'Please use at least {n} characters',
  next: 'Next',
  play_video: 'Play the video from {n}',
  please_enter_a_valid_email_address: 'Please enter an email address like name@example.com',
  please_enter_a_valid_phone_number: 'Please enter a phone number: digits, blanks, + and - only',
  please_enter_a_valid_url: 'Please enter an address that starts with https://',
  please_fill_out_this_field: 'Please answer this question',
  powered_by: 'Powered by',
  question_not_loaded: 'This question could not be loaded. You can go on without it.',
  question_video: 'Video',
  required: 'Required',
  saved_and_sent_later: 'Your answers are saved. They will be sent as soon as there is a connection.',
  survey_closes_automatically_in_x_seconds: 'It closes by itself in {n} seconds unless you use it.',
  survey_opened_announcement: 'A short survey has opened:',
  survey_progress: 'Survey progress',
  takes_less_than_x_minutes: 'Takes less than {n} min',
  takes_x_minutes: 'Takes {n} min',
  takes_x_plus_minutes: 'Takes more than {n} min',
} as const;

/** The name of a built-in text. */
export type StringKey = keyof typeof STRINGS | keyof typeof PART_TEXTS | keyof typeof RULE_TEXTS;

/** All that can be said so far. */
const texts: Partial<Record<StringKey, string>> = { ...STRINGS };

/** Adds what a chunk says. */
export function addTexts(more: Partial<Record<StringKey, string>>): void {
  Object.assign(texts, more);
}

/**
 * A built-in text.
 *
 * @example
 * say('min_length', 3); // 'Please use at least 3 characters'
 */
export function say(key: StringKey, count?: number | string): string {
  return (texts[key] ?? key).replace('{n}', () => `${count}`);
}
