import * as z from 'zod';
import { noCodeConfigSchema } from './action-class-schema.ts';
import { envelope, type Inferred, idSchema, instantSchema } from './base-schema.ts';
import { personReplySchema } from './contact-schema.ts';
import type {
  WireActionClass,
  WireContactExport,
  WireIdentitySecret,
  WireManagedSurvey,
  WireMe,
  WireResponse,
  WireSegment,
  WireSettings,
} from './management-reply.ts';
import { answerSchema } from './response-schema.ts';
import { settingsSchema } from './settings-schema.ts';
import { surveyReplySchema } from './survey-reply-schema.ts';

const stamps = { createdAt: instantSchema, updatedAt: instantSchema };
const owner = { workspaceId: idSchema, environmentId: idSchema };
const named = z.object({ id: idSchema, name: z.string() });

/** `GET …/me` (management-api.md 3): without the envelope. */
export const meReplySchema = z.object({
  id: idSchema,
  type: z.literal('production'),
  ...stamps,
  appSetupCompleted: z.boolean(),
  workspace: named,
  project: named,
}) satisfies z.ZodType<Inferred<WireMe>>;

/** `GET` and `PUT …/management/environment`. */
export const settingsReplySchema = envelope(
  settingsSchema.required().extend({
    id: idSchema,
    name: z.string(),
    ...stamps,
    languages: z.array(z.object({ id: idSchema, ...stamps, code: z.string(), alias: z.string().nullable() })),
  }) satisfies z.ZodType<Inferred<WireSettings>>,
);

/** `GET` and `POST …/management/environment/identity-secret`. */
export const identitySecretSchema = envelope(
  z.object({
    secret: z.string(),
    formerValidUntil: instantSchema.nullable(),
  }) satisfies z.ZodType<Inferred<WireIdentitySecret>>,
);

const actionClass = z.object({
  id: idSchema,
  ...stamps,
  name: z.string(),
  description: z.string().nullable(),
  type: z.enum(['code', 'noCode']),
  key: z.string().nullable(),
  noCodeConfig: noCodeConfigSchema.nullable(),
  ...owner,
}) satisfies z.ZodType<Inferred<WireActionClass>>;

/** One action class (management-api.md 5). */
export const actionClassReplySchema = envelope(actionClass);
/** `GET …/action-classes`. */
export const actionClassListSchema = envelope(z.array(actionClass));
/** `PUT …/action-classes/{id}`: with the ids of the surveys that it triggers. */
export const actionClassChangeSchema = envelope(
  actionClass.extend({ surveyTriggers: z.array(z.object({ surveyId: idSchema })) }),
);

const segment = z.object({
  id: idSchema,
  ...stamps,
  title: z.string(),
  description: z.string().nullable(),
  isPrivate: z.boolean(),
  filters: z.array(z.looseObject({})),
  ...owner,
  surveys: z.array(idSchema),
}) satisfies z.ZodType<Inferred<WireSegment>>;

const survey = surveyReplySchema.extend({
  ...stamps,
  ...owner,
  createdBy: z.null(),
  triggers: z.array(z.object({ actionClass, occurrence: z.int().min(1).optional() })),
  segment: segment.nullable(),
  publishOn: instantSchema.nullable(),
  closeOn: instantSchema.nullable(),
  archivedAt: z.null(),
  redirectUrl: z.null(),
  customHeadScripts: z.null(),
  customHeadScriptsMode: z.literal('add'),
  followUps: z.array(z.never()),
}) satisfies z.ZodType<Inferred<WireManagedSurvey>>;

/** One survey (management-api.md 9.1). */
export const managedSurveySchema = envelope(survey);
/** `GET …/surveys`. */
export const managedSurveyListSchema = envelope(z.array(survey));

const response = z.object({
  id: idSchema,
  ...stamps,
  surveyId: idSchema,
  displayId: idSchema.nullable(),
  contact: z.object({ id: idSchema, userId: z.string().optional() }).nullable(),
  contactAttributes: z.record(z.string(), z.string()).nullable(),
  finished: z.boolean(),
  endingId: z.string().nullable(),
  data: z.record(z.string(), answerSchema),
  variables: z.record(z.string(), z.union([z.string(), z.number()])),
  ttc: z.record(z.string(), z.number()),
  tags: z.array(z.never()),
  meta: z.object({
    source: z.string().optional(),
    url: z.string().optional(),
    action: z.string().optional(),
    country: z.string().optional(),
    userAgent: z
      .object({ browser: z.string().optional(), os: z.string().optional(), device: z.string().optional() })
      .optional(),
    ipAddress: z.string().optional(),
  }),
  singleUseId: z.string().nullable(),
  language: z.string().nullable(),
}) satisfies z.ZodType<Inferred<WireResponse>>;

/** One response (management-api.md 10.1). */
export const storedResponseSchema = envelope(response);
/** `GET …/management/responses`. */
export const storedResponseListSchema = envelope(z.array(response));

/** `GET …/contacts/{id}/export`: all data about a contact. */
export const contactExportSchema = envelope(
  z.object({
    contact: personReplySchema.shape.data,
    displays: z.array(z.object({ id: idSchema, surveyId: idSchema, createdAt: instantSchema })),
    responses: z.array(response),
  }) satisfies z.ZodType<Inferred<WireContactExport>>,
);

/** One segment (differences.md 1.15). */
export const segmentReplySchema = envelope(segment);
/** `GET …/segments`. */
export const segmentListSchema = envelope(z.array(segment));

/** `GET …/surveys/{id}/singleUseIds`: URLs. */
export const singleUseListSchema = envelope(z.array(z.string()));
