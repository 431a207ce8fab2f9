import type { Kysely } from 'kysely';
import type { WireDisplayRequest } from '../../src/wire/response.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { findOpenSurvey, isOpen } from '../context/live-survey.ts';
import { type DisplayRecord, findDisplay, insertDisplay } from '../repo/displays.ts';
import { newId } from '../repo/new-id.ts';
import type { Schema } from '../repo/schema.ts';
import { findOwner } from './find-owner.ts';

/** Stores a display of an open survey; throws 404 for an unknown survey and 403 for a closed one. */
export async function storeDisplay(
  { database, now }: ServerContext,
  live: LiveEnvironment,
  request: WireDisplayRequest,
): Promise<Pick<DisplayRecord, 'id' | 'contactId' | 'surveyId'>> {
  const environmentId = live.environment.id;
  const { userId, surveyId } = request;
  const ownerOf = (trx: Kysely<Schema>, at: number) =>
    findOwner(trx, live, { person: request, makes: true, now: at });
  if (userId && !isOpen(live, surveyId)) {
    // The original makes the contact before it looks for the survey; a later identification relies on nothing here.
    await database.write((trx) => ownerOf(trx, now()));
  }
  findOpenSurvey(live, surveyId);

  const { id, contactId } = await database.write(async (trx) => {
    const createdAt = now();
    const { contactId } = await ownerOf(trx, createdAt);
    return insertOrFindDisplay(trx, { id: request.id, environmentId, surveyId, contactId, createdAt });
  });
  return { id, contactId, surveyId };
}

/**
 * Inserts a display or finds it by its client-made id. The same id for another survey is 409; an id that exists in
 * another environment counts as not sent, so that nothing is learnt about other tenants.
 */
export async function insertOrFindDisplay(
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

/** Makes the 400 for a display that has a response already, or would get one of another survey. */
export function alreadyLinked(displayId: string): ApiError {
  return badRequest(`Display ${displayId} is already linked to a response`, { displayId });
}
