import type { AnswerValue, Choice, ChoiceElement } from './document.ts';
import { picksOf } from './picks.ts';

/**
 * The answer after one click on a choice; undefined when an optional single choice is taken back.
 *
 * @example
 * pickChoice(element, ['red'], 'blue'); // ['blue'], or ['red', 'blue'] where several may be ticked
 */
export function pickChoice(
  element: Pick<ChoiceElement, 'type' | 'required'>,
  answer: AnswerValue | undefined,
  id: string,
): AnswerValue | undefined {
  const { ids, text } = picksOf(answer);
  const isPicked = ids.includes(id);
  if (element.type === 'multipleChoiceSingle') {
    if (!isPicked) return toAnswer([id], '');
    return element.required ? answer : undefined;
  }
  if (isPicked) {
    return toAnswer(
      ids.filter((other) => other !== id),
      text,
    );
  }
  return toAnswer(id === 'none' ? [id] : [...ids.filter((other) => other !== 'none'), id], text);
}

/** The answer after an input in the text box of `other`. */
export function typeOther(answer: AnswerValue | undefined, text: string): AnswerValue {
  return toAnswer(picksOf(answer).ids, text);
}

function toAnswer(ids: readonly string[], text: string): AnswerValue {
  return ids.includes('other') ? [...ids.filter((id) => id !== 'other'), 'other', text] : ids;
}

/**
 * The choices in the order to draw them: shuffled by the element's `shuffleOption`, `other` and then `none` always last.
 *
 * @param dice returns numbers in [0, 1), like `Math.random`
 * @example
 * orderChoices(element, Math.random);
 */
export function orderChoices(
  { choices, shuffleOption }: Pick<ChoiceElement, 'choices' | 'shuffleOption'>,
  dice: () => number,
): Choice[] {
  const regular = choices.filter(({ id }) => id !== 'other' && id !== 'none');
  const last = /Last$/.test(shuffleOption ?? '') ? regular.splice(-1) : [];
  if (shuffleOption === 'all' || shuffleOption === 'exceptLast') shuffle(regular, dice);
  if (shuffleOption?.startsWith('reverse') && dice() < 0.5) regular.reverse();
  const special = ['other', 'none'].flatMap((id) => choices.filter((choice) => choice.id === id));
  return [...regular, ...last, ...special];
}

/** Fisher-Yates shuffle, in place: pass a copy. */
function shuffle(list: Choice[], dice: () => number): void {
  for (let end = list.length - 1; end > 0; end--) {
    const [drawn] = list.splice(Math.floor(dice() * (end + 1)), 1);
    if (drawn) list.push(drawn);
  }
}
