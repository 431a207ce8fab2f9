import { MAX_FORMER_KEYS } from '../../src/core/limits.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { elementsOf } from './survey-elements.ts';

/** Keys that the server and every survey add to an answer. */
const COMMON_KEYS = ['welcomeCard', '_total'] as const;

/** Returns the ids of hidden fields. */
export function hiddenFieldsOf({ document }: Pick<SurveyRecord, 'document'>): readonly string[] {
  const { fieldIds } = (document.hiddenFields ?? {}) as { readonly fieldIds?: readonly string[] };
  return fieldIds ?? [];
}

/** Returns the variables, as far as an answer names them. */
export function variablesOf({
  document,
}: Pick<SurveyRecord, 'document'>): readonly { readonly id: string; readonly name: string }[] {
  return (document.variables ?? []) as readonly { readonly id: string; readonly name: string }[];
}

/** Returns the keys of an answer that the survey knows: elements, hidden fields, variables. */
export function keysOf(survey: SurveyRecord): readonly string[] {
  return [
    ...elementsOf(survey).map(({ id }) => id),
    ...hiddenFieldsOf(survey),
    ...variablesOf(survey).map(({ id }) => id),
    ...COMMON_KEYS,
  ];
}

/** Returns the keys that the survey has had and has no more. */
export function formerKeysOf({ document }: Pick<SurveyRecord, 'document'>): readonly string[] {
  return (document.formerKeys ?? []) as readonly string[];
}

/** Returns the former keys of a survey that replaces another one: the newest, as many as are kept. */
export function toFormerKeys(present: SurveyRecord, next: SurveyRecord): readonly string[] {
  const known = new Set(keysOf(next));
  const former = new Set([...formerKeysOf(present), ...keysOf(present)]);
  return [...former].filter((key) => !known.has(key)).slice(-MAX_FORMER_KEYS);
}
