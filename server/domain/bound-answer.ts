import { MAX_ANSWER_BYTES, MAX_ANSWER_KEYS, MAX_COPIED_ATTRIBUTE_BYTES } from '../../src/core/limits.ts';
import { badRequest } from '../base/api-error.ts';
import type { ResponseRecord } from '../repo/responses.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { formerKeysOf, keysOf } from './survey-keys.ts';

/** The parts of a response that are merged key by key. */
type Records = Pick<ResponseRecord, 'data' | 'variables' | 'ttc'>;
/** What a change brings of them. */
type GivenRecords = { readonly [K in keyof Records]?: Records[K] | undefined };

/**
 * Keeps a response within the bounds of an answer, whatever was merged into it before. Where it is over them, the keys
 * that neither the survey nor this change knows give way; throws 400 when that is not enough.
 *
 * A key that the survey has had before counts as known: an owner's edit must not cost a visitor an answer.
 */
export function boundAnswer(
  survey: SurveyRecord,
  response: ResponseRecord,
  change: GivenRecords,
): ResponseRecord {
  if (isWithin(response, MAX_ANSWER_KEYS)) return response;
  const known = new Set([...keysOf(survey), ...formerKeysOf(survey)]);
  // A survey that is larger than the bound can be answered all the same.
  const most = Math.max(MAX_ANSWER_KEYS, known.size);

  const kept = {
    ...response,
    data: keep(response.data, known, change.data),
    variables: keep(response.variables, known, change.variables),
    ttc: keep(response.ttc, known, change.ttc),
  };
  if (isWithin(kept, most)) return kept;
  const data = `Must not exceed ${MAX_ANSWER_BYTES} bytes and ${MAX_ANSWER_KEYS} keys in all`;
  throw badRequest('The answer is too large', { data });
}

/**
 * Returns the attributes that are copied into a response: in order, as many as fit. Without a bound each short answer
 * would store a long list of attributes once more.
 */
export function boundAttributes(
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  let left = MAX_COPIED_ATTRIBUTE_BYTES;
  return Object.fromEntries(
    Object.entries(attributes).filter((entry) => {
      const bytes = Buffer.byteLength(JSON.stringify(entry));
      if (bytes > left) return false;
      left -= bytes;
      return true;
    }),
  );
}

function isWithin(response: ResponseRecord, most: number): boolean {
  const { data, variables, ttc, meta, language, endingId } = response;
  if ([data, variables, ttc].some((record) => Object.keys(record).length > most)) return false;
  const answer = { data, variables, ttc, meta, language, endingId };
  return Buffer.byteLength(JSON.stringify(answer)) <= MAX_ANSWER_BYTES;
}

function keep<T extends Records[keyof Records]>(
  record: T,
  known: ReadonlySet<string>,
  given: Readonly<Record<string, unknown>> = {},
): T {
  const kept = Object.entries(record).filter(([key]) => known.has(key) || Object.hasOwn(given, key));
  return Object.fromEntries(kept) as unknown as T;
}
