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
  const list: readonly string[] = Array.isArray(answer) ? answer : [];
  const end = list.indexOf('other') + 1;
  return end ? { ids: list.slice(0, end), text: list[end] ?? '' } : { ids: list, text: '' };
}
