import type { Kysely } from 'kysely';
import type { WireResponseRequest } from '../../src/wire/response.ts';
import { ApiError, badRequest, notFound } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { findOpenSurvey } from '../context/live-survey.ts';
import { readAttributeTexts } from '../repo/contacts.ts';
import { type DisplayRecord, findDisplay, findResponseOfDisplay } from '../repo/displays.ts';
import { newId } from '../repo/new-id.ts';
import {
  insertResponse,
  lockResponse,
  type ResponseMeta,
  type ResponseRecord,
  updateResponse,
} from '../repo/responses.ts';
import type { Schema } from '../repo/schema.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { boundAnswer, boundAttributes } from './bound-answer.ts';
import { checkAnswers } from './check-answers.ts';
import { findOwner, type Owner } from './find-owner.ts';
import { checkAdmission, checkSingleUse } from './link-survey.ts';
import {
  isNewerPost,
  isSameAnswer,
  mergeResponse,
  type ResponseChange,
  toLanguage,
  toTtc,
} from './merge-response.ts';
import { checkOtherAnswers } from './other-answers.ts';
import { NO_SIDE_EFFECTS, type ResponseEvent, recordResponse, runSideEffects } from './record-response.ts';
import { type GivenMeta, type RequestFacts, toMeta } from './response-meta.ts';
import { alreadyLinked, insertOrFindDisplay } from './store-display.ts';
import { checkFileAnswers, withFilePaths } from './upload-elements.ts';

/** A request of either version. Other clients than Inkling's snippet may send a single-use id. */
export interface ResponseRequest extends Omit<WireResponseRequest, 'meta'> {
  readonly singleUseId?: string | null | undefined;
  readonly meta?: GivenMeta | undefined;
}

/** A post: the request with its environment and facts. */
export interface Post {
  readonly live: LiveEnvironment;
  readonly request: ResponseRequest;
  readonly facts: RequestFacts;
  /** Whether a long text for `other` is refused: in v2 only. */
  readonly limitsOther: boolean;
}

/** Reply to a stored response; `quotaFull` is always false, since there are no quotas. */
export interface StoredReply {
  readonly id: string;
  readonly quotaFull: false;
}

/** A request with the fields that the server adds. */
interface Submission extends ResponseRequest {
  readonly live: LiveEnvironment;
  readonly environmentId: string;
  readonly survey: SurveyRecord;
  readonly fullMeta: ResponseMeta;
  readonly now: number;
}

/**
 * Stores the answers of an open survey; throws 404 for an unknown survey, 403 for a closed one, 400 for answers that are
 * invalid for their elements.
 *
 * Answers under a client-made id are not checked against the elements: the device has checked them against the document
 * it showed, and an owner's edit since then must not lose the visitor's answers.
 */
export async function storeResponse(
  context: ServerContext,
  { live, request, facts, limitsOther }: Post,
): Promise<StoredReply> {
  const { database, now } = context;
  const survey = findOpenSurvey(live, request.surveyId);
  checkAdmission(survey);
  checkSingleUse(survey, { singleUseId: request.singleUseId, url: request.meta?.url });
  const data = withFilePaths(survey, request.data, context.addresses);
  checkFileAnswers(survey, data);
  if (limitsOther) checkOtherAnswers(survey, data, request.language);
  if (request.id === undefined) checkAnswers(survey, data);

  const fullMeta = toMeta(request.meta, survey, facts);
  const { environment } = live;
  const submission = { ...request, data, live, environmentId: environment.id, survey, fullMeta, now: now() };
  const { id, sideEffects } = await database.write(async (trx) => {
    const { id, change } = await submit(trx, submission);
    const event = change && { ...change, survey, now: submission.now };
    return { id, sideEffects: event ? await recordResponse(trx, event) : NO_SIDE_EFFECTS };
  });
  runSideEffects(context, live.environment.id, sideEffects);
  return { id, quotaFull: false };
}

/** A change of a response with its environment and facts. */
export interface Change {
  readonly live: LiveEnvironment;
  readonly responseId: string;
  readonly change: ResponseChange;
}

/**
 * Merges a change into a response atomically. Throws 404 for an unknown response, 403 when its survey is closed, and 400
 * when the response is finished and the change is not a repetition.
 */
export async function changeResponse(
  context: ServerContext,
  { live, responseId, change }: Change,
): Promise<StoredReply> {
  const { database } = context;
  const now = context.now();
  const sideEffects = await database.write(async (trx) => {
    const stored = await lockResponse(trx, responseId);
    if (stored?.environmentId !== live.environment.id) throw notFound('Response', responseId);
    checkAdmission(live.surveys.get(stored.surveyId));
    const survey = findOpenSurvey(live, stored.surveyId);
    const data = withFilePaths(survey, change.data ?? {}, context.addresses);
    const given = { ...change, data, language: toLanguage(change.language) };
    const merged = boundAnswer(survey, mergeResponse(stored, given), given);
    const isRepeat = isSameAnswer(stored, merged);
    if (stored.finished && !isRepeat) {
      throw badRequest('Response is already finished', { code: 'response_already_finished' });
    }
    if (isRepeat) return NO_SIDE_EFFECTS;
    checkFileAnswers(survey, merged.data);
    checkOtherAnswers(survey, merged.data, merged.language ?? undefined);
    if (stored.seq === null) checkAnswers(survey, merged.data);
    const response = { ...merged, updatedAt: now };
    await updateResponse(trx, response);
    const wasFinished = stored.finished;
    return recordResponse(trx, { kind: 'updated', response, wasFinished, survey, now });
  });
  runSideEffects(context, live.environment.id, sideEffects);
  return { id: responseId, quotaFull: false };
}

/** Id under which a post is stored, and its change; without a change it was a repetition. */
interface Submitted {
  readonly id: string;
  readonly change?: Pick<ResponseEvent, 'kind' | 'response' | 'wasFinished'>;
}

async function submit(trx: Kysely<Schema>, submission: Submission): Promise<Submitted> {
  const known = submission.id === undefined ? undefined : await lockResponse(trx, submission.id);
  if (known?.environmentId === submission.environmentId) return mergeKnown(trx, known, submission);
  // An id that exists in another environment counts as not sent.
  const id = submission.id === undefined || known ? newId(submission.now) : submission.id;

  const display = await attachDisplay(trx, submission);
  // None for an unknown person, since a response alone never makes a contact.
  const owner = await ownerOf(trx, submission, false);
  checkDisplay(display, submission, owner);
  const { contactId } = owner;
  const contactAttributes =
    contactId === null ? null : boundAttributes(await readAttributeTexts(trx, contactId));
  const given = { ...toResponse(submission, { id, display, owner }), contactAttributes };
  const response = boundAnswer(submission.survey, given, given);
  if (await insertResponse(trx, response)) {
    return { id, change: { kind: 'created', response, wasFinished: false } };
  }

  // A unique value was taken: the id, by the same post sent twice at once; the display, by another response; or the
  // single-use id.
  const other = await lockResponse(trx, id);
  if (other?.environmentId === submission.environmentId) return mergeKnown(trx, other, submission);
  if (other) return submit(trx, { ...submission, id: undefined });
  if (display && (await findResponseOfDisplay(trx, display.id))) throw alreadyLinked(display.id);
  throw new ApiError('conflict', 'This single-use id has been used');
}

async function mergeKnown(
  trx: Kysely<Schema>,
  known: ResponseRecord,
  submission: Submission,
): Promise<Submitted> {
  if (known.surveyId !== submission.surveyId) {
    throw new ApiError('conflict', 'This id belongs to a response to another survey');
  }
  const { id } = known;
  if (!isNewerPost(known.seq, submission.seq)) return { id };
  const { seq = null, data, variables, ttc, finished, endingId, language, now } = submission;
  const change = { data, variables, ttc, finished, endingId, language: toLanguage(language) };
  const merged = boundAnswer(submission.survey, mergeResponse(known, change), change);
  const response = { ...merged, seq, updatedAt: now };
  await updateResponse(trx, response);
  return { id, change: { kind: 'updated', response, wasFinished: known.finished } };
}

/** Finds the display of a response; for a client-made response id an unknown display is stored too. Throws 400 otherwise. */
async function attachDisplay(
  trx: Kysely<Schema>,
  submission: Submission,
): Promise<DisplayRecord | undefined> {
  const { displayId, environmentId, surveyId, now } = submission;
  if (!displayId) return undefined;
  if (!/^[0-9a-z]+$/.test(displayId)) throw badRequest('Invalid displayId', { displayId: 'Invalid cuid2' });
  const present = await findDisplay(trx, displayId);
  if (present?.environmentId === environmentId) return present;

  const isClientMade = submission.id !== undefined && /^[0-9a-z]{16,64}$/.test(displayId);
  if (!isClientMade) throw badRequest(`Display ${displayId} not found`, { displayId });
  const { contactId } = await ownerOf(trx, submission, true);
  return insertOrFindDisplay(trx, { id: displayId, environmentId, surveyId, contactId, createdAt: now });
}

function checkDisplay(
  display: DisplayRecord | undefined,
  { surveyId }: Submission,
  { contactId, isSetAside }: Owner,
): void {
  if (!display) return;
  const { id } = display;
  if (display.surveyId !== surveyId) {
    throw badRequest(`Display ${id} belongs to another survey`, { displayId: id });
  }
  // An answer that has lost its person keeps its display: only the device that made it knows the id.
  if (display.contactId !== null && display.contactId !== contactId && !isSetAside) {
    throw badRequest(`Display ${id} belongs to another contact`, { displayId: id });
  }
}

function ownerOf(trx: Kysely<Schema>, submission: Submission, makes: boolean): Promise<Owner> {
  return findOwner(trx, submission.live, { person: submission, makes, now: submission.now });
}

function toResponse(
  submission: Submission,
  { id, display, owner }: { id: string; display: DisplayRecord | undefined; owner: Owner },
): Omit<ResponseRecord, 'contactAttributes'> {
  const { environmentId, surveyId, finished, now } = submission;
  return {
    id,
    environmentId,
    surveyId,
    displayId: display?.id ?? null,
    contactId: owner.contactId,
    isVerified: owner.isVerified,
    singleUseId: submission.singleUseId || null,
    language: toLanguage(submission.language) ?? null,
    endingId: submission.endingId ?? null,
    finished,
    seq: submission.seq ?? null,
    createdAt: now,
    updatedAt: now,
    data: submission.data,
    variables: submission.variables ?? {},
    ttc: toTtc(submission.ttc ?? {}, finished),
    meta: submission.fullMeta,
  };
}
