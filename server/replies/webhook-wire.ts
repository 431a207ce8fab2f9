import type { WireDelivery, WireWebhook } from '../../src/wire/management-reply.ts';
import type { DeliveryRecord } from '../repo/webhook-deliveries.ts';
import type { WebhookRecord } from '../repo/webhooks.ts';
import { toMessageId } from './message-id.ts';
import { toInstant, toOwner, toStamps } from './wire.ts';

/** Converts a webhook to its form in the management API (management-api.md 11.1), without its secret. */
export function toWireWebhook(webhook: WebhookRecord): WireWebhook {
  const { name, url, source, triggers, surveyIds, environmentId, disabledAt } = webhook;
  return {
    ...toStamps(webhook),
    name,
    url,
    source,
    triggers,
    surveyIds,
    ...toOwner(environmentId),
    ...(disabledAt === null ? {} : { disabledAt: toInstant(disabledAt) }),
  };
}

/** Converts a delivery to its form in the management API. */
export function toWireDelivery(delivery: DeliveryRecord): WireDelivery {
  const { id, webhookId, event, surveyId, responseId, status, attempts, createdAt, nextAt, lastAt } =
    delivery;
  return {
    id,
    webhookId,
    messageId: toMessageId(delivery),
    event,
    surveyId,
    responseId,
    status,
    attempts,
    createdAt: toInstant(createdAt),
    nextAttemptAt: status === 'pending' ? toInstant(nextAt) : null,
    lastAttemptAt: lastAt === null ? null : toInstant(lastAt),
    lastStatus: delivery.lastStatus,
    lastProblem: delivery.lastProblem,
  };
}
