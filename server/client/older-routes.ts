import type { Context } from 'hono';
import { keySchema } from '../../src/wire/base-schema.ts';
import { badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { findLive } from '../context/live-survey.ts';
import { checkUser } from '../domain/check-user.ts';
import { findOwner } from '../domain/find-owner.ts';
import { type Identified, identifyUser, requireClaim } from '../domain/identify-person.ts';
import { alreadyLinked, storeDisplay } from '../domain/store-display.ts';
import { changeResponse, storeResponse } from '../domain/submit-response.ts';
import { readJson, readOptionalJson } from '../http/body.ts';
import { readAddressKey, readMoment, readRequestFacts, readUserHash } from '../http/request-facts.ts';
import { type LazySchema, ok, pathParam, type Route } from '../http/routes.ts';
import { toWireRemarks, toWireUser } from '../replies/person-wire.ts';
import { findContactByUserId } from '../repo/contacts.ts';
import { claimDisplay, findDisplay, findResponseOfDisplay, lockDisplay } from '../repo/displays.ts';
import { findResponse, linkDisplay, lockResponse } from '../repo/responses.ts';
import { findSurvey } from '../repo/surveys.ts';
import { environmentRoute } from './environment-routes.ts';
import { MALFORMED_UPDATE } from './response-routes.ts';

const schemas = () => import('../../src/wire/older-schema.ts');
const replies = () => import('../../src/wire/client-reply-schema.ts');

interface OlderPath {
  readonly summary: string;
  readonly method: Route['method'];
  /** Below `/api/{version}/client/:environmentId`; one path per generation of clients. */
  readonly paths: readonly string[];
  readonly handle: Handler;
  readonly body?: LazySchema;
  readonly reply: LazySchema;
  readonly errors?: readonly number[];
}

type Handler = (context: ServerContext, c: Context) => Promise<Response>;

/**
 * API paths of older clients (client-api.md 3.8), each with its handler and schemas. To remove them, delete this file and
 * its line in app.ts.
 */
const TABLE: readonly OlderPath[] = [
  {
    summary: 'Identifies a person and returns their state without a lifetime',
    method: 'GET',
    paths: ['/identify/contacts/:userId', '/identify/people/:userId', '/app/people/:userId'],
    handle: identify,
    reply: async () => (await schemas()).personReplySchema,
    errors: [403],
  },
  {
    summary: 'Stores attributes of a person who is known',
    method: 'PUT',
    paths: ['/contacts/:userId/attributes', '/people/:userId/attributes'],
    handle: updateAttributes,
    body: async () => (await schemas()).attributesUpdateSchema,
    reply: async () => (await schemas()).attributesReplySchema,
    errors: [403],
  },
  {
    summary: 'Identifies a person with attributes and a language',
    method: 'POST',
    paths: ['/update/contacts/:userId'],
    handle: updateContact,
    body: async () => (await schemas()).contactUpdateSchema,
    reply: async () => (await schemas()).contactReplySchema,
    errors: [403],
  },
  {
    summary: 'Makes a person',
    method: 'POST',
    paths: ['/people'],
    handle: makePerson,
    body: async () => (await schemas()).personSchema,
    reply: async () => (await schemas()).userIdReplySchema,
    errors: [403],
  },
  {
    summary: 'Makes a person and stores attributes',
    method: 'POST',
    paths: ['/people/:userId'],
    handle: updatePerson,
    body: async () => (await schemas()).personUpdateSchema,
    reply: async () => (await schemas()).attributesReplySchema,
    errors: [403],
  },
  {
    summary: 'Accepts an action and ignores it: today clients decide by themselves',
    method: 'POST',
    paths: ['/actions'],
    handle: acceptAction,
    body: async () => (await schemas()).actionSchema,
    reply: async () => (await schemas()).emptyReplySchema,
  },
  {
    summary: 'Links a display to its contact and its response',
    method: 'PUT',
    paths: ['/displays/:displayId'],
    handle: updateDisplay,
    body: async () => (await schemas()).displayUpdateSchema,
    reply: async () => (await schemas()).emptyReplySchema,
  },
];

/** Lists every older path as a route. */
export function olderPaths(context: ServerContext): readonly Route[] {
  const environment = environmentRoute(context);
  const environments = ['/app/environment', '/website/environment'].map(
    (path): OlderPath => ({
      summary: 'Reads the environment',
      method: 'GET',
      paths: [path],
      handle: async (_context, c) => environment(c),
      reply: async () => (await replies()).environmentReplySchema,
      errors: [304],
    }),
  );
  const versions = ['v1', 'v2'] as const;
  const below = [...environments, ...TABLE].flatMap(({ paths, ...entry }) =>
    versions.flatMap((version) =>
      paths.map((path) => toRoute(context, `/api/${version}/client/:environmentId${path}`, entry)),
    ),
  );
  const first = FIRST_PATHS.flatMap(({ paths, ...entry }) =>
    paths.map((path) => toRoute(context, `/api/v1/client${path}`, entry)),
  );
  return [...below, ...first];
}

function toRoute(context: ServerContext, path: string, { handle, ...rest }: Omit<OlderPath, 'paths'>): Route {
  const names = [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name as keyof typeof KINDS);
  return {
    ...rest,
    path,
    handle: (c) => handle(context, c),
    tag: 'Older paths',
    auth: 'none',
    ...(names.length > 0 ? { params: Object.fromEntries(names.map((name) => [name, KINDS[name]])) } : {}),
  };
}

const KINDS = {
  environmentId: 'environment',
  userId: 'user',
  displayId: 'display',
  responseId: 'response',
} as const;

async function identify(context: ServerContext, c: Context): Promise<Response> {
  const live = await liveOf(context, c);
  const user = checkUser({ userId: userIdOf(c), userHash: readUserHash(c) });
  const { person } = await identifyUser(context, live, { user, address: readAddressKey(c, context) });
  return ok(c, toWireUser(live, person, readMoment(c, context)));
}

async function updateAttributes(context: ServerContext, c: Context): Promise<Response> {
  const live = await liveOf(context, c);
  const userId = userIdOf(c);
  const { attributes, userHash } = checkBody((await schemas()).attributesUpdateSchema, await readJson(c));
  const user = checkUser({ userId, userHash, attributes });
  // First, or a 404 would say who is unknown.
  requireClaim(context, live, user);
  const ref = { environmentId: live.environment.id, userId };
  if (!(await findContactByUserId(context.database.read, ref))) throw notFound('contact', userId);

  return ok(
    c,
    toChange(await identifyUser(context, live, { user: user, address: readAddressKey(c, context) })),
  );
}

function toChange(identified: Identified): object {
  const changed = identified.isChanged;
  const message = changed ? 'The attributes were updated' : 'Everything was up to date already';
  return { changed, message, ...toWireRemarks(identified) };
}

async function updateContact(context: ServerContext, c: Context): Promise<Response> {
  const live = await liveOf(context, c);
  const { attributes, language, userHash } = checkBody(
    (await schemas()).contactUpdateSchema,
    await readOptionalJson(c),
  );
  const given = { ...attributes, ...(language === undefined ? {} : { language }) };
  const user = checkUser({ userId: userIdOf(c), userHash, attributes: given });
  const identified = await identifyUser(context, live, { user, address: readAddressKey(c, context) });
  const remarks = toWireRemarks(identified);
  const details = Object.keys(remarks).length > 0 ? { details: remarks } : {};
  const state = toWireUser(live, identified.person, readMoment(c, context));
  return ok(c, { state, ...details });
}

async function makePerson(context: ServerContext, c: Context): Promise<Response> {
  const live = await liveOf(context, c);
  const { userId, userHash } = checkBody((await schemas()).personSchema, await readJson(c));
  const user = checkUser({ userId, userHash });
  await identifyUser(context, live, { user, address: readAddressKey(c, context) });
  return ok(c, { userId });
}

async function updatePerson(context: ServerContext, c: Context): Promise<Response> {
  const live = await liveOf(context, c);
  const { attributes, userHash } = checkBody((await schemas()).personUpdateSchema, await readJson(c));
  const user = checkUser({ userId: userIdOf(c), userHash, attributes });
  return ok(c, toChange(await identifyUser(context, live, { user, address: readAddressKey(c, context) })));
}

async function acceptAction(context: ServerContext, c: Context): Promise<Response> {
  await liveOf(context, c);
  checkBody((await schemas()).actionSchema, await readJson(c));
  return ok(c, {});
}

async function updateDisplay(context: ServerContext, c: Context): Promise<Response> {
  const live = await liveOf(context, c);
  const { environment } = live;
  const displayId = pathParam(c, 'displayId');
  const change = checkBody((await schemas()).displayUpdateSchema, await readJson(c));
  const { database, now } = context;

  await database.write(async (trx) => {
    const display = await lockDisplay(trx, displayId);
    if (display?.environmentId !== environment.id) throw notFound('Display', displayId);
    const { responseId } = change;
    if (responseId) {
      const response = await lockResponse(trx, responseId);
      if (response?.environmentId !== environment.id) throw notFound('Response', responseId);
      const linked = await findResponseOfDisplay(trx, displayId);
      const isTaken =
        (linked ?? responseId) !== responseId || (response.displayId ?? displayId) !== displayId;
      if (isTaken || response.surveyId !== display.surveyId) throw alreadyLinked(displayId);
      await linkDisplay(trx, responseId, displayId);
    }
    const { contactId } = await findOwner(trx, live, { person: change, makes: true, now: now() });
    if (contactId === null) return;
    if (display.contactId !== null && display.contactId !== contactId) {
      throw badRequest(`Display ${displayId} belongs to another contact`, { displayId });
    }
    await claimDisplay(trx, displayId, contactId);
  });
  return ok(c, {});
}

/** Paths of the first clients, without an environment: it is that of the survey, the display or the response. */
const FIRST_PATHS: readonly OlderPath[] = [
  {
    summary: 'Stores a display, in the environment of the survey',
    method: 'POST',
    paths: ['/displays'],
    handle: noteFirstDisplay,
    body: async () => (await schemas()).firstDisplaySchema,
    reply: async () => (await replies()).displayReplySchema,
    errors: [403],
  },
  {
    summary: 'Confirms that a display was answered; today the response itself does',
    method: 'POST',
    paths: ['/displays/:displayId/responded'],
    handle: confirmResponded,
    body: async () => (await schemas()).noBodySchema,
    reply: async () => (await replies()).displayReplySchema,
  },
  {
    summary: 'Stores answers, in the environment of the survey',
    method: 'POST',
    paths: ['/responses'],
    handle: storeFirstResponse,
    body: async () => (await schemas()).firstResponseSchema,
    reply: async () => (await replies()).responseReplySchema,
    errors: [403],
  },
  {
    summary: 'Merges more answers into a response, in the environment of the response',
    method: 'PUT',
    paths: ['/responses/:responseId'],
    handle: changeFirstResponse,
    body: async () => (await import('../../src/wire/response-schema.ts')).responseUpdateSchema,
    reply: async () => (await replies()).responseReplySchema,
    errors: [403],
  },
];

async function noteFirstDisplay(context: ServerContext, c: Context): Promise<Response> {
  const { surveyId, personId, userHash } = checkBody((await schemas()).firstDisplaySchema, await readJson(c));
  const live = await liveOfSurvey(context, surveyId);
  return ok(c, await storeDisplay(context, live, { surveyId, contactId: personId ?? undefined, userHash }));
}

async function confirmResponded({ database }: ServerContext, c: Context): Promise<Response> {
  const displayId = pathParam(c, 'displayId');
  const display = await findDisplay(database.read, displayId);
  if (!display) throw notFound('Display', displayId);
  const { id, contactId, surveyId } = display;
  return ok(c, { id, contactId, surveyId });
}

async function storeFirstResponse(context: ServerContext, c: Context): Promise<Response> {
  const { personId, ...answer } = checkBody((await schemas()).firstResponseSchema, await readJson(c));
  const live = await liveOfSurvey(context, answer.surveyId);
  const request = { ...answer, contactId: personId };
  const facts = readRequestFacts(c, context);
  return ok(c, await storeResponse(context, { live, request, facts, limitsOther: false }));
}

async function changeFirstResponse(context: ServerContext, c: Context): Promise<Response> {
  const { responseUpdateSchema } = await import('../../src/wire/response-schema.ts');
  const change = checkBody(responseUpdateSchema, await readJson(c, MALFORMED_UPDATE));
  const responseId = pathParam(c, 'responseId');
  const response = await findResponse(context.database.read, responseId);
  if (!response) throw notFound('Response', responseId);
  const live = await findLive(context, response.environmentId);
  return ok(c, await changeResponse(context, { live, responseId, change }));
}

async function liveOfSurvey(context: ServerContext, surveyId: string): Promise<LiveEnvironment> {
  const survey = await findSurvey(context.database.read, surveyId);
  if (!survey) throw notFound('Survey', surveyId);
  return findLive(context, survey.environmentId);
}

function liveOf(context: ServerContext, c: Context): Promise<LiveEnvironment> {
  return findLive(context, pathParam(c, 'environmentId'));
}

/** Returns the user id in the path; throws 400 above 255 characters, unlike for one in a body. */
function userIdOf(c: Context): string {
  const checked = keySchema.safeParse(pathParam(c, 'userId'));
  if (checked.success) return checked.data;
  throw badRequest(`Validation failed: userId: ${checked.error.issues[0]?.message}`);
}
