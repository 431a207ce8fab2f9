import * as z from 'zod';
import { keySchema, textSchema } from '../src/wire/base-schema.ts';
import { attributeKeySchema } from '../src/wire/contact-schema.ts';
import { filtersSchema } from '../src/wire/segment-schema.ts';
import { ApiError, inOneLine } from './base/api-error.ts';
import { checkBody } from './base/check-body.ts';
import type { ServerContext } from './context/context.ts';
import { createActionClass } from './domain/action-class-service.ts';
import { createAttributeKey } from './domain/attribute-key-service.ts';
import { changeSettings } from './domain/environment-service.ts';
import { createSurvey } from './domain/survey-service.ts';
import { listAttributeKeys } from './repo/attribute-keys.ts';
import { newId } from './repo/new-id.ts';
import { findSegmentByTitle, saveSegment } from './repo/segments.ts';
import { hasSurveys } from './repo/surveys.ts';

const seedSchema = z.object({
  environment: z.looseObject({}).optional(),
  attributeKeys: z.array(z.looseObject({})).default([]),
  actionClasses: z.array(z.looseObject({ name: z.string() })).default([]),
  segments: z
    .array(
      z.object({
        title: keySchema.min(1),
        description: textSchema.nullish(),
        filters: filtersSchema,
      }),
    )
    .default([]),
  surveys: z.array(z.looseObject({})).default([]),
});

/**
 * Fills an environment that has no surveys yet from a seed: settings, attribute keys, action classes, shared segments
 * and surveys, each through the same checks as the API. Surveys name their action classes by `name`.
 *
 * Returns whether it was applied. Throws an `Error` that names the wrong place in the seed; objects stored before the
 * failure stay and are found again by the next try.
 */
export async function loadSeed(
  context: ServerContext,
  environmentId: string,
  seed: unknown,
): Promise<boolean> {
  if (await hasSurveys(context.database.read, environmentId)) return false;

  const { environment, attributeKeys, actionClasses, segments, surveys } = await at('seed', () =>
    checkBody(seedSchema, seed),
  );
  if (environment) await at('environment', () => changeSettings(context, environmentId, environment));
  for (const [index, key] of attributeKeys.entries()) {
    await at(`attributeKeys.${index}`, () => createKeyUnlessThere(context, environmentId, key));
  }
  for (const [index, actionClass] of actionClasses.entries()) {
    await at(`actionClasses.${index}`, () => createUnlessThere(context, environmentId, actionClass));
  }
  for (const segment of segments) await saveShared(context, environmentId, segment);
  for (const [index, survey] of surveys.entries()) {
    await at(`surveys.${index}`, () => createSurvey(context, environmentId, survey));
  }
  return true;
}

async function createKeyUnlessThere(
  context: ServerContext,
  environmentId: string,
  body: object,
): Promise<void> {
  const input = checkBody(attributeKeySchema, { type: 'custom', ...body });
  const present = await listAttributeKeys(context.database.read, environmentId);
  if (present.some(({ key, isOwned }) => isOwned && key === input.key)) return;
  await createAttributeKey(context, environmentId, { input, taken: 'Attribute key already exists' });
}

async function createUnlessThere(
  context: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<void> {
  try {
    await createActionClass(context, environmentId, body);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'conflict')) throw error;
  }
}

async function saveShared(
  { database, now }: ServerContext,
  environmentId: string,
  segment: z.output<typeof seedSchema>['segments'][number],
): Promise<void> {
  await database.write(async (trx) => {
    const present = await findSegmentByTitle(trx, environmentId, segment.title);
    const createdAt = present?.createdAt ?? now();
    const id = present?.id ?? newId(now());
    const { title, filters, description = null } = segment;
    const stamps = { createdAt, updatedAt: now() };
    await saveSegment(trx, { id, environmentId, ...stamps, title, description, filters, isPrivate: false });
  });
}

async function at<T>(place: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Error(`${place}: ${inOneLine(error)}`);
  }
}
