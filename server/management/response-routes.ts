import type { Context } from 'hono';
import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import type { WireResponse } from '../../src/wire/management-reply.ts';
import { authenticate, type Caller, requireOwn, resolveEnvironment } from '../auth/auth.ts';
import { badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { readJson } from '../http/body.ts';
import { type Page, readId, readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireResponse } from '../replies/response-wire.ts';
import { withAbsoluteUrls } from '../replies/wire.ts';
import type { Permission } from '../repo/api-keys.ts';
import {
  findListedResponse,
  type ListedResponse,
  listResponses,
  type ResponseFilter,
} from '../repo/responses.ts';
import { findSurvey, listSurveys } from '../repo/surveys.ts';

const PATH = '/api/v1/management/responses';
const TAG = 'Management: responses';
const replies = () => import('../../src/wire/management-reply-schema.ts');
const requests = () => import('../../src/wire/managed-response-schema.ts');
// The largest module of the management API, loaded with the first call that needs it.
const services = () => import('../domain/response-service.ts');
/** Default length of the list of one survey's responses (management-api.md 10.2). */
const DEFAULT_LIMIT = 25;

/** Routes of responses (management-api.md 10). */
export function responseRoutes(context: ServerContext): readonly Route[] {
  const db = context.database.read;

  async function findOwn(caller: Caller, text: string, permission: Permission): Promise<ListedResponse> {
    const id = readId(text);
    return requireOwn(caller, await findListedResponse(db, id), { type: 'Response', id, permission });
  }

  function toWire(response: ListedResponse): WireResponse {
    return withAbsoluteUrls(toWireResponse(response), context.addresses.base);
  }

  async function stream(
    c: Context,
    { filter, page }: { readonly filter: ResponseFilter; readonly page: Page },
  ): Promise<Response | undefined> {
    const { EXPORT_TYPES, readExportFormat, streamResponses } = await import('../domain/response-export.ts');
    const format = readExportFormat(c.req.header('accept'));
    if (format === undefined) return undefined;
    const { surveyId, environmentIds } = filter;
    const survey = surveyId === undefined ? undefined : await findSurvey(db, surveyId);
    const surveys = surveyId === undefined ? await listSurveys(db, environmentIds) : survey ? [survey] : [];
    const { limit, offset } = page;
    const body = streamResponses(context, { format, filter, limit, offset, surveys });
    return c.body(body, 200, {
      'Content-Type': EXPORT_TYPES[format],
      'Content-Disposition': `attachment; filename="responses.${format}"`,
      'X-Content-Type-Options': 'nosniff',
    });
  }

  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Lists responses, newest first; as CSV or NDJSON when `Accept` asks for it',
      tag: TAG,
      auth: 'read',
      query: async () => (await import('../../src/wire/query-schema.ts')).responseQuerySchema,
      reply: async () => (await replies()).storedResponseListSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const filter = { environmentIds: [...caller.permissions.keys()], ...readFilter(c) };
        const { surveyId } = filter;
        if (surveyId !== undefined) {
          const found = await findSurvey(db, surveyId);
          requireOwn(caller, found, { type: 'Survey', id: surveyId, permission: 'read' });
        }
        const { limit, offset } = readPage(c);
        const asStream = await stream(c, { filter, page: { limit, offset } });
        if (asStream) return asStream;
        // Without a survey, a limit of 0 means no limit.
        const bound = surveyId === undefined ? limit || undefined : (limit ?? DEFAULT_LIMIT);
        const found = await listResponses(db, filter, { limit: bound, offset });
        return ok(c, found.map(toWire));
      },
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Stores a response, with its original time if given',
      tag: TAG,
      auth: 'write',
      body: async () => (await requests()).managedResponseSchema.extend(environmentRefSchema.shape),
      reply: async () => (await replies()).storedResponseSchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        const { createResponse } = await services();
        return ok(c, toWireResponse(await createResponse(context, { environmentId, body })));
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
        return ok(c, toWire(await findOwn(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'PUT',
      path: `${PATH}/:id`,
      summary: 'Merges answers into a response; what is absent stays',
      tag: TAG,
      auth: 'write',
      params: { id: 'response' },
      body: async () => (await requests()).managedResponseChangeSchema,
      reply: async () => (await replies()).storedResponseSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'write');
        const { updateOwnResponse } = await services();
        const body = await readJson(c);
        return ok(c, toWire(await updateOwnResponse(context, { present, body })));
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      summary: 'Deletes a response with its display and its files',
      tag: TAG,
      auth: 'manage',
      params: { id: 'response' },
      reply: async () => (await replies()).storedResponseSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const response = await findOwn(caller, pathParam(c, 'id'), 'manage');
        const { removeResponse } = await services();
        await removeResponse(context, response);
        return ok(c, toWireResponse(response));
      },
    },
  ];
}

/** Reads the filter from the query; throws 400 naming the wrong parameter. */
function readFilter(c: Context): Omit<ResponseFilter, 'environmentIds'> {
  const surveyId = c.req.query('surveyId');
  const contactId = c.req.query('contactId');
  return {
    surveyId: surveyId === undefined ? undefined : readId(surveyId),
    contactId: contactId === undefined ? undefined : readId(contactId),
    finished: readFlag(c, 'finished'),
    createdAfter: readInstant(c, 'createdAfter'),
    createdBefore: readInstant(c, 'createdBefore'),
  };
}

function readFlag(c: Context, name: string): boolean | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw badRequest('Fields are missing or incorrectly formatted', { [name]: 'Must be true or false' });
}

/** Reads an instant in ISO 8601 as epoch ms; a date alone is its midnight in UTC. */
function readInstant(c: Context, name: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  // An unencoded plus sign arrives as a space.
  const given = text.replace(/ (\d\d:\d\d)$/, '+$1');
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(given);
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(given.slice(10));
  const ms = isDate ? Date.parse(given.includes('T') && !hasZone ? `${given}Z` : given) : Number.NaN;
  if (Number.isNaN(ms)) {
    const details = { [name]: 'Must be a date, YYYY-MM-DD or with a time in ISO 8601' };
    throw badRequest('Fields are missing or incorrectly formatted', details);
  }
  return ms;
}
