import * as z from 'zod';
import { envelope, idSchema, keySchema, textSchema, userHashSchema } from './base-schema.ts';
import { personStateSchema } from './client-reply-schema.ts';
import { answerSchema } from './response-schema.ts';
import { userIdSchema } from './user-schema.ts';

// Values are validated where those of `POST …/user` are, so that errors have the same texts.
const attributes = z.record(z.string(), z.unknown());

/** `PUT …/contacts/{userId}/attributes` (client-api.md 3.8): the body as it is read. */
export const attributesUpdateSchema = z.object({ attributes, userHash: userHashSchema });

/** `POST …/people/{userId}`. */
export const personUpdateSchema = z.object({ attributes: attributes.optional(), userHash: userHashSchema });

/** `POST …/update/contacts/{userId}`. */
export const contactUpdateSchema = z.object({
  attributes: attributes.optional(),
  language: textSchema.optional(),
  userHash: userHashSchema,
});

/** `POST …/people`. */
export const personSchema = z.object({ userId: userIdSchema, userHash: userHashSchema });

/** `POST …/actions`. */
export const actionSchema = z.object({ name: z.string().min(1), userId: z.string().optional() });

/** `PUT …/displays/{displayId}`. */
export const displayUpdateSchema = z.object({
  userId: userIdSchema.optional(),
  userHash: userHashSchema,
  responseId: idSchema.nullish(),
});

/** `POST /api/v1/client/displays`, from before paths contained the environment. */
export const firstDisplaySchema = z.object({
  surveyId: idSchema,
  personId: keySchema.nullish(),
  userHash: userHashSchema,
});

/** `POST /api/v1/client/responses`, likewise. */
export const firstResponseSchema = z.object({
  surveyId: idSchema,
  personId: keySchema.nullish(),
  userHash: userHashSchema,
  finished: z.boolean(),
  data: z.record(z.string(), answerSchema),
});

/** An empty body. */
export const noBodySchema = z.looseObject({}).optional();

/** A person's state without a lifetime. */
export const personReplySchema = envelope(personStateSchema);

const remarks = { messages: z.array(z.string()).optional(), errors: z.array(z.string()).optional() };

/** `PUT …/contacts/{userId}/attributes`. */
export const attributesReplySchema = envelope(
  z.object({ changed: z.boolean(), message: z.string(), ...remarks }),
);

/** `POST …/update/contacts/{userId}`. */
export const contactReplySchema = envelope(
  z.object({ state: personStateSchema, details: z.object(remarks).optional() }),
);

/** `POST …/people`. */
export const userIdReplySchema = envelope(z.object({ userId: z.string() }));

/** A reply without data. */
export const emptyReplySchema = envelope(z.object({}));
