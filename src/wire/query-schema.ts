import * as z from 'zod';
import { idSchema } from './base-schema.ts';

const count = z.int().min(0).optional();

/** The part of a list that is wanted; `skip` and `offset` are the same. */
export const pageQuerySchema = z.object({ limit: count, offset: count, skip: count });

/** A page of responses, of those that are wanted; instants are not included. */
export const responseQuerySchema = pageQuerySchema.extend({
  surveyId: idSchema.optional(),
  contactId: idSchema.optional(),
  finished: z.enum(['true', 'false']).optional(),
  createdAfter: z.string().optional(),
  createdBefore: z.string().optional(),
});

/** A page of the deliveries of a webhook; `dead` are those that are not tried any more. */
export const deliveryQuerySchema = pageQuerySchema.extend({
  status: z.enum(['pending', 'delivered', 'dead']).optional(),
});

/** How many single-use ids are wanted: 10 unless told, 5,000 at most. */
export const singleUseQuerySchema = z.object({ limit: z.int().optional() });
