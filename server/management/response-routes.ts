import type { ServerContext } from '../client/context.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import type { Permission } from '../repo/api-keys.ts';
import { deleteDisplay } from '../repo/displays.ts';
import { deleteResponse, findListedResponse, type ListedResponse, listResponses } from '../repo/responses.ts';
import { findSurvey } from '../repo/surveys.ts';
import { authenticate, type Caller, requireOwn } from './auth.ts';
import { readId, readPage } from './page.ts';

const PATH = '/api/v1/management/responses';
const TAG = 'Management: responses';
const replies = () => import('../../src/wire/management-reply-schema.ts');
/** How many a list of one survey has unless told (management-api.md 10.2). */
const DEFAULT_LIMIT = 25;

/** Responses, to read and to delete (management-api.md 10). */
export function responseRoutes(context: ServerContext): readonly Route[] {
  const db = context.database.read;

  async function findOwn(caller: Caller, text: string, permission: Permission): Promise<ListedResponse> {
    const id = readId(text);
    return requireOwn(caller, await findListedResponse(db, id), { type: 'Response', id, permission });
  }

  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Lists responses, newest first',
      tag: TAG,
      auth: 'read',
      query: async () => (await import('../../src/wire/query-schema.ts')).responseQuerySchema,
      reply: async () => (await replies()).storedResponseListSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const environmentIds = [...caller.permissions.keys()];
        const { limit, offset } = readPage(c);
        const surveyId = c.req.query('surveyId');
        if (surveyId === undefined) {
          // Without a survey, a limit of 0 means none.
          const found = await listResponses(db, { environmentIds, limit: limit || undefined, offset });
          return ok(c, found.map(toWireResponse));
        }
        const id = readId(surveyId);
        requireOwn(caller, await findSurvey(db, id), { type: 'Survey', id, permission: 'read' });
        const page = { limit: limit ?? DEFAULT_LIMIT, offset };
        const found = await listResponses(db, { environmentIds, surveyId: id, ...page });
        return ok(c, found.map(toWireResponse));
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      summary: 'Reads one response',
      tag: TAG,
      auth: 'read',
      params: { id: 'response' },
      reply: async () => (await replies()).storedResponseSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, toWireResponse(await findOwn(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      summary: 'Deletes a response and its display',
      tag: TAG,
      auth: 'manage',
      params: { id: 'response' },
      reply: async () => (await replies()).storedResponseSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const response = await findOwn(caller, pathParam(c, 'id'), 'manage');
        await context.database.write(async (trx) => {
          await deleteResponse(trx, response.id);
          if (response.displayId !== null) await deleteDisplay(trx, response.displayId);
        });
        return ok(c, toWireResponse(response));
      },
    },
  ];
}

/** A response as the management API shows it (management-api.md 10.1). */
export function toWireResponse(response: ListedResponse): unknown {
  const { id, surveyId, displayId, contactId, userId, contactAttributes, finished, endingId } = response;
  const { data, variables, ttc, meta, singleUseId, language } = response;
  return {
    id,
    createdAt: new Date(response.createdAt).toISOString(),
    updatedAt: new Date(response.updatedAt).toISOString(),
    surveyId,
    displayId,
    contact: contactId === null ? null : { id: contactId, ...(userId === null ? {} : { userId }) },
    contactAttributes,
    finished,
    endingId,
    data,
    variables,
    ttc,
    tags: [],
    meta,
    singleUseId,
    language,
  };
}
