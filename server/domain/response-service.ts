import type { Kysely } from 'kysely';
import type { Answers } from '../../src/core/survey/document.ts';
import {
  managedResponseChangeSchema,
  managedResponseSchema,
} from '../../src/wire/managed-response-schema.ts';
import { ApiError, badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { findContactByUserId, readAttributeTexts } from '../repo/contacts.ts';
import { findDisplay, findResponseOfDisplay } from '../repo/displays.ts';
import { newId } from '../repo/new-id.ts';
import {
  findListedResponse,
  insertResponse,
  type ListedResponse,
  lockResponse,
  type ResponseRecord,
  updateResponse,
} from '../repo/responses.ts';
import type { Schema } from '../repo/schema.ts';
import { findSurvey } from '../repo/surveys.ts';
import { boundAnswer, boundAttributes } from './bound-answer.ts';
import { checkAnswers } from './check-answers.ts';
import { eraseResponses, removeFiles } from './erase-contact.ts';
import { mergeResponse, toLanguage, toTtc } from './merge-response.ts';
import { recordResponse, runSideEffects } from './record-response.ts';
import { alreadyLinked } from './store-display.ts';
import { checkFileAnswers, withFilePaths } from './upload-elements.ts';

/**
 * Stores a response sent by the owner (management-api.md 10.3), for a closed survey too: responses are imported this way.
 * Throws 404 for an unknown survey, 400 for invalid answers, 409 for a single-use id that was used.
 */
export async function createResponse(
  context: ServerContext,
  { environmentId, body }: { readonly environmentId: string; readonly body: unknown },
): Promise<ListedResponse> {
  const input = checkBody(managedResponseSchema, body);
  const survey = await findSurvey(context.database.read, input.surveyId);
  if (survey?.environmentId !== environmentId) throw notFound('Survey', input.surveyId);
  const data = withFilePaths(survey, input.data, context.addresses);
  checkFileAnswers(survey, data);
  checkAnswers(survey, data);

  const now = context.now();
  const createdAt = input.createdAt ?? now;
  const base: ResponseRecord = {
    id: newId(now),
    environmentId,
    surveyId: survey.id,
    displayId: input.displayId || null,
    contactId: null,
    isVerified: false,
    singleUseId: input.singleUseId || null,
    language: toLanguage(input.language) ?? null,
    endingId: input.endingId ?? null,
    finished: input.finished,
    seq: null,
    createdAt,
    updatedAt: input.updatedAt ?? createdAt,
    data,
    variables: input.variables ?? {},
    ttc: toTtc(input.ttc ?? {}, input.finished),
    meta: input.meta ?? {},
    contactAttributes: null,
  };
  const { listed, sideEffects } = await context.database.write(async (trx) => {
    const { userId } = input;
    const contact = userId ? await findContactByUserId(trx, { environmentId, userId }) : undefined;
    const contactId = contact?.id ?? null;
    const contactAttributes =
      contactId === null ? null : boundAttributes(await readAttributeTexts(trx, contactId));
    // Whose it is the owner vouches for.
    const given = { ...base, contactId, isVerified: contactId !== null, contactAttributes };
    const response = boundAnswer(survey, given, base);
    await checkDisplay(trx, response);
    if (!(await insertResponse(trx, response))) {
      throw new ApiError('conflict', 'This single-use id has been used');
    }
    const event = { kind: 'created', response, wasFinished: false, survey, now } as const;
    return { listed: await requireListed(trx, response.id), sideEffects: await recordResponse(trx, event) };
  });
  runSideEffects(context, environmentId, sideEffects);
  return listed;
}

/** Merges an owner's change into a response (management-api.md 10.6); a finished one may be changed and reopened. */
export async function updateOwnResponse(
  context: ServerContext,
  { present, body }: { readonly present: ListedResponse; readonly body: unknown },
): Promise<ListedResponse> {
  const given = checkBody(managedResponseChangeSchema, body);
  const survey = await findSurvey(context.database.read, present.surveyId);
  if (!survey) throw notFound('Response', present.id);
  const data = withFilePaths(survey, given.data ?? {}, context.addresses);
  checkFileAnswers(survey, data);
  checkAnswers(survey, data);

  const now = context.now();
  const { listed, sideEffects } = await context.database.write(async (trx) => {
    const stored = await lockResponse(trx, present.id);
    if (!stored) throw notFound('Response', present.id);
    const response = {
      ...boundAnswer(survey, toMerged(stored, given, data), { ...given, data }),
      updatedAt: now,
    };
    await updateResponse(trx, response);
    const wasFinished = stored.finished;
    const event = { kind: 'updated', response, wasFinished, survey, now } as const;
    return { listed: await requireListed(trx, response.id), sideEffects: await recordResponse(trx, event) };
  });
  runSideEffects(context, present.environmentId, sideEffects);
  return listed;
}

/** Deletes a response with its display, its files and its deliveries. */
export async function removeResponse(context: ServerContext, response: ResponseRecord): Promise<void> {
  await context.database.write((trx) => eraseResponses(trx, [response]));
  await removeFiles(context);
}

type Change = ReturnType<typeof checkBody<typeof managedResponseChangeSchema>>;

/** Merges as for a client's change, except that `finished` may become false, which removes the total time. */
function toMerged(stored: ResponseRecord, given: Change, data: Answers): ResponseRecord {
  const finished = given.finished ?? stored.finished;
  return mergeResponse({ ...stored, finished }, { ...given, data, language: toLanguage(given.language) });
}

async function checkDisplay(
  trx: Kysely<Schema>,
  { displayId, environmentId, surveyId, contactId }: ResponseRecord,
): Promise<void> {
  if (displayId === null) return;
  const display = /^[0-9a-z]+$/.test(displayId) ? await findDisplay(trx, displayId) : undefined;
  if (display?.environmentId !== environmentId) {
    throw badRequest(`Display ${displayId} not found`, { displayId });
  }
  if (display.surveyId !== surveyId) {
    throw badRequest(`Display ${displayId} belongs to another survey`, { displayId });
  }
  if (display.contactId !== null && display.contactId !== contactId) {
    throw badRequest(`Display ${displayId} belongs to another contact`, { displayId });
  }
  if (await findResponseOfDisplay(trx, displayId)) throw alreadyLinked(displayId);
}

async function requireListed(trx: Kysely<Schema>, id: string): Promise<ListedResponse> {
  const listed = await findListedResponse(trx, id);
  if (!listed) throw new Error('a response that was just stored is gone');
  return listed;
}
