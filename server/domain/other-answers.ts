import { MAX_OTHER_CHARS } from '../../src/core/limits.ts';
import type { Answers } from '../../src/core/survey/document.ts';
import { badRequest } from '../base/api-error.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { elementsOf } from './survey-elements.ts';

/** Throws 400 for an "other" answer above the limit; labels of offered choices may have any length. */
export function checkOtherAnswers(survey: SurveyRecord, data: Answers, language = 'default'): void {
  for (const element of elementsOf(survey)) {
    const answer = data[element.id];
    const { type } = element;
    if (answer === undefined || (type !== 'multipleChoiceSingle' && type !== 'multipleChoiceMulti')) continue;
    if (!element.choices.some(({ id }) => id === 'other')) continue;
    const labels = new Set(element.choices.flatMap(({ label }) => [label[language], label.default]));
    const texts = [answer].flat().filter((item): item is string => typeof item === 'string');
    if (texts.some((text) => text.length > MAX_OTHER_CHARS && !labels.has(text))) {
      throw badRequest(`Answer must not exceed ${MAX_OTHER_CHARS} characters`, { questionId: element.id });
    }
  }
}
