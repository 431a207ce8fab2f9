import * as z from 'zod';
import { MAX_DATE_CHARS } from '../core/limits.ts';
import { boundedSchema, idSchema, indexedSchema, keySchema, languageSchema } from './base-schema.ts';
import { answerSchema } from './response-schema.ts';

/** Years 1 to 9999, which every ISO 8601 parser accepts. */
const [FIRST, LAST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')];

/** An instant in any form that `Date` parses, as epoch ms; null counts as absent (management-api.md 18, row 19). */
const dateish = z
  .union([boundedSchema(MAX_DATE_CHARS), z.number()])
  .refine((given) => {
    const ms = new Date(given).getTime();
    return ms >= FIRST && ms <= LAST;
  }, 'Invalid input: expected date, received Date')
  .transform((given) => new Date(given).getTime())
  .nullish();

const endingId = keySchema.nullish();
const variables = z.record(z.string(), z.union([z.string(), z.number()]));
const ttc = z.record(z.string(), z.number());
const meta = z.object({
  source: z.string().optional(),
  url: z.string().optional(),
  userAgent: z
    .object({ browser: z.string().optional(), os: z.string().optional(), device: z.string().optional() })
    .optional(),
  country: z.string().optional(),
  action: z.string().optional(),
  ipAddress: z.string().optional(),
});

/** The body of `POST …/management/responses` (management-api.md 10.3). */
export const managedResponseSchema = z.object({
  surveyId: idSchema,
  finished: z.boolean(),
  data: z.record(z.string(), answerSchema),
  createdAt: dateish,
  updatedAt: dateish,
  userId: indexedSchema.nullish(),
  displayId: keySchema.nullish(),
  singleUseId: indexedSchema.nullish(),
  endingId,
  language: languageSchema.optional(),
  variables: variables.optional(),
  ttc: ttc.optional(),
  meta: meta.optional(),
});

/** The body of `PUT …/management/responses/{id}` (management-api.md 10.6): absent fields stay unchanged. */
export const managedResponseChangeSchema = z.object({
  finished: z.boolean().optional(),
  data: z.record(z.string(), answerSchema).optional(),
  endingId,
  language: languageSchema.optional(),
  variables: variables.optional(),
  ttc: ttc.optional(),
});
