import type * as z from 'zod';
import { actionClassSchema } from '../../src/wire/action-class-schema.ts';
import { ApiError } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import {
  type ActionClassRecord,
  deleteActionClass,
  insertActionClass,
  updateActionClass,
} from '../repo/action-classes.ts';
import { bumpRevision } from '../repo/environments.ts';
import { newId } from '../repo/new-id.ts';

/** Checks a body and stores it as a new action class; throws 400, or 409 when name or key is taken. */
export async function createActionClass(
  context: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<ActionClassRecord> {
  const input = checkBody(actionClassSchema, body);
  const now = context.now();
  const record: ActionClassRecord = {
    id: newId(now),
    environmentId,
    createdAt: now,
    updatedAt: now,
    name: input.name,
    description: input.description ?? null,
    type: input.type,
    ...configOf(input),
  };
  await change(context, record, insertActionClass);
  return record;
}

/**
 * Checks a body and replaces an action class with it. The other type's key or configuration stays stored, and so
 * does a configuration that is replaced by null (management-api.md 5.2).
 */
export async function replaceActionClass(
  context: ServerContext,
  present: ActionClassRecord,
  body: unknown,
): Promise<ActionClassRecord> {
  const input = checkBody(actionClassSchema, body);
  const given = configOf(input);
  const record: ActionClassRecord = {
    ...present,
    updatedAt: context.now(),
    name: input.name,
    description: input.description === undefined ? present.description : input.description,
    type: input.type,
    key: input.type === 'code' ? given.key : present.key,
    noCodeConfig: given.noCodeConfig ?? present.noCodeConfig,
  };
  await change(context, record, updateActionClass);
  return record;
}

/** Deletes an action class with the triggers that name it. */
export async function removeActionClass(
  context: ServerContext,
  { id, environmentId }: ActionClassRecord,
): Promise<void> {
  await context.database.write(async (trx) => {
    await deleteActionClass(trx, id);
    await bumpRevision(trx, environmentId);
  });
  context.cache.forget(environmentId);
}

async function change(
  { database, cache }: ServerContext,
  record: ActionClassRecord,
  store: typeof insertActionClass,
): Promise<void> {
  await database.write(async (trx) => {
    const outcome = await store(trx, record);
    if (outcome === 'name-taken') {
      throw new ApiError('conflict', `Action with name ${record.name} already exists`);
    }
    if (outcome === 'key-taken')
      throw new ApiError('conflict', `Action with key ${record.key} already exists`);
    await bumpRevision(trx, record.environmentId);
  });
  cache.forget(record.environmentId);
}

function configOf(
  input: z.output<typeof actionClassSchema>,
): Pick<ActionClassRecord, 'key' | 'noCodeConfig'> {
  if (input.type === 'code') return { key: input.key, noCodeConfig: null };
  return { key: null, noCodeConfig: input.noCodeConfig as ActionClassRecord['noCodeConfig'] };
}
