import type { AnswerValue, Block, Survey } from './document.ts';

/**
 * Whether an answer submits its card without a click on "Next": auto-progress is on, the card has one element of single
 * choice, and the choice isn't `other`, which needs a text (survey-model.md 3.8). Any
 * answer that isn't a list, `0` for one, asks about the card alone: whether it will submit itself.
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
  // An empty list and `other` are no complete answers.
  const isOpen = Array.isArray(answer) && /^(other)?$/.test(answer[0] ?? '');
  return /^(rating|nps|csat|ces)$|Single$/.test(element.type) && !isOpen;
}
