import type { Answers } from '../survey/document.ts';
import type { Progress } from '../survey/progress.ts';

/**
 * One survey shown on this device: ledger, outbox and progress in one record (architecture.md 4).
 *
 * `seq` numbers its states (1 = shown, higher with each submitted card); `ackedSeq` is the last one that the server has
 * acknowledged. While `ackedSeq < seq`, something waits to be delivered.
 */
export interface Showing {
  /** The response's id, made on this device. */
  readonly id: string;
  readonly surveyId: string;
  /** The user id it was shown to; null for an anonymous visitor. */
  readonly who: string | null;
  /** Proof of that user id; deleted once delivered and over. */
  readonly userHash?: string | undefined;
  readonly displayId: string;
  /** Epoch ms of the device's clock. */
  readonly shownAt: number;
  /** When it was shown, or a card was last submitted. */
  readonly activeAt: number;
  readonly seq: number;
  readonly ackedSeq: number;
  /** When the server first acknowledged it. */
  readonly ackedAt?: number | undefined;
  readonly finished: boolean;
  /** Whether it was closed: it is not continued. */
  readonly closed: boolean;
  /** The key that texts are looked up by, and the language code that is sent. */
  readonly language: string;
  readonly languageCode?: string | undefined;
  /** Deleted once delivered and closed: answers stay on the device no longer than necessary. */
  readonly progress?: Progress;
  /** All answers so far in wire format. */
  readonly answers?: Answers;
  readonly hiddenFields?: Answers;
  readonly meta: { readonly url: string; readonly source?: string | undefined; readonly action: string };
  /** The code with which the server finally refused it; `expired`, `full` or `before-send` when it was never sent. */
  readonly refused?: string | undefined;
  /** Ids of display and response on a server that only has the Formbricks protocol. Null for a display the page dropped. */
  readonly theirs?:
    | { readonly displayId?: string | null; readonly responseId?: string | undefined }
    | undefined;
  /** Number of old showings merged into this one; 1 when absent. */
  readonly count?: number;
}

/** A person's history on the server; instants are of this device's clock. */
export interface KnownHistory {
  readonly displays: readonly { readonly surveyId: string; readonly at: number }[];
  readonly responses: readonly string[];
  /** When the server sent it. */
  readonly at: number;
}

/** History of one survey and one person, as the gates need it. */
export interface History {
  readonly displays: number;
  readonly responded: boolean;
  /** When any survey was last displayed; undefined when none was. */
  readonly lastDisplayAt: number | undefined;
}

/**
 * Collects one person's history of one survey (architecture.md 5.4).
 *
 * For an identified person: their own showings, the server's history and the anonymous showings of this device; for an
 * anonymous visitor: all showings of this device. A showing that the server had acknowledged before it sent its history
 * is part of that history and isn't counted twice.
 */
export function historyOf(
  surveyId: string,
  who: string | null,
  showings: readonly Showing[],
  known: KnownHistory | undefined,
): History {
  const ours = showings.filter((showing) => who === null || showing.who === who || showing.who === null);
  const isCounted = (showing: Showing) =>
    known !== undefined &&
    showing.who === who &&
    showing.ackedAt !== undefined &&
    showing.ackedAt <= known.at;
  const here = ours.filter((showing) => showing.surveyId === surveyId);
  const there = known?.displays.filter((display) => display.surveyId === surveyId) ?? [];
  const times = [...ours.map((showing) => showing.shownAt), ...(known?.displays.map(({ at }) => at) ?? [])];
  return {
    displays: here.reduce(
      (sum, showing) => sum + (isCounted(showing) ? 0 : (showing.count ?? 1)),
      there.length,
    ),
    responded: (known?.responses.includes(surveyId) ?? false) || here.some((showing) => hasAnswers(showing)),
    lastDisplayAt: times.length > 0 ? Math.max(...times) : undefined,
  };
}

/** Whether a card was submitted: that counts as a response, finished or not (client-api.md 6.8). */
export function hasAnswers(showing: Pick<Showing, 'seq'>): boolean {
  return showing.seq > 1;
}
