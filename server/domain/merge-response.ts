import { MAX_ELEMENT_MS } from '../../src/core/limits.ts';
import type { Answers } from '../../src/core/survey/document.ts';
import { toRegionTagged } from '../base/language-codes.ts';
import type { ResponseRecord } from '../repo/responses.ts';

const TOTAL = '_total';

/** A change of a response; absent fields stay. */
export interface ResponseChange {
  readonly data?: Answers | undefined;
  readonly variables?: Readonly<Record<string, string | number>> | undefined;
  readonly ttc?: Readonly<Record<string, number>> | undefined;
  readonly finished?: boolean | undefined;
  /** Null removes the ending. */
  readonly endingId?: string | null | undefined;
  readonly language?: string | undefined;
}

/**
 * Merges a change into a stored response: `data`, `variables` and `ttc` key by key, later values win and no key can
 * be removed; a finished response stays finished (client-api.md 3.5).
 */
export function mergeResponse(stored: ResponseRecord, change: ResponseChange): ResponseRecord {
  const finished = stored.finished || change.finished === true;
  return {
    ...stored,
    data: { ...stored.data, ...change.data },
    variables: { ...stored.variables, ...change.variables },
    ttc: toTtc({ ...stored.ttc, ...change.ttc }, finished),
    finished,
    endingId: change.endingId === undefined ? stored.endingId : change.endingId,
    language: change.language === undefined ? stored.language : change.language,
  };
}

/** Clamps each time to 0 to 1 day and, for a finished response, adds the sum of all as `_total`. */
export function toTtc(
  given: Readonly<Record<string, number>>,
  finished: boolean,
): Readonly<Record<string, number>> {
  const times = Object.entries(given).filter(([key]) => key !== TOTAL);
  const clamped = times.map(([key, ms]) => [key, Math.min(Math.max(ms, 0), MAX_ELEMENT_MS)] as const);
  const total = clamped.reduce((sum, [, ms]) => sum + ms, 0);
  return Object.fromEntries(finished ? [...clamped, [TOTAL, total]] : clamped);
}

/** Whether two responses have the same answers, whatever the order of their keys. */
export function isSameAnswer(a: ResponseRecord, b: ResponseRecord): boolean {
  return stableText(answerOf(a)) === stableText(answerOf(b));
}

/**
 * Whether a post with a known client-made id is to be merged: only one with a higher `seq`. An equal or lower one is a
 * repetition or late and changes nothing, finished or not; so does a post without `seq`.
 */
export function isNewerPost(storedSeq: number | null, seq: number | undefined): boolean {
  return seq !== undefined && seq > (storedSeq ?? -1);
}

function answerOf({ data, variables, ttc, finished, endingId, language }: ResponseRecord): unknown {
  return { data, variables, ttc, finished, endingId, language };
}

/** Serialises as JSON with sorted keys. */
function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** Returns the language as it is stored: region-tagged for a known one, else as sent; undefined for a blank one. */
export function toLanguage(given: string | undefined): string | undefined {
  const trimmed = given?.trim();
  return trimmed ? (toRegionTagged(trimmed) ?? trimmed) : undefined;
}
