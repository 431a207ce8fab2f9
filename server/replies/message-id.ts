import { createHash } from 'node:crypto';
import type { DeliveryRecord } from '../repo/webhook-deliveries.ts';

/** The `webhook-id` by which a receiver recognises repeats: equal at every attempt, different for each event and webhook. */
export function toMessageId({
  id,
  webhookId,
  event,
}: Pick<DeliveryRecord, 'id' | 'webhookId' | 'event'>): string {
  return createHash('sha256').update(`${id}:${webhookId}:${event}`).digest('hex');
}
