import type { Context } from 'hono';
import { responseUpdateSchema, responseV1Schema, responseV2Schema } from '../../src/wire/response-schema.ts';
import { badRequest } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { findLive } from '../context/live-survey.ts';
import { changeResponse, type ResponseRequest, storeResponse } from '../domain/submit-response.ts';
import { MALFORMED, readJson, readObject } from '../http/body.ts';
import { readRequestFacts } from '../http/request-facts.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';

/** Message for an update whose body is not JSON. */
export const MALFORMED_UPDATE = 'Malformed JSON in request body';

/**
 * Handler of `POST …/responses` (client-api.md 3.4).
 *
 * With a client-made `id` a post may be repeated any number of times in any order (architecture.md 5.3): an unknown id is
 * inserted, with its display when that is unknown too; for a known one a higher `seq` is merged and any other ignored.
 */
export function responseRoute(context: ServerContext, version: 'v1' | 'v2'): Route['handle'] {
  const environmentOf = (c: Context) => findLive(context, pathParam(c, 'environmentId'));
  return async (c: Context) => {
    // v1 reads the body before it looks up the environment, v2 after it: the order decides which error is answered.
    const early = version === 'v1' ? await readObject(c, MALFORMED) : undefined;
    const live = await environmentOf(c);
    const body = version === 'v1' ? early : await readObject(c, 'Invalid JSON in request body');
    const request: ResponseRequest = checkBody(version === 'v1' ? responseV1Schema : responseV2Schema, body);
    const facts = readRequestFacts(c, context);
    return ok(c, await storeResponse(context, { live, request, facts, limitsOther: version === 'v2' }));
  };
}

/** Handler of `PUT …/responses/{responseId}` (client-api.md 3.5). */
export function responseUpdateRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const change = checkBody(responseUpdateSchema, await readJson(c, MALFORMED_UPDATE));
    const responseId = pathParam(c, 'responseId');
    if (!/^[0-9a-z]+$/.test(responseId)) throw badRequest('Validation failed: Invalid cuid2');
    return ok(c, await changeResponse(context, { live, responseId, change }));
  };
}
