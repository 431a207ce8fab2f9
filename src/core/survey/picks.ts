import type { AnswerValue } from './document.ts';

/** Which choices are ticked, in tick order, and what was typed for `other`. */
export interface Picks {
  readonly ids: readonly string[];
  readonly text: string;
}

/**
 * Reads a stored choice answer: choice ids in tick order, `other` always the last and followed by its text.
 * Anything else counts as nothing picked.
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
