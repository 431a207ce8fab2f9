import * as z from 'zod';
import { MAX_URL_CHARS } from '../core/limits.ts';
import {
  boundedSchema,
  envelope,
  type Inferred,
  idSchema,
  instantSchema,
  textSchema,
} from './base-schema.ts';
import type { WireDelivery, WireWebhook } from './management-reply.ts';

const triggers = z.array(z.enum(['responseCreated', 'responseUpdated', 'responseFinished']));
const source = z.enum(['user', 'zapier', 'make', 'n8n', 'activepieces']);

/** The body of `POST /api/v1/webhooks` (management-api.md 11.2). */
export const webhookSchema = z.object({
  url: boundedSchema(MAX_URL_CHARS)
    .pipe(textSchema)
    .refine((url) => URL.canParse(url), 'Invalid URL'),
  triggers: triggers.min(1, 'At least one trigger is required'),
  surveyIds: z.array(idSchema).max(1000).default([]),
  name: textSchema.max(255).nullish(),
  source: source.default('user'),
});

const webhook = z.object({
  id: idSchema,
  createdAt: instantSchema,
  updatedAt: instantSchema,
  name: z.string().nullable(),
  url: z.string(),
  source,
  triggers,
  surveyIds: z.array(idSchema),
  workspaceId: idSchema,
  environmentId: idSchema,
  /** Only where the receiver answered 410 Gone. */
  disabledAt: instantSchema.optional(),
}) satisfies z.ZodType<Inferred<WireWebhook>>;

/** One webhook (management-api.md 11.1), without its secret. */
export const webhookReplySchema = envelope(webhook);
/** A new webhook with its secret, which is shown only this once. */
export const newWebhookReplySchema = envelope(webhook.extend({ secret: z.string() }));
/** `GET /api/v1/webhooks`. */
export const webhookListSchema = envelope(z.array(webhook));

const delivery = z.object({
  id: idSchema,
  webhookId: idSchema,
  messageId: z.string(),
  event: z.enum(['responseCreated', 'responseUpdated', 'responseFinished']),
  surveyId: idSchema,
  responseId: idSchema,
  status: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.int(),
  createdAt: instantSchema,
  nextAttemptAt: instantSchema.nullable(),
  lastAttemptAt: instantSchema.nullable(),
  lastStatus: z.int().nullable(),
  lastProblem: z.string().nullable(),
}) satisfies z.ZodType<Inferred<WireDelivery>>;

/** One delivery: a message to one webhook about one event. */
export const deliveryReplySchema = envelope(delivery);
/** `GET /api/v1/webhooks/{id}/deliveries`. */
export const deliveryListSchema = envelope(z.array(delivery));
