import { hash } from './hash.ts';

/**
 * The number in [0, 100) that this person has for this survey. The same on every page view and in every tab, so a
 * percentage is rolled once (design.md 5.6).
 */
export function rollFor(person: string, surveyId: string): number {
  return (hash(`${person}:${surveyId}`) % 10000) / 100;
}

/** Decides whether a roll is inside `percentage`. `null` means everybody, 0 nobody. */
export function isSampled(roll: number, percentage: number | null): boolean {
  return percentage === null || roll < percentage;
}
