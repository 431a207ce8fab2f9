import type { Answers } from './document.ts';

/**
 * Where one visitor stands in one survey: everything needed to go on after a reload.
 *
 * Kept on the device only. Choice answers are kept by choice id here and become labels in the language in force
 * when an answer is sent (`toData`), so that switching the language never loses one.
 */
export interface Progress {
  /** The card on screen: `start` (welcome), a block id, an ending id, or `end` (finished, no endings). */
  readonly card: string;
  /** Cards left behind, oldest first; Back pops it. */
  readonly trail: readonly string[];
  /** Answers by element id, choices by choice id, `other` texts as typed. */
  readonly answers: Answers;
  /** Milliseconds spent per element. */
  readonly ttc: Readonly<Record<string, number>>;
  /** Variables by id. */
  readonly variables: Readonly<Record<string, string | number>>;
  readonly finished: boolean;
  /** The ending shown, once finished. */
  readonly endingId: string | null;
}
