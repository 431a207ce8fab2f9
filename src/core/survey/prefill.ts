import type { Answers, AnswerValue, Choice, Survey, SurveyElement } from './document.ts';

/**
 * Converts answers from wire format (labels in any language of the survey, or choice ids) to the form kept on the
 * device. Keys that are no element of the survey are dropped; a label that no choice has becomes the text of `other`,
 * where there is one (survey-model.md 3.10).
 *
 * @example
 * fromData(survey, { colour: 'Rot' }); // { colour: ['red'] }
 */
export function fromData(survey: Pick<Survey, 'blocks'>, data: Answers): Answers {
  const kept: Record<string, AnswerValue> = {};
  for (const element of survey.blocks.flatMap(({ elements }) => elements)) {
    const value = data[element.id];
    if (value !== undefined) kept[element.id] = toKept(element, value);
  }
  return kept;
}

/**
 * The id of the block that has an element of this id, or this id itself; undefined when there is none.
 *
 * @example
 * findStart(survey, 'q3'); // 'block2'
 */
export function findStart(survey: Pick<Survey, 'blocks'>, id: string): string | undefined {
  return survey.blocks.find((block) => block.id === id || block.elements.some((element) => element.id === id))
    ?.id;
}

function toKept(element: SurveyElement, value: AnswerValue): AnswerValue {
  const parts = element as {
    rows?: readonly Choice[];
    columns?: readonly Choice[];
    choices?: readonly Choice[];
  };
  if (parts.rows && parts.columns && typeof value === 'object' && !Array.isArray(value)) {
    const pairs = Object.entries(value as Readonly<Record<string, string>>).flatMap(([row, column]) => {
      const ids = [idOf(parts.rows ?? [], row), idOf(parts.columns ?? [], column)];
      return ids.includes(undefined) ? [] : [ids as string[]];
    });
    return Object.fromEntries(pairs);
  }
  if (!parts.choices || !/^(multipleChoice|ranking)/.test(element.type)) return value;
  const labels = (Array.isArray(value) ? value : [value]).map(String);
  const ids = labels.map((label) => idOf(parts.choices ?? [], label));
  const known = ids.filter((id) => id !== undefined && id !== 'other') as string[];
  const offersOther = parts.choices.some(({ id }) => id === 'other');
  const other = labels.find((label, index) => ids[index] === undefined && label);
  return offersOther && other ? [...known, 'other', other] : known;
}

function idOf(choices: readonly Choice[], text: string): string | undefined {
  return choices.find(({ id, label }) => id === text || Object.values(label ?? {}).includes(text))?.id;
}
