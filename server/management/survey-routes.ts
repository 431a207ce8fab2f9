import type { WireManagedSurvey } from '../../src/wire/management-reply.ts';
import { authenticate, type Caller, requireOwn, resolveEnvironment } from '../auth/auth.ts';
import { badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { LINK_REFUSAL } from '../domain/link-survey.ts';
import { changeSurvey, createSurvey, removeSurvey } from '../domain/survey-service.ts';
import { readDocument } from '../http/body.ts';
import { readId, readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireSurveys } from '../replies/survey-wire.ts';
import type { Permission } from '../repo/api-keys.ts';
import { findSurvey, listSurveys, type SurveyRecord } from '../repo/surveys.ts';

const PATH = '/api/v1/management/surveys';
const TAG = 'Management: surveys';
const replies = () => import('../../src/wire/management-reply-schema.ts');
const queries = () => import('../../src/wire/query-schema.ts');
const requests = () => import('../../src/wire/survey-schema.ts');

/** Routes of surveys (management-api.md 9). */
export function surveyRoutes(context: ServerContext): readonly Route[] {
  const db = context.database.read;

  async function findOwn(caller: Caller, text: string, permission: Permission): Promise<SurveyRecord> {
    const id = readId(text);
    return requireOwn(caller, await findSurvey(db, id), { type: 'Survey', id, permission });
  }

  async function toWire(survey: SurveyRecord): Promise<WireManagedSurvey | undefined> {
    return (await toWireSurveys(db, [survey]))[0];
  }

  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Lists the surveys of all environments of the key',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await replies()).managedSurveyListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        const surveys = await listSurveys(db, [...permissions.keys()], readPage(c));
        return ok(c, await toWireSurveys(db, surveys));
      },
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Makes a survey',
      tag: TAG,
      auth: 'write',
      body: async () => (await requests()).surveyRequestSchema,
      reply: async () => (await replies()).managedSurveySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readDocument(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        return ok(c, await toWire(await createSurvey(context, environmentId, body)));
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      summary: 'Reads one survey',
      tag: TAG,
      auth: 'read',
      params: { id: 'survey' },
      reply: async () => (await replies()).managedSurveySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, await toWire(await findOwn(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'PUT',
      path: `${PATH}/:id`,
      summary: 'Changes a survey; what is absent stays',
      tag: TAG,
      auth: 'write',
      params: { id: 'survey' },
      body: async () => (await requests()).surveyUpdateSchema,
      reply: async () => (await replies()).managedSurveySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'write');
        return ok(c, await toWire(await changeSurvey(context, present, await readDocument(c))));
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      summary: 'Deletes a survey with its answers and displays',
      tag: TAG,
      auth: 'manage',
      params: { id: 'survey' },
      reply: async () => (await replies()).managedSurveySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'manage');
        const wire = await toWire(present);
        await removeSurvey(context, present);
        return ok(c, wire);
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id/singleUseIds`,
      summary: 'Refused: link surveys have no page here',
      tag: TAG,
      auth: 'write',
      params: { id: 'survey' },
      reply: async () => (await replies()).singleUseListSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const { type } = await findOwn(caller, pathParam(c, 'id'), 'write');
        throw badRequest(
          type === 'link' ? LINK_REFUSAL : 'Single use links are only available for link surveys',
        );
      },
    },
  ];
}
