import type { Context } from 'hono';
import { toLegacyCode } from '../base/language-codes.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import {
  checkAttributes,
  checkUserId,
  type GivenAttributes,
  readAttributes,
} from '../domain/check-attributes.ts';
import { type Identified, identifyPerson } from '../domain/identify-person.ts';
import { readUserAgent, toDevice } from '../domain/user-agent.ts';
import { readJson } from '../http/body.ts';
import { badRequest, notFound } from '../http/errors.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { ensureContact, type Person } from '../repo/contacts.ts';
import type { SegmentMoment } from '../segments/compile-filter.ts';

/**
 * `POST …/user` (client-api.md 3.7): makes or finds the contact, stores attributes that differ, and tells which
 * segments the person is in now.
 */
export function userRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const id = pathParam(c, 'environmentId').trim();
    if (!/^[0-9a-z]+$/.test(id)) throw badRequest('Invalid workspace ID format');
    const live = await context.cache.find(id);
    if (!live) throw notFound('Workspace', id);

    const body = await readJson(c);
    const { userId, attributes } = (typeof body === 'object' && body !== null ? body : {}) as Record<
      string,
      unknown
    >;
    if (typeof userId !== 'string' || userId === '')
      throw badRequest('userId is required and must be a string');
    const given = { userId: checkUserId(userId), attributes: readAttributes(attributes) };
    const identified = await checkAndIdentify(context, live, given);
    return ok(c, {
      state: {
        data: toPersonState(live, identified.person, readMoment(context, c)),
        expiresAt: new Date(context.now() + context.lifetimes.userMs).toISOString(),
      },
      ...toRemarks(identified),
    });
  };
}

/** Identifies once the values are in order; throws 400 where they are not, and the contact is made all the same. */
export async function checkAndIdentify(
  context: ServerContext,
  live: LiveEnvironment,
  { userId, attributes }: { readonly userId: string; readonly attributes: GivenAttributes },
): Promise<Identified> {
  const checked = checkAttributes(attributes);
  if ('attributes' in checked) {
    return identifyPerson(context, live, { userId, attributes: checked.attributes });
  }
  const ref = { environmentId: live.environment.id, userId };
  await context.database.write((trx) => ensureContact(trx, ref, context.now()));
  throw badRequest(`Validation failed: ${checked.problem}`);
}

/** What segments may ask about the request itself. */
export function readMoment({ now }: ServerContext, c: Context): SegmentMoment {
  return { now: now(), device: toDevice(readUserAgent(c.req.header('user-agent'))) };
}

/** What a client keeps about a person (client-api.md 3.7, `state.data`). */
export function toPersonState(live: LiveEnvironment, person: Person, moment: SegmentMoment): unknown {
  const language = person.attributes.get('language')?.value;
  const displays = person.displays.map(({ surveyId, createdAt }) => ({
    surveyId,
    createdAt: new Date(createdAt).toISOString(),
  }));
  return {
    contactId: person.contactId,
    userId: person.userId,
    segments: live.membershipsOf(person, moment),
    displays,
    responses: person.responses.map(({ surveyId }) => surveyId),
    lastDisplayAt: displays[0]?.createdAt ?? null,
    ...(language ? { language: toLegacyCode(language) } : {}),
  };
}

/** What the site's developer should hear; each list only where it is not empty. */
export function toRemarks({ messages, errors }: Identified): {
  readonly messages?: readonly string[];
  readonly errors?: readonly string[];
} {
  return { ...(messages.length > 0 ? { messages } : {}), ...(errors.length > 0 ? { errors } : {}) };
}
