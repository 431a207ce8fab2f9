import type { AnswerValue, Block, Survey } from './document.ts';

/**
 * Whether a card goes on by itself once this is answered: the survey wants that, one pick is all the card asks for, and
 * it is not the choice that still wants a text (survey-model.md 3.8). While nothing is picked yet it says whether the
 * card will.
 *
 * @example
 * autoProgresses(survey, block, ['red']); // true
 */
export function autoProgresses(
  { isAutoProgressingEnabled }: Pick<Survey, 'isAutoProgressingEnabled'>,
  { elements }: Pick<Block, 'elements'>,
  answer: AnswerValue | undefined,
): boolean {
  const [element] = elements;
  if (!isAutoProgressingEnabled || !element || elements.length > 1) return false;
  if (element.type === 'pictureSelection') return !element.allowMulti;
  // Nothing, and a choice that wants a text, are no answers yet.
  const isOpen = Array.isArray(answer) && /^(other)?$/.test(answer[0] ?? '');
  return /^(rating|nps|csat|ces)$|Single$/.test(element.type) && !isOpen;
}
