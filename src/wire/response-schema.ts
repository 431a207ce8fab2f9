import * as z from 'zod';
import type { AnswerValue } from '../core/survey/document.ts';
import {
  clientIdSchema,
  type Inferred,
  idSchema,
  indexedSchema,
  keySchema,
  languageSchema,
  userHashSchema,
} from './base-schema.ts';
import type { WireDisplayRequest, WireResponseRequest } from './response.ts';

/** A value in `data`: text, number, list of texts, or texts by name. */
export const answerSchema = z.union([
  z.string(),
  z.number(),
  z.array(z.string()),
  z.record(z.string(), z.string()),
]) satisfies z.ZodType<AnswerValue>;

const display = {
  id: clientIdSchema.optional(),
  surveyId: idSchema,
  responseId: idSchema.optional(),
  userHash: userHashSchema,
};

/** `POST /api/v1/client/{id}/displays` (client-api.md 3.2). */
export const displayV1Schema = z.object({
  ...display,
  userId: keySchema.optional(),
}) satisfies z.ZodType<Inferred<WireDisplayRequest>>;

/** `POST /api/v2/client/{id}/displays`. */
export const displayV2Schema = z.object({
  ...display,
  contactId: idSchema.optional(),
}) satisfies z.ZodType<Inferred<WireDisplayRequest>>;

const answer = {
  finished: z.boolean(),
  data: z.record(z.string(), answerSchema),
  variables: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  ttc: z.record(z.string(), z.number()).optional(),
  language: languageSchema.optional(),
  endingId: keySchema.nullish(),
};

const response = {
  ...answer,
  id: clientIdSchema.optional(),
  seq: z.int().min(0).optional(),
  surveyId: idSchema,
  userHash: userHashSchema,
  displayId: keySchema.nullish(),
  singleUseId: indexedSchema.nullish(),
  meta: z
    .object({ source: z.string().optional(), url: z.string().optional(), action: z.string().optional() })
    .optional(),
};

/** `POST /api/v1/client/{id}/responses` (client-api.md 3.4). */
export const responseV1Schema = z.object({
  ...response,
  userId: indexedSchema.nullish(),
}) satisfies z.ZodType<Inferred<WireResponseRequest>>;

/** `POST /api/v2/client/{id}/responses`. */
export const responseV2Schema = z.object({
  ...response,
  contactId: idSchema.nullish(),
}) satisfies z.ZodType<Inferred<WireResponseRequest>>;

/** `PUT …/responses/{responseId}` (client-api.md 3.5): every field is optional. */
export const responseUpdateSchema = z.object({
  ...answer,
  finished: answer.finished.optional(),
  data: answer.data.optional(),
});
