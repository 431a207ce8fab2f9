import * as z from 'zod';
import { noCodeConfigSchema } from './action-class-schema.ts';
import { envelope, type Inferred, idSchema, instantSchema } from './base-schema.ts';
import type { WireEnvironmentReply } from './environment.ts';
import { visibleSettingsSchema } from './settings-schema.ts';
import { surveyLanguageSchema, surveyReplySchema } from './survey-reply-schema.ts';
import { overwritesSchema } from './survey-schema.ts';
import type { WireUser, WireUserReply } from './user.ts';

const settings = visibleSettingsSchema.required().extend({ id: idSchema, darkOverlay: z.boolean() });
const overwrites = overwritesSchema.extend({ darkOverlay: z.boolean().optional() }).nullable();

// Filters contain attributes and values of people: a browser is sent only whether there are any.
const segment = z.object({
  id: idSchema,
  title: z.string(),
  description: z.null(),
  isPrivate: z.literal(true),
  filters: z.array(z.looseObject({})).max(1),
  environmentId: idSchema,
  workspaceId: idSchema,
  createdAt: instantSchema,
  updatedAt: instantSchema,
  surveys: z.array(z.never()),
  hasFilters: z.boolean(),
});

const language = surveyLanguageSchema.shape.language.extend({ projectId: idSchema });

const survey = surveyReplySchema
  .pick({
    id: true,
    name: true,
    blocks: true,
    welcomeCard: true,
    endings: true,
    variables: true,
    hiddenFields: true,
    showLanguageSwitch: true,
    autoClose: true,
    styling: true,
    recaptcha: true,
    recontactDays: true,
    displayLimit: true,
    displayOption: true,
    isBackButtonHidden: true,
    isAutoProgressingEnabled: true,
    displayPercentage: true,
    delay: true,
  })
  .extend({
    type: z.literal('app'),
    status: z.literal('inProgress'),
    questions: z.array(z.never()),
    workspaceOverwrites: overwrites,
    projectOverwrites: overwrites,
    languages: z.array(surveyLanguageSchema.extend({ language })),
    triggers: z.array(
      z.object({ actionClass: z.object({ name: z.string() }), occurrence: z.int().min(1).optional() }),
    ),
    segment: segment.nullable(),
    interactionRefresh: z
      .object({ onDisplay: z.boolean(), onResponse: z.boolean(), onFinished: z.boolean() })
      .optional(),
  });

const actionClass = z.object({
  id: idSchema,
  type: z.enum(['code', 'noCode']),
  name: z.string(),
  key: z.string().nullable(),
  noCodeConfig: noCodeConfigSchema.nullable(),
});

/** `GET …/environment` (client-api.md 3.1). */
export const environmentReplySchema = envelope(
  z.object({
    data: z.object({
      surveys: z.array(survey),
      actionClasses: z.array(actionClass),
      workspace: settings,
      project: settings,
      inkling: z.literal(1),
    }),
    expiresAt: instantSchema,
  }),
) satisfies z.ZodType<Inferred<WireEnvironmentReply>>;

/** User state that a client keeps (client-api.md 3.7, `state.data`). */
export const personStateSchema = z.object({
  contactId: idSchema,
  userId: z.string(),
  segments: z.array(idSchema),
  displays: z.array(z.object({ surveyId: idSchema, createdAt: instantSchema })),
  responses: z.array(idSchema),
  lastDisplayAt: instantSchema.nullable(),
  language: z.string().optional(),
}) satisfies z.ZodType<Inferred<WireUser>>;

/** `POST …/user` (client-api.md 3.7). */
export const userReplySchema = envelope(
  z.object({
    state: z.object({ data: personStateSchema, expiresAt: instantSchema }),
    messages: z.array(z.string()).optional(),
    errors: z.array(z.string()).optional(),
  }),
) satisfies z.ZodType<Inferred<WireUserReply>>;

/** `POST …/displays` (client-api.md 3.2). */
export const displayReplySchema = envelope(
  z.object({ id: idSchema, contactId: idSchema.nullable(), surveyId: idSchema }),
);

/** `GET …/displays/{displayId}/response` (client-api.md 3.3). */
export const displayResponseReplySchema = envelope(z.object({ responseId: idSchema.nullable() }));

/** `POST …/responses` and `PUT …/responses/{responseId}` (client-api.md 3.4 and 3.5). */
export const responseReplySchema = envelope(z.object({ id: idSchema, quotaFull: z.boolean() }));

/** `GET /health`. */
export const healthReplySchema = z.object({ status: z.literal('ok') });

/** `GET /api/v2/health`. */
export const databaseHealthReplySchema = envelope(
  z.object({ main_database: z.boolean(), cache_database: z.boolean() }),
);

/** Every error (client-api.md 2.2). */
export const errorReplySchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
