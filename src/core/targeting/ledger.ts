import { hasAnswers, type Showing } from './history.ts';

/** Time within which an interrupted survey can be continued. */
const CONTINUE_MS = 30 * 60_000;
/** Above this number, showings are merged; the newest quarter stays as it is. */
const MOST_SHOWINGS = 200;
/** Stands for several identified people whose showings were merged; no user id is empty. */
const SOMEBODY = '';

/** All showings of this device in one environment. */
export interface Ledger {
  readonly v: 1;
  readonly list: readonly Showing[];
}

/** A ledger without showings. */
export const EMPTY_LEDGER: Ledger = { v: 1, list: [] };

/** Drops entries that are no complete showing: damaged, or written by other code. */
export function sanitizeLedger(ledger: Ledger): Ledger {
  const isWhole = (showing: Showing | null): boolean =>
    typeof showing?.id === 'string' &&
    typeof showing.meta === 'object' &&
    [showing.shownAt, showing.activeAt, showing.seq, showing.ackedSeq].every(Number.isFinite);
  return { ...ledger, list: ledger.list.filter(isWhole) };
}

/**
 * Writes a showing in the state of its own tab; acknowledgements that arrived meanwhile are kept. A new showing closes
 * older ones that can no longer be continued.
 */
export function putShowing(ledger: Ledger, showing: Showing): Ledger {
  const stored = ledger.list.find(({ id }) => id === showing.id);
  if (!stored) {
    const left = showing.shownAt - CONTINUE_MS;
    const list = ledger.list.map((old) =>
      old.closed || old.activeAt > left ? old : slim({ ...old, closed: true }),
    );
    return { ...ledger, list: condense([...list, showing]) };
  }
  const { ackedSeq, ackedAt, theirs } = stored;
  return replace(ledger, showing.id, () =>
    slim({ ...showing, ackedSeq: Math.max(ackedSeq, showing.ackedSeq), ackedAt, theirs }),
  );
}

/**
 * Bounds the size of the record: delivered showings but the newest are merged to one per survey, person and result
 * (acknowledged or refused), which has their number and the dates of the newest. When that is still too many, those of
 * identified people are merged to one per survey: the server has their history, and for an anonymous visitor they count
 * as before.
 */
function condense(list: readonly Showing[]): readonly Showing[] {
  if (list.length <= MOST_SHOWINGS) return list;
  const old = list.slice(0, -MOST_SHOWINGS / 4);
  const few = merge(old, ({ who }) => who);
  const fewer = few.length > MOST_SHOWINGS / 2 ? merge(few, ({ who }) => who && SOMEBODY) : few;
  return [...fewer, ...list.slice(old.length)];
}

function merge(list: readonly Showing[], whoOf: (showing: Showing) => string | null): readonly Showing[] {
  const merged = new Map<string, Showing>();
  for (const showing of list) {
    const { id, surveyId, ackedAt, ackedSeq, seq } = showing;
    if (ackedSeq < seq) {
      merged.set(id, showing);
      continue;
    }
    const who = whoOf(showing);
    const key = `${ackedAt === undefined} ${surveyId} ${who === null} ${who}`;
    const one = slim({ ...showing, who, closed: true });
    const former = merged.get(key);
    merged.set(key, former ? add(former, one) : one);
  }
  return [...merged.values()];
}

/** Merges two showings of one survey to one person. */
function add(one: Showing, other: Showing): Showing {
  const seq = Math.max(one.seq, other.seq);
  return {
    ...(one.shownAt > other.shownAt ? one : other),
    seq,
    ackedSeq: seq,
    ackedAt: one.ackedAt === undefined ? undefined : Math.max(one.ackedAt, other.ackedAt ?? 0),
    count: (one.count ?? 1) + (other.count ?? 1),
  };
}

/**
 * The `seq` of an answer given now: higher than the last one, and higher than any that a page sent but could not store
 * before it was closed. That page's answer is older, and the server keeps the answer with the higher `seq`.
 */
export function nextSeq({ seq, shownAt }: Pick<Showing, 'seq' | 'shownAt'>, now: number): number {
  return Math.max(seq + 1, now - shownAt);
}

/** Records that the server has acknowledged everything up to `seq`. */
export function acknowledge(ledger: Ledger, id: string, seq: number, now: number): Ledger {
  return replace(ledger, id, ({ refused: _refused, ...old }) =>
    slim({ ...old, ackedSeq: Math.max(old.ackedSeq, seq), ackedAt: old.ackedAt ?? now }),
  );
}

/** Records that the server finally refused a showing: it is not sent again, and `explain()` shows the code. */
export function refuse(ledger: Ledger, id: string, seq: number, code: string): Ledger {
  return replace(ledger, id, (old) => slim({ ...old, ackedSeq: Math.max(old.ackedSeq, seq), refused: code }));
}

/** Records that a showing was closed and isn't continued. */
export function closeShowing(ledger: Ledger, id: string): Ledger {
  return replace(ledger, id, (old) => slim({ ...old, closed: true }));
}

/** Showings that wait to be delivered, oldest first. */
export function waiting(ledger: Ledger): readonly Showing[] {
  return ledger.list.filter((showing) => showing.ackedSeq < showing.seq);
}

/** The showing to continue: active less than 30 minutes ago, not closed, not finished, and this person's. */
export function toContinue(ledger: Ledger, who: string | null, now: number): Showing | undefined {
  return ledger.list.findLast(
    (showing) =>
      !showing.closed &&
      !showing.finished &&
      (showing.who === null || showing.who === who) &&
      Math.abs(now - showing.activeAt) < CONTINUE_MS,
  );
}

/** Whether another tab has continued or closed a showing since this tab last stored it. */
export function isOutdated(ledger: Ledger, mine: Showing): boolean {
  const stored = ledger.list.find(({ id }) => id === mine.id);
  return stored !== undefined && (stored.closed || stored.seq > mine.seq);
}

/** Removes the answers of a showing that is delivered and over: only what the gates need stays on the device. */
function slim(showing: Showing): Showing {
  if (!isOver(showing) || showing.ackedSeq < showing.seq) return showing;
  const { progress: _progress, answers: _answers, hiddenFields: _hidden, userHash: _hash, ...kept } = showing;
  return { ...kept, meta: { url: '', action: '' } };
}

function isOver({ closed, finished }: Showing): boolean {
  return closed || finished;
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
  /** Whether the server has acknowledged everything, or finally refused it. */
  readonly delivered: boolean;
  readonly refused: string | undefined;
}

/** The public summary of a showing, without answers. */
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
