import * as z from 'zod';
import { idSchema, instantSchema } from './base-schema.ts';
import { surveyFieldsSchema } from './survey-schema.ts';

const { workspaceOverwrites } = surveyFieldsSchema.shape;

/** One of a survey's languages as replies show it. */
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

/** What every view of a survey shares. The overwrites are there twice: the second name is the older one. */
export const surveyReplySchema = surveyFieldsSchema
  .omit({ triggers: true, segment: true, languages: true })
  .extend({
    id: idSchema,
    languages: z.array(surveyLanguageSchema),
    workspaceOverwrites,
    projectOverwrites: workspaceOverwrites,
  });
