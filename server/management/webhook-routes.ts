import type { Context } from 'hono';
import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import {
  authenticate,
  type Caller,
  requireOwn,
  requirePermission,
  resolveEnvironment,
} from '../auth/auth.ts';
import { ApiError, badRequest, notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { readJson } from '../http/body.ts';
import { readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireDelivery, toWireWebhook } from '../replies/webhook-wire.ts';
import type { Permission } from '../repo/api-keys.ts';
import { newId } from '../repo/new-id.ts';
import {
  type DeliveryRecord,
  type DeliveryStatus,
  findDelivery,
  listDeliveries,
  requeueDelivery,
} from '../repo/webhook-deliveries.ts';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  setWebhookDisabled,
  type WebhookRecord,
} from '../repo/webhooks.ts';
import { findTarget, RefusedAddress, resolveBySystem } from '../webhooks/address-guard.ts';
import { newWebhookSecret } from '../webhooks/signature.ts';

const PATH = '/api/v1/webhooks';
const TAG = 'Management: webhooks';
/** Default length of a list of deliveries. */
const DEFAULT_LIMIT = 100;
const schemas = () => import('../../src/wire/webhook-schema.ts');
const queries = () => import('../../src/wire/query-schema.ts');

/** Routes of webhooks (management-api.md 11) and, as an addition of Inkling, of their deliveries. */
export function webhookRoutes(context: ServerContext): readonly Route[] {
  const { database } = context;

  async function findOwn(caller: Caller, id: string, permission: Permission): Promise<WebhookRecord> {
    // A text that is no id is answered as an unknown one (differences.md 1.17).
    const found = /^[0-9a-z]+$/.test(id) ? await findWebhook(database.read, id) : undefined;
    return requireOwn(caller, found, { type: 'Webhook', id, permission });
  }

  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Lists webhooks, without their secrets',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await schemas()).webhookListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        const found = await listWebhooks(database.read, [...permissions.keys()], readPage(c));
        return ok(c, found.map(toWireWebhook));
      },
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Makes a webhook; only this reply has its secret',
      tag: TAG,
      auth: 'write',
      body: async () => (await schemas()).webhookSchema.extend(environmentRefSchema.shape),
      reply: async () => (await schemas()).newWebhookReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        const webhook = await createWebhook(context, environmentId, body);
        return ok(c, { ...toWireWebhook(webhook), secret: webhook.secret });
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      summary: 'Reads one webhook, without its secret',
      tag: TAG,
      auth: 'read',
      params: { id: 'webhook' },
      reply: async () => (await schemas()).webhookReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, toWireWebhook(await findOwn(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      summary: 'Deletes a webhook with its deliveries',
      tag: TAG,
      auth: 'manage',
      params: { id: 'webhook' },
      reply: async () => (await schemas()).webhookReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const webhook = await findOwn(caller, pathParam(c, 'id'), 'manage');
        await database.write((trx) => deleteWebhook(trx, webhook.id));
        return ok(c, toWireWebhook(webhook));
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id/deliveries`,
      summary: 'Lists the deliveries of a webhook, newest first; `dead` ones are not retried any more',
      tag: TAG,
      auth: 'read',
      params: { id: 'webhook' },
      query: async () => (await queries()).deliveryQuerySchema,
      reply: async () => (await schemas()).deliveryListSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const { id } = await findOwn(caller, pathParam(c, 'id'), 'read');
        const { limit = DEFAULT_LIMIT, offset } = readPage(c);
        const page = { limit, offset, status: readStatus(c) };
        return ok(c, (await listDeliveries(database.read, id, page)).map(toWireDelivery));
      },
    },
    {
      method: 'POST',
      path: `${PATH}/:id/deliveries/:deliveryId/replay`,
      summary: 'Queues a delivery again, at once and with all its attempts',
      tag: TAG,
      auth: 'write',
      params: { id: 'webhook', deliveryId: 'delivery' },
      reply: async () => (await schemas()).deliveryReplySchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const webhook = await findOwn(caller, pathParam(c, 'id'), 'read');
        const id = pathParam(c, 'deliveryId');
        const present = /^[0-9a-z]+$/.test(id) ? await findDelivery(database.read, id) : undefined;
        if (present?.webhookId !== webhook.id) throw notFound('Delivery', id);
        requirePermission(caller, webhook.environmentId, 'write');
        return ok(c, toWireDelivery(await replay(context, webhook, id)));
      },
    },
  ];
}

async function createWebhook(
  context: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<WebhookRecord> {
  const { webhookSchema } = await schemas();
  const { url, triggers, surveyIds, name, source } = checkBody(webhookSchema, body);
  await refusePrivate(context, url);
  const now = context.now();
  const record: WebhookRecord = {
    id: newId(now),
    environmentId,
    createdAt: now,
    updatedAt: now,
    name: name ?? null,
    url,
    source,
    triggers,
    surveyIds,
    secret: newWebhookSecret(),
    disabledAt: null,
  };
  await context.database.write((trx) => insertWebhook(trx, record));
  return record;
}

/** Throws 400 for a private address. Checked here to inform the owner, and again at every delivery. */
async function refusePrivate(
  { allowPrivateWebhooks: allowPrivate, resolveHost: resolve = resolveBySystem }: ServerContext,
  url: string,
): Promise<void> {
  try {
    await findTarget(url, { allowPrivate, resolve });
  } catch (error) {
    if (error instanceof RefusedAddress) throw badRequest(error.message);
    throw error;
  }
}

/** Queues a delivery again. A webhook that was disabled by 410 Gone is enabled: its owner asked for the replay. */
async function replay(
  { database, now, onQueued }: ServerContext,
  webhook: WebhookRecord,
  id: string,
): Promise<DeliveryRecord> {
  const found = await database.write(async (trx) => {
    if (!(await requeueDelivery(trx, id, now()))) return undefined;
    if (webhook.disabledAt !== null) await setWebhookDisabled(trx, webhook.id, null);
    return findDelivery(trx, id);
  });
  if (!found) throw new ApiError('conflict', 'Delivery has arrived: its body is not kept');
  onQueued();
  return found;
}

function readStatus(c: Context): DeliveryStatus | undefined {
  const text = c.req.query('status');
  if (text === undefined || text === 'pending' || text === 'delivered' || text === 'dead') return text;
  const details = { status: 'Must be pending, delivered or dead' };
  throw badRequest('Fields are missing or incorrectly formatted', details);
}
