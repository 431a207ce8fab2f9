import type { Answers, AnswerValue, Choice, Survey, SurveyElement } from './document.ts';
import { picksOf } from './picks.ts';
import { textOf } from './text.ts';

/**
 * All answers so far in wire format: labels in the language in force instead of choice ids, hidden fields included. An
 * element that was never answered has no key.
 *
 * @example
 * toData(survey, progress, 'de', { plan: 'free' }); // { plan: 'free', q1: 'Gut' }
 */
export function toData(
  survey: Survey,
  { answers }: { readonly answers: Answers },
  language: string,
  hiddenFields: Answers,
): Answers {
  const data: Record<string, AnswerValue> = { ...hiddenFields };
  const { welcomeCard } = answers;
  if (welcomeCard) data.welcomeCard = welcomeCard;
  for (const element of survey.blocks.flatMap(({ elements }) => elements)) {
    const answer = answers[element.id];
    if (answer === undefined) continue;
    data[element.id] = toWire(element, answer, language);
  }
  return data;
}

/** Converts one answer to wire format. */
export function toWire(element: SurveyElement, answer: AnswerValue, language: string): AnswerValue {
  const { type } = element;
  // An id that is no longer in the document has no label to send.
  const labels = (list: readonly Choice[], id: string): string[] =>
    list.filter((entry) => entry.id === id).map(({ label }) => textOf(label, language));
  if (type === 'matrix') {
    const rows = Object.entries(answer).flatMap(([row, column]: [string, string]) => {
      const [name] = labels(element.rows, row);
      const [pick] = labels(element.columns, column);
      return name === undefined || pick === undefined ? [] : [[name, pick] as const];
    });
    return Object.fromEntries(rows);
  }
  if (type === 'ranking') return (answer as readonly string[]).flatMap((id) => labels(element.choices, id));
  if (type !== 'multipleChoiceSingle' && type !== 'multipleChoiceMulti') return answer;
  const { ids, text } = picksOf(answer);
  const picked = ids.flatMap((id) => (id === 'other' ? text : labels(element.choices, id)));
  return type === 'multipleChoiceSingle' ? (picked[0] ?? '') : picked;
}
