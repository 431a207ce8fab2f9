/**
 * Every built-in text, by the names of survey-model.md 6.4. `{n}` stands for a count or a name.
 *
 * One table, so that another language is another table.
 */
const STRINGS = {
  all_options_must_be_ranked: 'Please rank all of them',
  all_rows_must_be_answered: 'Please answer all rows',
  back: 'Back',
  book_appointment: 'Choose a time',
  characters_left: '{n} characters left',
  close_survey: 'Close survey',
  duplicate_files: 'A file of this name is there already',
  file_extension_must_be: 'Only files of these types can be taken: {n}',
  file_extension_must_not_be: 'Files of these types cannot be taken: {n}',
  file_input_placeholder_text: 'Choose files or drop them here',
  file_size_exceeded: 'Larger than {n} MB',
  finish: 'Finish',
  i_have_booked: 'I have booked',
  invalid_file_name: 'This file name cannot be taken',
  invalid_format: 'Please enter a number',
  invalid_text: 'Please check what you entered',
  is_between: 'Please choose a day within {n}',
  is_earlier_than: 'Please choose a day before {n}',
  is_greater_than: 'Please enter more than {n}',
  is_later_than: 'Please choose a day after {n}',
  is_less_than: 'Please enter less than {n}',
  is_not_between: 'Please choose a day outside of {n}',
  language_switch: 'Language',
  loading: 'One moment …',
  max_length: 'Please use at most {n} characters',
  max_selections: 'Please choose at most {n}',
  max_value: 'Please enter {n} or less',
  maximum_files: 'At most {n} files',
  min_length: 'Please use at least {n} characters',
  min_selections: 'Please choose at least {n}',
  min_value: 'Please enter {n} or more',
  minimum_options_ranked: 'Please rank at least {n}',
  minimum_rows_answered: 'Please answer at least {n} rows',
  move_down: 'Move down: {n}',
  move_up: 'Move up: {n}',
  next: 'Next',
  no_results_found: 'Nothing found',
  no_valid_file_types_selected: 'Files of this type cannot be taken',
  open_in_new_tab: 'Opens in a new tab',
  option_number: 'Option {n}',
  play_video: 'Play the video from {n}',
  please_enter_a_valid_email_address: 'Please enter an email address like name@example.com',
  please_enter_a_valid_phone_number: 'Please enter a phone number: digits, blanks, + and - only',
  please_enter_a_valid_url: 'Please enter an address that starts with https://',
  please_fill_out_this_field: 'Please answer this question',
  powered_by: 'Powered by',
  question_not_loaded: 'This question could not be loaded. You can go on without it.',
  question_video: 'Video',
  remove_file: 'Remove: {n}',
  required: 'Required',
  retry: 'Try again',
  saved_and_sent_later: 'Your answers are saved. They will be sent as soon as there is a connection.',
  select_option: 'Choose one',
  select_options: 'Choose one or more',
  survey_closes_automatically_in_x_seconds: 'It closes by itself in {n} seconds unless you use it.',
  survey_opened_announcement: 'A short survey has opened:',
  survey_progress: 'Survey progress',
  takes_less_than_x_minutes: 'Takes less than {n} min',
  takes_x_minutes: 'Takes {n} min',
  takes_x_plus_minutes: 'Takes more than {n} min',
  upload_failed: 'This file could not be sent',
  upload_service_unavailable: 'Files cannot be taken at the moment',
  value_must_contain: 'Please mention {n}',
  value_must_equal: 'Please enter exactly {n}',
  value_must_not_contain: 'Please leave out {n}',
  value_must_not_equal: 'Please enter something other than {n}',
} as const;

/** The name of a built-in text. */
export type StringKey = keyof typeof STRINGS;

/**
 * A built-in text.
 *
 * @example
 * say('min_length', 3); // 'Please use at least 3 characters'
 */
export function say(key: StringKey, count?: number | string): string {
  return STRINGS[key].replace('{n}', () => `${count}`);
}
