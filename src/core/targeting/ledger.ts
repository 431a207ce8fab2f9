import { hasAnswers, type Showing } from './history.ts';

/** An interrupted survey is continued for this long. */
const CONTINUE_MS = 30 * 60_000;
/** More showings than this become fewer; the newest quarter is kept as it is. */
const MOST_SHOWINGS = 200;
/** Stands for people who are told apart no longer; nobody's user id. */
const SOMEBODY = '';

/** All showings of this device in one environment. */
export interface Ledger {
  readonly v: 1;
  readonly list: readonly Showing[];
}

/** A ledger with nothing in it. */
export const EMPTY_LEDGER: Ledger = { v: 1, list: [] };

/** Leaves out what is no whole showing: half a record, or somebody else's. */
export function sanitizeLedger(ledger: Ledger): Ledger {
  const isWhole = (showing: Showing | null): boolean =>
    typeof showing?.id === 'string' &&
    typeof showing.meta === 'object' &&
    [showing.shownAt, showing.activeAt, showing.seq, showing.ackedSeq].every(Number.isFinite);
  return { ...ledger, list: ledger.list.filter(isWhole) };
}

/**
 * Writes a showing as its own tab sees it; what the server has acknowledged meanwhile is never forgotten. A new one
 * closes what was left open and can't be continued any more.
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
 * Keeps the record small however much is shown: beyond the newest, delivered showings become one per survey, person and
 * fate, which counts them and dates from the newest. When that is still too much, identified people's become one per
 * survey: the server knows their history, and for an anonymous visitor they count as before.
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

/** Two showings of one survey to one person as one. */
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
 * The `seq` of the answer a visitor gives now: more than the last one, and more than what a page had sent that died
 * before it was stored. That page's answer was given earlier, and the server keeps the one with the higher `seq`.
 */
export function nextSeq({ seq, shownAt }: Pick<Showing, 'seq' | 'shownAt'>, now: number): number {
  return Math.max(seq + 1, now - shownAt);
}

/** Records that the server has everything up to `seq`. */
export function acknowledge(ledger: Ledger, id: string, seq: number, now: number): Ledger {
  return replace(ledger, id, ({ refused: _refused, ...old }) =>
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
  if (!isOver(showing) || showing.ackedSeq < showing.seq) return showing;
  const { progress: _progress, answers: _answers, hiddenFields: _hidden, ...kept } = showing;
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
