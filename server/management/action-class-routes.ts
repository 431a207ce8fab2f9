import { actionClassSchema } from '../../src/wire/action-class-schema.ts';
import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import { authenticate, type Caller, requireOwn, resolveEnvironment } from '../auth/auth.ts';
import type { ServerContext } from '../context/context.ts';
import { createActionClass, removeActionClass, replaceActionClass } from '../domain/action-class-service.ts';
import { readJson } from '../http/body.ts';
import { readId, readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireActionClass } from '../replies/action-class-wire.ts';
import {
  type ActionClassRecord,
  findActionClass,
  listActionClasses,
  listTriggeredSurveys,
} from '../repo/action-classes.ts';
import type { Permission } from '../repo/api-keys.ts';

const PATH = '/api/v1/management/action-classes';
const TAG = 'Management: action classes';
const replies = () => import('../../src/wire/management-reply-schema.ts');
const queries = () => import('../../src/wire/query-schema.ts');
const request = () => actionClassSchema.and(environmentRefSchema);

/** Routes of action classes (management-api.md 5). */
export function actionClassRoutes(context: ServerContext): readonly Route[] {
  async function findOwn(caller: Caller, text: string, permission: Permission): Promise<ActionClassRecord> {
    const id = readId(text);
    const found = await findActionClass(context.database.read, id);
    return requireOwn(caller, found, { type: 'Action Class', id, permission });
  }

  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Lists the action classes of all environments of the key',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await replies()).actionClassListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        const found = await listActionClasses(context.database.read, [...permissions.keys()], readPage(c));
        return ok(c, found.map(toWireActionClass));
      },
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Makes an action class',
      tag: TAG,
      auth: 'write',
      body: request,
      reply: async () => (await replies()).actionClassReplySchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        return ok(c, toWireActionClass(await createActionClass(context, environmentId, body)));
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      summary: 'Reads one action class',
      tag: TAG,
      auth: 'read',
      params: { id: 'action-class' },
      reply: async () => (await replies()).actionClassReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, toWireActionClass(await findOwn(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'PUT',
      path: `${PATH}/:id`,
      summary: 'Replaces an action class',
      tag: TAG,
      auth: 'write',
      params: { id: 'action-class' },
      body: request,
      reply: async () => (await replies()).actionClassChangeSchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'write');
        const body = await readJson(c);
        const stored = await replaceActionClass(context, present, body);
        const surveyIds = await listTriggeredSurveys(context.database.read, stored.id);
        const surveyTriggers = surveyIds.map((surveyId) => ({ surveyId }));
        return ok(c, { ...toWireActionClass(stored), surveyTriggers });
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      summary: 'Deletes an action class and the triggers that name it',
      tag: TAG,
      auth: 'manage',
      params: { id: 'action-class' },
      reply: async () => (await replies()).actionClassReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'manage');
        await removeActionClass(context, present);
        return ok(c, toWireActionClass(present));
      },
    },
  ];
}
