import * as z from 'zod';
import { idSchema } from './base-schema.ts';

const count = z.int().min(0).optional();

/** The requested part of a list; `skip` and `offset` mean the same. */
export const pageQuerySchema = z.object({ limit: count, offset: count, skip: count });

/** Page and filters of a list of responses; instants are exclusive. */
export const responseQuerySchema = pageQuerySchema.extend({
  surveyId: idSchema.optional(),
  contactId: idSchema.optional(),
  finished: z.enum(['true', 'false']).optional(),
  createdAfter: z.string().optional(),
  createdBefore: z.string().optional(),
});

/** Page and filter of a list of deliveries; `dead`: those that aren't attempted any more. */
export const deliveryQuerySchema = pageQuerySchema.extend({
  status: z.enum(['pending', 'delivered', 'dead']).optional(),
});
