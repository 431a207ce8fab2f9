import type { Context } from 'hono';
import type { Kysely } from 'kysely';
import { displayV1Schema, displayV2Schema } from '../../src/wire/response-schema.ts';
import { ApiError, badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { findLive, findOpenSurvey, isOpen } from '../context/live-survey.ts';
import { MALFORMED, readObject } from '../http/body.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { ensureContact, hasContact } from '../repo/contacts.ts';
import { type DisplayRecord, findDisplay, findResponseOfDisplay, insertDisplay } from '../repo/displays.ts';
import { newId } from '../repo/new-id.ts';
import type { Schema } from '../repo/schema.ts';

/** A display as a client asks for it: v1 names the person by user id, v2 by contact id. */
export interface DisplayRequest {
  readonly id?: string | undefined;
  readonly surveyId: string;
  readonly userId?: string | undefined;
  readonly contactId?: string | undefined;
}

/** `POST …/displays` (client-api.md 3.2). */
export function displayRoute(context: ServerContext, version: 'v1' | 'v2'): Route['handle'] {
  const schema = version === 'v1' ? displayV1Schema : displayV2Schema;
  const malformed = version === 'v1' ? MALFORMED : 'Invalid JSON in request body';
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const request: DisplayRequest = checkBody(schema, await readObject(c, malformed));
    return ok(c, await noteDisplay(context, live, request));
  };
}

/** Stores a display of an open survey; throws 404 for an unknown survey and 403 for a closed one. */
export async function noteDisplay(
  { database, now }: ServerContext,
  live: LiveEnvironment,
  request: DisplayRequest,
): Promise<Pick<DisplayRecord, 'id' | 'contactId' | 'surveyId'>> {
  const environmentId = live.environment.id;
  const { userId, surveyId } = request;
  if (userId && !isOpen(live, surveyId)) {
    // The original makes the person before it looks for the survey; a later identification relies on nothing here.
    await database.write((trx) => ensureContact(trx, { environmentId, userId }, now()));
  }
  findOpenSurvey(live, surveyId);

  const { id, contactId } = await database.write(async (trx) => {
    const createdAt = now();
    const owner = await findOwner(trx, { environmentId, ...request }, createdAt);
    return storeDisplay(trx, { id: request.id, environmentId, surveyId, contactId: owner, createdAt });
  });
  return { id, contactId, surveyId };
}

/** `GET …/displays/{displayId}/response` (client-api.md 3.3): what became of a display whose reply was lost. */
export function displayResponseRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const { environment } = await findLive(context, pathParam(c, 'environmentId'));
    const displayId = pathParam(c, 'displayId');
    if (!/^[0-9a-z]+$/.test(displayId)) throw badRequest('Validation failed: Invalid cuid2');
    const { read } = context.database;
    const display = await findDisplay(read, displayId);
    if (display?.environmentId !== environment.id) throw notFound('Display', displayId);
    return ok(c, { responseId: (await findResponseOfDisplay(read, displayId)) ?? null });
  };
}

/** The contact a display belongs to: made for an unknown user id, nobody for an unknown contact id. */
export async function findOwner(
  trx: Kysely<Schema>,
  who: {
    readonly environmentId: string;
    readonly userId?: string | null | undefined;
    readonly contactId?: string | null | undefined;
  },
  now: number,
): Promise<string | null> {
  const { environmentId, userId, contactId } = who;
  if (userId) return (await ensureContact(trx, { environmentId, userId }, now)).id;
  if (contactId && (await hasContact(trx, environmentId, contactId))) return contactId;
  return null;
}

/**
 * Stores a display or finds it by its client-made id. The same id for another survey is 409; an id that lives in
 * another environment counts as not sent, so that nothing is learnt about others.
 */
export async function storeDisplay(
  trx: Kysely<Schema>,
  display: Omit<DisplayRecord, 'id'> & { readonly id: string | undefined },
): Promise<DisplayRecord> {
  const wanted = { ...display, id: display.id ?? newId(display.createdAt) };
  if (await insertDisplay(trx, wanted)) return wanted;
  const present = await findDisplay(trx, wanted.id);
  if (present && present.environmentId === display.environmentId) {
    if (present.surveyId === display.surveyId) return present;
    throw new ApiError('conflict', 'This id belongs to a display of another survey');
  }
  const own = { ...display, id: newId(display.createdAt) };
  await insertDisplay(trx, own);
  return own;
}
