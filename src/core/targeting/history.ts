import type { Answers } from '../survey/document.ts';
import type { Progress } from '../survey/progress.ts';

/**
 * One survey shown on this device: ledger, outbox and progress in one record (design.md 4).
 *
 * `seq` orders what happened (1 = shown, more with each submitted card); `ackedSeq` is how much of it the server has
 * acknowledged. `ackedSeq < seq` means something waits to be delivered.
 */
export interface Showing {
  /** The response's id, made here. */
  readonly id: string;
  readonly surveyId: string;
  /** Whose showing it is: a user id, or null for nobody. */
  readonly who: string | null;
  readonly displayId: string;
  /** Epoch ms of the device's clock. */
  readonly shownAt: number;
  /** When the visitor last did something in it. */
  readonly activeAt: number;
  readonly seq: number;
  readonly ackedSeq: number;
  /** When the server first acknowledged it. */
  readonly ackedAt?: number | undefined;
  readonly finished: boolean;
  /** It left the screen for good: not to be continued. */
  readonly closed: boolean;
  /** The key texts are looked up by, and the code that is sent. */
  readonly language: string;
  readonly languageCode?: string | undefined;
  /** Dropped once delivered and closed: no answer stays on the device longer than it must. */
  readonly progress?: Progress;
  /** The whole answer so far as the wire has it. */
  readonly answers?: Answers;
  readonly hiddenFields?: Answers;
  readonly meta: { readonly url: string; readonly source?: string | undefined; readonly action: string };
  /** The code the server refused it with for good; `expired`, `full` or `before-send` when it was never sent. */
  readonly refused?: string | undefined;
  /** What a server without our marker calls its display and response. A display the page dropped is null. */
  readonly theirs?:
    | { readonly displayId?: string | null; readonly responseId?: string | undefined }
    | undefined;
  /** So many old showings in one; 1 when absent. */
  readonly count?: number;
}

/** What the server knows of a person, in this device's time. */
export interface KnownHistory {
  readonly displays: readonly { readonly surveyId: string; readonly at: number }[];
  readonly responses: readonly string[];
  /** When the server said so. */
  readonly at: number;
}

/** What the gates need to know about one survey and one person. */
export interface History {
  readonly displays: number;
  readonly responded: boolean;
  /** The newest display of any survey; undefined when there was none. */
  readonly lastDisplayAt: number | undefined;
}

/**
 * Gathers one person's history with one survey (design.md 5.4).
 *
 * A person is judged by their own showings, the server's history and the anonymous showings of this device; an
 * anonymous visitor by everything this device has shown. A showing the server had already acknowledged when it sent
 * its history is in that history and isn't counted twice.
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

/** A submitted card counts as a response, finished or not (client-api.md 6.8). */
export function hasAnswers(showing: Pick<Showing, 'seq'>): boolean {
  return showing.seq > 1;
}
