import { hash } from './hash.ts';

/**
 * The number in [0, 100) of this person for this survey: the same on every page view and in every tab, so that sampling
 * is decided once (architecture.md 5.6).
 */
export function rollFor(person: string, surveyId: string): number {
  return (hash(`${person}:${surveyId}`) % 10000) / 100;
}

/** Whether a roll is inside `percentage`. `null` means everybody, 0 nobody. */
export function isSampled(roll: number, percentage: number | null): boolean {
  return percentage === null || roll < percentage;
}
