import type { Context } from 'hono';
import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import type { WireIdentitySecret, WireSettings } from '../../src/wire/management-reply.ts';
import { environmentChangeSchema, secretChangeSchema } from '../../src/wire/settings-schema.ts';
import { authenticate, resolveEnvironment } from '../auth/auth.ts';
import { badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { changeSettings, type SecretChange, takeIdentitySecret } from '../domain/environment-service.ts';
import { readJson } from '../http/body.ts';
import { ok, type Route } from '../http/routes.ts';
import { toWireIdentitySecret, toWireMe, toWireSettings } from '../replies/settings-wire.ts';
import { type Environment, findEnvironment } from '../repo/environments.ts';
import { listLanguages } from '../repo/languages.ts';

const PATH = '/api/v1/management/environment';
const SECRET_PATH = `${PATH}/identity-secret`;
const TAG = 'Management: environment';
const replies = () => import('../../src/wire/management-reply-schema.ts');

/** Routes of the key's environment (management-api.md 3) and, as an addition of Inkling, of its settings (differences.md 1.15). */
export function environmentRoutes(context: ServerContext): readonly Route[] {
  async function findOne(id: string): Promise<Environment> {
    const found = await findEnvironment(context.database.read, id);
    if (!found) throw notFound('Workspace', id);
    return found;
  }

  async function toWire(environment: Environment): Promise<WireSettings> {
    return toWireSettings(environment, await listLanguages(context.database.read, [environment.id]));
  }

  async function takeSecret(id: string, change: SecretChange): Promise<WireIdentitySecret> {
    const secrets = await takeIdentitySecret(context.database, id, { change, now: context.now() });
    context.cache.forget(id);
    return toWireIdentitySecret(secrets);
  }

  return [
    {
      method: 'GET',
      path: '/api/v1/management/me',
      summary: 'Reads the environment of the key',
      tag: TAG,
      auth: 'read',
      reply: async () => (await replies()).meReplySchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        const [only, ...more] = permissions.keys();
        if (only === undefined || more.length > 0) {
          throw badRequest('This endpoint only supports API keys that are scoped to a single workspace.');
        }
        return c.json(toWireMe(await findOne(only)));
      },
    },
    {
      method: 'GET',
      path: PATH,
      summary: 'Reads the settings of an environment',
      tag: TAG,
      auth: 'read',
      query: () => environmentRefSchema,
      reply: async () => (await replies()).settingsReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const id = await resolveEnvironment(context, caller, { body: queryOf(c), permission: 'read' });
        return ok(c, await toWire(await findOne(id)));
      },
    },
    {
      method: 'PUT',
      path: PATH,
      summary: 'Changes settings of an environment; what is absent stays',
      tag: TAG,
      auth: 'write',
      body: () => environmentChangeSchema.extend(environmentRefSchema.shape),
      reply: async () => (await replies()).settingsReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const id = await resolveEnvironment(context, caller, { body, permission: 'write' });
        return ok(c, await toWire(await changeSettings(context, id, body)));
      },
    },
    {
      method: 'GET',
      path: SECRET_PATH,
      summary: 'Reads the secret that proves user ids; makes it at first',
      tag: TAG,
      auth: 'manage',
      query: () => environmentRefSchema,
      reply: async () => (await replies()).identitySecretSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const id = await resolveEnvironment(context, caller, { body: queryOf(c), permission: 'manage' });
        return ok(c, await takeSecret(id, 'keep'));
      },
    },
    {
      method: 'POST',
      path: SECRET_PATH,
      summary: 'Replaces the secret that proves user ids',
      tag: TAG,
      auth: 'manage',
      body: () => secretChangeSchema.extend(environmentRefSchema.shape),
      reply: async () => (await replies()).identitySecretSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const id = await resolveEnvironment(context, caller, { body, permission: 'manage' });
        const { endsNow } = checkBody(secretChangeSchema, body);
        return ok(c, await takeSecret(id, endsNow ? 'replace-now' : 'replace'));
      },
    },
  ];
}

function queryOf(c: Context): unknown {
  return { workspaceId: c.req.query('workspaceId'), environmentId: c.req.query('environmentId') };
}
