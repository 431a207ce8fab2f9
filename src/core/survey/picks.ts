import type { AnswerValue } from './document.ts';

/** Ids of the selected choices, in the order of selection, and the text of `other`. */
export interface Picks {
  readonly ids: readonly string[];
  readonly text: string;
}

/**
 * Reads a stored choice answer: choice ids in the order of selection, `other` always the last and followed by its
 * text. Anything else counts as no selection.
 *
 * @example
 * picksOf(['red', 'other', 'teal']); // { ids: ['red', 'other'], text: 'teal' }
 */
export function picksOf(answer: AnswerValue | undefined): Picks {
  const list = listOf(answer);
  const end = list.indexOf('other') + 1;
  return end ? { ids: list.slice(0, end), text: list[end] ?? '' } : { ids: list, text: '' };
}

/** An answer that is a list; anything else counts as an empty one. */
export function listOf(answer: AnswerValue | undefined): readonly string[] {
  return Array.isArray(answer) ? answer : [];
}
