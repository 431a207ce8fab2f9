import * as z from 'zod';
import { indexedSchema, textSchema } from './base-schema.ts';

/** The attributes of `POST …/user` (client-api.md 3.7): text, numbers and flags by key. */
export const attributesSchema = z.record(
  z.string(),
  z.union([textSchema, z.number(), z.boolean()], 'Attribute values must be string, number or boolean'),
);

/** A user id that can be stored. */
export const userIdSchema = indexedSchema.min(1);

/** The body of `POST …/user`; attributes that aren't an object count as none. */
export const userRequestSchema = z.object({ userId: userIdSchema, attributes: attributesSchema.optional() });

/** An e-mail address as a contact may carry it. */
export const emailSchema = z.email().max(255);
