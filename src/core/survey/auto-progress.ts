import type { AnswerValue, Block, Survey } from './document.ts';
import { picksOf } from './picks.ts';

/**
 * Whether a card goes on by itself once this is answered: the survey wants that, one pick is all the card asks for, and
 * it is not the choice that still wants a text (survey-model.md 3.8). While nothing is picked yet it says whether the
 * card will.
 *
 * @example
 * goesOnByItself(survey, block, ['red']); // true
 */
export function goesOnByItself(
  { isAutoProgressingEnabled }: Pick<Survey, 'isAutoProgressingEnabled'>,
  { elements }: Pick<Block, 'elements'>,
  answer: AnswerValue | undefined,
): boolean {
  const [element] = elements;
  if (!isAutoProgressingEnabled || !element || elements.length > 1) return false;
  if (element.type === 'pictureSelection') return !element.allowMulti;
  if (element.type === 'multipleChoiceSingle') return !picksOf(answer).ids.includes('other');
  return /^(rating|nps|csat|ces)$/.test(element.type);
}
