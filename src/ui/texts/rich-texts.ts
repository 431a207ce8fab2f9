/** Texts of the chunk `rich-content` (strings.ts). */
export const RICH_TEXTS = {
  language_switch: 'Language',
  people_responded: '{n} people have answered',
  play_video: 'Play the video from {n}',
  question_video: 'Video',
  survey_closes_automatically_in_x_seconds: 'It closes by itself in {n} seconds unless you use it.',
  takes_less_than_x_minutes: 'Takes less than {n} min',
  takes_x_minutes: 'Takes {n} min',
  takes_x_plus_minutes: 'Takes more than {n} min',
} as const;
