import type { Answers, AnswerValue, ChoiceElement, Survey } from './document.ts';
import { picksOf } from './picks.ts';
import type { Progress } from './progress.ts';
import { textOf } from './text.ts';

/**
 * The whole answer so far as the wire has it: labels in the language in force instead of choice ids, hidden fields
 * included. An element that was never touched has no key.
 *
 * @example
 * toData(survey, progress, 'de', { plan: 'free' }); // { plan: 'free', q1: 'Gut' }
 */
export function toData(
  survey: Survey,
  { answers }: Pick<Progress, 'answers'>,
  language: string,
  hiddenFields: Answers,
): Answers {
  const data: Record<string, AnswerValue> = { ...hiddenFields };
  const { welcomeCard } = answers;
  if (welcomeCard) data.welcomeCard = welcomeCard;
  for (const element of survey.blocks.flatMap(({ elements }) => elements)) {
    const answer = answers[element.id];
    if (answer === undefined) continue;
    data[element.id] = 'choices' in element ? toLabels(element, answer, language) : answer;
  }
  return data;
}

function toLabels(element: ChoiceElement, answer: AnswerValue, language: string): AnswerValue {
  const { ids, text } = picksOf(answer);
  const labels = ids.flatMap((id) => {
    if (id === 'other') return text;
    // An id that the document lost meanwhile has no label to send.
    return element.choices.filter((choice) => choice.id === id).map(({ label }) => textOf(label, language));
  });
  return element.type === 'multipleChoiceSingle' ? (labels[0] ?? '') : labels;
}
