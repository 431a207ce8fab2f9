import * as z from 'zod';
import { idSchema } from './base-schema.ts';

const count = z.int().min(0).optional();

/** The part of a list that is wanted; `skip` and `offset` are the same. */
export const pageQuerySchema = z.object({ limit: count, offset: count, skip: count });

/** A page of responses, of one survey when told. */
export const responseQuerySchema = pageQuerySchema.extend({ surveyId: idSchema.optional() });
