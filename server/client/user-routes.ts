import type { Context } from 'hono';
import { badRequest, notFound } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { checkUser } from '../domain/check-user.ts';
import { identifyUser } from '../domain/identify-person.ts';
import { MALFORMED, readObject } from '../http/body.ts';
import { readAddressKey, readMoment } from '../http/request-facts.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireRemarks, toWireUser } from '../replies/person-wire.ts';

/**
 * Handler of `POST …/user` (client-api.md 3.7): finds or makes the contact, stores attributes that differ, and returns the
 * segments the person is in now.
 */
export function userRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const id = pathParam(c, 'environmentId').trim();
    if (!/^[0-9a-z]+$/.test(id)) throw badRequest('Invalid workspace ID format');
    const live = await context.cache.find(id);
    if (!live) throw notFound('Workspace', id);

    const user = checkUser(await readObject(c, MALFORMED));
    const identified = await identifyUser(context, live, { user, address: readAddressKey(c, context) });
    return ok(c, {
      state: {
        data: toWireUser(live, identified.person, readMoment(c, context)),
        expiresAt: new Date(context.now() + context.lifetimes.userMs).toISOString(),
      },
      ...toWireRemarks(identified),
    });
  };
}
