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

/** The message for a body of an update that is not JSON. */
export const MALFORMED_UPDATE = 'Malformed JSON in request body';

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
    const facts = readRequestFacts(c, context);
    return ok(c, await storeResponse(context, { live, request, facts, limitsOther: version === 'v2' }));
  };
}

/** `PUT …/responses/{responseId}` (client-api.md 3.5). */
export function responseUpdateRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const change = checkBody(responseUpdateSchema, await readJson(c, MALFORMED_UPDATE));
    const responseId = pathParam(c, 'responseId');
    if (!/^[0-9a-z]+$/.test(responseId)) throw badRequest('Validation failed: Invalid cuid2');
    const facts = readRequestFacts(c, context);
    return ok(c, await changeResponse(context, { live, responseId, change, facts }));
  };
}
