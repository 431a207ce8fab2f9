import type { Context } from 'hono';
import type { Kysely } from 'kysely';
import type { WireResponseRequest } from '../../src/wire/response.ts';
import { responseUpdateSchema, responseV1Schema, responseV2Schema } from '../../src/wire/response-schema.ts';
import { ApiError, badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import { toRegionTagged } from '../base/language-codes.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { findLive, findOpenSurvey } from '../context/live-survey.ts';
import { ownOrigins } from '../context/own-origin.ts';
import { checkAnswers } from '../domain/check-answers.ts';
import { checkAdmission, checkSingleUse } from '../domain/link-survey.ts';
import {
  isNewerPost,
  isSameAnswer,
  mergeResponse,
  type ResponseChange,
  toTtc,
} from '../domain/merge-response.ts';
import { checkOtherAnswers } from '../domain/other-answers.ts';
import {
  NOTHING_DUE,
  type ResponseEvent,
  recordResponse,
  settleAftermath,
} from '../domain/record-response.ts';
import { type GivenMeta, readMeta } from '../domain/response-meta.ts';
import { checkFileAnswers } from '../domain/upload-elements.ts';
import { MALFORMED, readJson, readObject } from '../http/body.ts';
import { originOf } from '../http/origin.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { findContactId, hasContact, readAttributeTexts } from '../repo/contacts.ts';
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
import { findOwner, storeDisplay } from './display-routes.ts';

/** Either version of the request: what isn't Inkling's snippet may send a single-use id too. */
export interface ResponseRequest extends Omit<WireResponseRequest, 'meta'> {
  readonly singleUseId?: string | null | undefined;
  readonly meta?: GivenMeta | undefined;
}

/** A request with what its path says. */
export interface Post {
  readonly live: LiveEnvironment;
  readonly request: ResponseRequest;
  /** v2 alone refuses a long text for `other`. */
  readonly limitsOther: boolean;
}

/** What a client hears of a response; there are no quotas yet, so none is ever full. */
export interface StoredReply {
  readonly id: string;
  readonly quotaFull: false;
}

/** The message for a body of an update that is not JSON. */
export const MALFORMED_UPDATE = 'Malformed JSON in request body';

/** A request with what the server adds to it. */
interface Submission extends ResponseRequest {
  readonly environmentId: string;
  readonly fullMeta: ResponseMeta;
  readonly now: number;
}

/**
 * `POST …/responses` (client-api.md 3.4).
 *
 * With a client-made `id` it may be sent any number of times in any order (design.md 5.3): an unknown id is stored,
 * together with its display when that is unknown too; a known one takes a higher `seq` and ignores the rest.
 */
export function responseRoute(context: ServerContext, version: 'v1' | 'v2'): Route['handle'] {
  const environmentOf = (c: Context) => findLive(context, pathParam(c, 'environmentId'));
  return async (c: Context) => {
    // v1 reads the body before it looks for the environment, v2 the other way round.
    const early = version === 'v1' ? await readObject(c, MALFORMED) : undefined;
    const live = await environmentOf(c);
    const body = version === 'v1' ? early : await readObject(c, 'Invalid JSON in request body');
    const request: ResponseRequest = checkBody(version === 'v1' ? responseV1Schema : responseV2Schema, body);
    return ok(c, await storeResponse(context, c, { live, request, limitsOther: version === 'v2' }));
  };
}

/**
 * Stores the answers of an open survey; throws 404 for an unknown survey, 403 for a closed one, 400 for answers that its
 * elements don't take.
 *
 * Answers under a client-made id are not checked against the elements: the device has done that with the document it
 * showed, and an owner's edit since then must not cost a visitor the answer.
 */
export async function storeResponse(
  context: ServerContext,
  c: Context,
  { live, request, limitsOther }: Post,
): Promise<StoredReply> {
  const { database, now, trustedProxies } = context;
  const survey = findOpenSurvey(live, request.surveyId);
  checkAdmission(survey);
  checkSingleUse(survey, { singleUseId: request.singleUseId, url: request.meta?.url });
  checkFileAnswers(survey, request.data, ownOrigins(context, c));
  if (limitsOther) checkOtherAnswers(survey, request.data, request.language);
  if (request.id === undefined) checkAnswers(survey, request.data);

  const fullMeta = readMeta(c, { given: request.meta, survey, trustedProxies });
  const submission = { ...request, environmentId: live.environment.id, fullMeta, now: now() };
  const origin = originOf(c, context.publicUrl);
  const { id, aftermath } = await database.write(async (trx) => {
    const { id, change } = await submit(trx, submission);
    const event = change && { ...change, survey, origin, now: submission.now };
    return { id, aftermath: event ? await recordResponse(trx, event) : NOTHING_DUE };
  });
  settleAftermath(context, live.environment.id, aftermath);
  return { id, quotaFull: false };
}

/** `PUT …/responses/{responseId}` (client-api.md 3.5). */
export function responseUpdateRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const change = checkBody(responseUpdateSchema, await readJson(c, MALFORMED_UPDATE));
    const responseId = pathParam(c, 'responseId');
    if (!/^[0-9a-z]+$/.test(responseId)) throw badRequest('Validation failed: Invalid cuid2');
    return ok(c, await changeResponse(context, c, { live, responseId, change }));
  };
}

/**
 * Merges a change into a response, in one step that no other change comes between. Throws 404 for an unknown response,
 * 403 when its survey is closed, and 400 when it is finished and the change is more than a repetition.
 */
export async function changeResponse(
  context: ServerContext,
  c: Context,
  {
    live,
    responseId,
    change,
  }: { readonly live: LiveEnvironment; readonly responseId: string; readonly change: ResponseChange },
): Promise<StoredReply> {
  const { database } = context;
  const now = context.now();
  const origin = originOf(c, context.publicUrl);
  const aftermath = await database.write(async (trx) => {
    const stored = await lockResponse(trx, responseId);
    if (stored?.environmentId !== live.environment.id) throw notFound('Response', responseId);
    checkAdmission(live.surveys.get(stored.surveyId));
    const survey = findOpenSurvey(live, stored.surveyId);
    const merged = mergeResponse(stored, { ...change, language: toLanguage(change.language) });
    const isRepeat = isSameAnswer(stored, merged);
    if (stored.finished && !isRepeat) {
      throw badRequest('Response is already finished', { code: 'response_already_finished' });
    }
    if (isRepeat) return NOTHING_DUE;
    checkFileAnswers(survey, merged.data, ownOrigins(context, c));
    checkOtherAnswers(survey, merged.data, merged.language ?? undefined);
    if (stored.seq === null) checkAnswers(survey, merged.data);
    const response = { ...merged, updatedAt: now };
    await updateResponse(trx, response);
    const wasFinished = stored.finished;
    return recordResponse(trx, { kind: 'updated', response, wasFinished, survey, origin, now });
  });
  settleAftermath(context, live.environment.id, aftermath);
  return { id: responseId, quotaFull: false };
}

/** Under which id a post is stored, and what it changed; nothing where it repeats what is known. */
interface Submitted {
  readonly id: string;
  readonly change?: Pick<ResponseEvent, 'kind' | 'response' | 'wasFinished'>;
}

async function submit(trx: Kysely<Schema>, submission: Submission): Promise<Submitted> {
  const known = submission.id === undefined ? undefined : await lockResponse(trx, submission.id);
  if (known?.environmentId === submission.environmentId) return mergeKnown(trx, known, submission);
  // An id that lives in another environment counts as not sent.
  const id = submission.id === undefined || known ? newId(submission.now) : submission.id;

  const display = await attachDisplay(trx, submission);
  const contactId = await findContact(trx, submission);
  checkDisplay(display, submission, contactId);
  const contactAttributes = contactId === null ? null : await readAttributeTexts(trx, contactId);
  const response = { ...toResponse(submission, { id, display, contactId }), contactAttributes };
  if (await insertResponse(trx, response)) {
    return { id, change: { kind: 'created', response, wasFinished: false } };
  }

  // Something unique was taken: by the same post sent twice at once, by another response of the display, or by a
  // single-use id that was used.
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
  const response = { ...mergeResponse(known, change), seq, updatedAt: now };
  await updateResponse(trx, response);
  return { id, change: { kind: 'updated', response, wasFinished: known.finished } };
}

/** The display a response belongs to; with a client-made response id an unknown one is stored along with it. */
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
  const contactId = await findOwner(trx, submission, now);
  return storeDisplay(trx, { id: displayId, environmentId, surveyId, contactId, createdAt: now });
}

function checkDisplay(
  display: DisplayRecord | undefined,
  { surveyId }: Submission,
  contactId: string | null,
): void {
  if (!display) return;
  const { id } = display;
  if (display.surveyId !== surveyId) {
    throw badRequest(`Display ${id} belongs to another survey`, { displayId: id });
  }
  if (display.contactId !== null && display.contactId !== contactId) {
    throw badRequest(`Display ${id} belongs to another contact`, { displayId: id });
  }
}

/** 400 for a display that has a response already, or would get one of another survey. */
export function alreadyLinked(displayId: string): ApiError {
  return badRequest(`Display ${displayId} is already linked to a response`, { displayId });
}

/** A response alone never makes a contact: an unknown person answers anonymously. */
async function findContact(trx: Kysely<Schema>, submission: Submission): Promise<string | null> {
  const { environmentId, userId, contactId } = submission;
  if (userId) return (await findContactId(trx, { environmentId, userId })) ?? null;
  if (contactId && (await hasContact(trx, environmentId, contactId))) return contactId;
  return null;
}

function toResponse(
  submission: Submission,
  { id, display, contactId }: { id: string; display: DisplayRecord | undefined; contactId: string | null },
): Omit<ResponseRecord, 'contactAttributes'> {
  const { environmentId, surveyId, finished, now } = submission;
  return {
    id,
    environmentId,
    surveyId,
    displayId: display?.id ?? null,
    contactId,
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

/** Region-tagged when it is a known language, else as sent; a blank one counts as not sent. */
export function toLanguage(given: string | undefined): string | undefined {
  const trimmed = given?.trim();
  return trimmed ? (toRegionTagged(trimmed) ?? trimmed) : undefined;
}
