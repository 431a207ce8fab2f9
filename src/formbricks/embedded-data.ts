import type { Answers, AnswerValue } from '../core/survey/document.ts';
import { acceptedIds, type DeclaredFields } from '../core/survey/hidden-fields.ts';

/** Data as a site passes it; null removes a key. */
export type EmbeddedInput = Readonly<Record<string, unknown>>;

/** Data that a site attaches to all answers from now on, kept in memory only (client-api.md 6.2). */
export interface EmbeddedData {
  /** Merges: the last write of a key wins, null removes it; undefined and values that no answer can hold are skipped. */
  readonly set: (input: EmbeddedInput) => void;
  /** Removes one key. */
  readonly remove: (key: string) => void;
  readonly clear: () => void;
  /**
   * Fills a survey's hidden fields that it declares and `given` leaves open. Keys are compared without regard to case;
   * data that the survey doesn't declare is not used.
   */
  readonly fill: (declared: DeclaredFields, given: Answers) => Answers;
}

/**
 * Makes embedded data without any key.
 *
 * @example
 * const bag = createEmbeddedData();
 * bag.set({ Plan: 'pro' });
 * bag.fill({ enabled: true, fieldIds: ['plan'] }, {}); // { plan: 'pro' }
 */
export function createEmbeddedData(): EmbeddedData {
  const bag = new Map<string, AnswerValue>();
  return {
    set: (input) => {
      for (const [key, value] of Object.entries(input)) {
        const answer = toAnswer(value);
        if (value === null) bag.delete(key);
        else if (answer !== undefined) bag.set(key, answer);
      }
    },
    remove: (key) => void bag.delete(key),
    clear: () => bag.clear(),
    fill: (declared, given) => {
      const filled: Record<string, AnswerValue> = { ...given };
      const ids = acceptedIds(declared);
      for (const [key, value] of bag) {
        const id = ids.find((one) => one.toLowerCase() === key.toLowerCase());
        if (id !== undefined && !(id in given)) filled[id] = value;
      }
      return filled;
    },
  };
}

/** A value as an answer can hold it: booleans and dates become texts. */
function toAnswer(value: unknown): AnswerValue | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return `${value}`;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return undefined;
}
