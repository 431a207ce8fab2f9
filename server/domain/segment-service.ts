import type { Kysely } from 'kysely';
import { segmentChangeSchema, segmentRequestSchema } from '../../src/wire/segment-schema.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { bumpRevision } from '../repo/environments.ts';
import { newId } from '../repo/new-id.ts';
import type { Schema } from '../repo/schema.ts';
import {
  deleteSegment,
  findSegmentByTitle,
  listSegments,
  type SegmentRecord,
  saveSegment,
} from '../repo/segments.ts';
import { listSurveysOfSegments } from '../repo/surveys.ts';
import { listReachable, listReferences } from '../segments/filter-tree.ts';

/** Checks a body and stores it as a new shared segment; throws 400 naming the field, 409 for a title that is taken. */
export async function createSegment(
  context: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<SegmentRecord> {
  const { title, description, filters } = checkBody(segmentRequestSchema, body);
  const now = context.now();
  const record: SegmentRecord = {
    id: newId(now),
    environmentId,
    createdAt: now,
    updatedAt: now,
    title,
    description: description ?? null,
    isPrivate: false,
    filters,
  };
  await store(context, record);
  return record;
}

/** Changes the fields that a body has; throws 400 naming the field, 409 for a title that is taken. */
export async function changeSegment(
  context: ServerContext,
  present: SegmentRecord,
  body: unknown,
): Promise<SegmentRecord> {
  const given = checkBody(segmentChangeSchema, body);
  const record: SegmentRecord = {
    ...present,
    // The title of a private segment is the id of its survey.
    title: present.isPrivate ? present.title : (given.title ?? present.title),
    description: given.description === undefined ? present.description : given.description,
    filters: given.filters ?? present.filters,
    updatedAt: context.now(),
  };
  await store(context, record);
  return record;
}

/** Deletes a segment; throws 409 while a survey or another segment uses it: that survey would be shown to everybody. */
export async function removeSegment(
  { database, cache }: ServerContext,
  { id, environmentId }: SegmentRecord,
): Promise<void> {
  await database.write(async (trx) => {
    const users = (await listSurveysOfSegments(trx, [id])).get(id) ?? [];
    const others = (await listSegments(trx, environmentId)).filter(({ filters }) =>
      listReferences(filters).includes(id),
    );
    if (users.length > 0 || others.length > 0) {
      throw new ApiError('conflict', 'Segment is in use', {
        surveys: users,
        segments: others.map((other) => other.id),
      });
    }
    await deleteSegment(trx, id);
    await bumpRevision(trx, environmentId);
  });
  cache.forget(environmentId);
}

/** Throws 400 for filters by which a segment would refer to itself, directly or through others (client-api.md 5.5). */
export async function refuseCircle(
  trx: Kysely<Schema>,
  { id, environmentId, filters }: SegmentRecord,
  field: string,
): Promise<void> {
  const asked = listReferences(filters);
  if (asked.length === 0) return;
  const segments = await listSegments(trx, environmentId);
  const reached = listReachable(asked, new Map(segments.map((segment) => [segment.id, segment])));
  if (!reached.has(id)) return;
  throw badRequest('Fields are missing or incorrectly formatted', {
    [field]: 'A segment must not ask about itself, not even through other segments',
  });
}

async function store({ database, cache }: ServerContext, record: SegmentRecord): Promise<void> {
  const { id, environmentId, title } = record;
  await database.write(async (trx) => {
    const other = await findSegmentByTitle(trx, environmentId, title);
    if (other && other.id !== id) {
      throw new ApiError('conflict', `Segment with title ${title} already exists`);
    }
    await refuseCircle(trx, record, 'filters');
    await saveSegment(trx, record);
    await bumpRevision(trx, environmentId);
  });
  cache.forget(environmentId);
}
