import type { Context } from 'hono';
import type { WireDisplayRequest } from '../../src/wire/response.ts';
import { displayV1Schema, displayV2Schema } from '../../src/wire/response-schema.ts';
import { badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { findLive } from '../context/live-survey.ts';
import { storeDisplay } from '../domain/store-display.ts';
import { MALFORMED, readObject } from '../http/body.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { findDisplay, findResponseOfDisplay } from '../repo/displays.ts';

/** Handler of `POST …/displays` (client-api.md 3.2). */
export function displayRoute(context: ServerContext, version: 'v1' | 'v2'): Route['handle'] {
  const schema = version === 'v1' ? displayV1Schema : displayV2Schema;
  const malformed = version === 'v1' ? MALFORMED : 'Invalid JSON in request body';
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const request: WireDisplayRequest = checkBody(schema, await readObject(c, malformed));
    return ok(c, await storeDisplay(context, live, request));
  };
}

/** Handler of `GET …/displays/{displayId}/response` (client-api.md 3.3), for a client that lost the reply to its response. */
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
