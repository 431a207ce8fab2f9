import type { Context } from 'hono';
import { badRequest, notFound } from '../base/api-error.ts';
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
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireRemarks, toWireUser } from '../replies/person-wire.ts';
import { ensureContact } from '../repo/contacts.ts';
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
        data: toWireUser(live, identified.person, readMoment(context, c)),
        expiresAt: new Date(context.now() + context.lifetimes.userMs).toISOString(),
      },
      ...toWireRemarks(identified),
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
