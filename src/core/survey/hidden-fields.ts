import { MAX_HIDDEN_FIELD_CHARS } from '../limits.ts';
import type { Answers, AnswerValue, Survey } from './document.ts';

/** A survey's declaration of hidden fields; absent in some documents. */
export type DeclaredFields = Survey['hiddenFields'] | undefined;

/** Ids of the hidden fields that a survey accepts: those it declares, none unless they are enabled. */
export function acceptedIds(declared: DeclaredFields): readonly string[] {
  return (declared?.enabled && declared.fieldIds) || [];
}

/**
 * The given hidden fields that a survey accepts, long texts cut; all others are dropped.
 *
 * @example
 * acceptFields({ enabled: true, fieldIds: ['plan'] }, { plan: 'pro', other: 'x' }); // { plan: 'pro' }
 */
export function acceptFields(declared: DeclaredFields, given: Answers): Answers {
  const ids = acceptedIds(declared);
  const cut = (value: AnswerValue): AnswerValue =>
    typeof value === 'string' ? value.slice(0, MAX_HIDDEN_FIELD_CHARS) : value;
  return Object.fromEntries(
    Object.entries(given)
      .filter(([id]) => ids.includes(id))
      .map(([id, value]) => [id, cut(value)]),
  );
}
