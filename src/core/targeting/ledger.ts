import { hasAnswers, type Showing } from './history.ts';

/** An interrupted survey is continued for this long. */
const CONTINUE_MS = 30 * 60_000;

/** All showings of this device in one environment. */
export interface Ledger {
  readonly v: 1;
  readonly list: readonly Showing[];
}

/** A ledger with nothing in it. */
export const EMPTY_LEDGER: Ledger = { v: 1, list: [] };

/** Writes a showing as its own tab sees it; what the server has acknowledged meanwhile is never forgotten. */
export function putShowing(ledger: Ledger, showing: Showing): Ledger {
  const stored = ledger.list.find(({ id }) => id === showing.id);
  if (!stored) return { ...ledger, list: [...ledger.list, showing] };
  const { ackedSeq, ackedAt } = stored;
  return replace(ledger, showing.id, () =>
    slim({ ...showing, ackedSeq: Math.max(ackedSeq, showing.ackedSeq), ackedAt }),
  );
}

/** Records that the server has everything up to `seq`. */
export function acknowledge(ledger: Ledger, id: string, seq: number, now: number): Ledger {
  return replace(ledger, id, (old) =>
    slim({ ...old, ackedSeq: Math.max(old.ackedSeq, seq), ackedAt: old.ackedAt ?? now }),
  );
}

/** Records that the server refused a showing for good: it is not sent again, and `explain()` can say why. */
export function refuse(ledger: Ledger, id: string, seq: number, code: string): Ledger {
  return replace(ledger, id, (old) => slim({ ...old, ackedSeq: Math.max(old.ackedSeq, seq), refused: code }));
}

/** Records that a showing has left the screen and isn't continued. */
export function closeShowing(ledger: Ledger, id: string): Ledger {
  return replace(ledger, id, (old) => slim({ ...old, closed: true }));
}

/** What waits to be delivered, oldest first. */
export function waiting(ledger: Ledger): readonly Showing[] {
  return ledger.list.filter((showing) => showing.ackedSeq < showing.seq);
}

/** The showing to go on with: on screen less than 30 minutes ago, not closed, not finished, and this person's. */
export function toContinue(ledger: Ledger, who: string | null, now: number): Showing | undefined {
  return ledger.list.findLast(
    (showing) =>
      !showing.closed &&
      !showing.finished &&
      (showing.who === null || showing.who === who) &&
      Math.abs(now - showing.activeAt) < CONTINUE_MS,
  );
}

/** Whether a stored showing has moved on without the one at hand (in another tab). */
export function isOutdated(ledger: Ledger, mine: Showing): boolean {
  const stored = ledger.list.find(({ id }) => id === mine.id);
  return stored !== undefined && (stored.closed || stored.seq > mine.seq);
}

/** Once delivered and over, only what the gates need is kept: no answer stays on the device. */
function slim(showing: Showing): Showing {
  const isOver = showing.closed || showing.finished;
  if (!isOver || showing.ackedSeq < showing.seq) return showing;
  const { progress: _progress, answers: _answers, hiddenFields: _hidden, ...kept } = showing;
  return kept;
}

function replace(ledger: Ledger, id: string, change: (old: Showing) => Showing): Ledger {
  return { ...ledger, list: ledger.list.map((showing) => (showing.id === id ? change(showing) : showing)) };
}

/** The part of a showing that is public in `state()`. */
export interface ShowingSummary {
  readonly id: string;
  readonly surveyId: string;
  readonly who: string | null;
  readonly shownAt: number;
  readonly answered: boolean;
  readonly finished: boolean;
  readonly closed: boolean;
  /** Everything has reached the server, or was refused for good. */
  readonly delivered: boolean;
  readonly refused: string | undefined;
}

/** What `state()` tells of a showing: no answers. */
export function summarize(showing: Showing): ShowingSummary {
  const { id, surveyId, who, shownAt, finished, closed, refused } = showing;
  return {
    id,
    surveyId,
    who,
    shownAt,
    answered: hasAnswers(showing),
    finished,
    closed,
    delivered: showing.ackedSeq >= showing.seq,
    refused,
  };
}
