import * as z from 'zod';
import { idSchema, instantSchema } from './base-schema.ts';
import { surveyFieldsSchema } from './survey-schema.ts';

const { workspaceOverwrites } = surveyFieldsSchema.shape;

/** A survey's language in a reply. */
export const surveyLanguageSchema = z.object({
  default: z.boolean(),
  enabled: z.boolean(),
  language: z.object({
    id: idSchema,
    code: z.string(),
    alias: z.string().nullable(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    workspaceId: idSchema,
  }),
});

/** Fields that all replies with a survey share. The overwrites are in it twice: the second name is the older one. */
export const surveyReplySchema = surveyFieldsSchema
  .omit({ triggers: true, segment: true, languages: true })
  .extend({
    id: idSchema,
    languages: z.array(surveyLanguageSchema),
    workspaceOverwrites,
    projectOverwrites: workspaceOverwrites,
  });
