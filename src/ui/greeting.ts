import { openProgress } from '../core/survey/progress.ts';
import { textOf } from '../core/survey/text.ts';
import type { SurveyView } from './contract.ts';
import { say } from './texts/strings.ts';

/** The announcement for screen readers: a survey has appeared, and when it closes by itself. */
export function greetingOf({ survey, language, progress }: SurveyView): string {
  const { card } = openProgress(survey, progress);
  const block = survey.blocks.find(({ id }) => id === card);
  const headline = block ? block.elements[0]?.headline : survey.welcomeCard?.headline;
  const { autoClose } = survey;
  const closes = autoClose ? say('survey_closes_automatically_in_x_seconds', autoClose) : '';
  return `${say('survey_opened_announcement')} ${textOf(headline, language)}. ${closes}`;
}
