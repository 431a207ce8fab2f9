import type { Kysely } from 'kysely';
import type { ParsedSurvey } from '../../src/wire/survey-schema.ts';
import { notFound } from '../base/api-error.ts';
import { newId } from '../repo/new-id.ts';
import type { Schema } from '../repo/schema.ts';
import {
  deleteSegment,
  findSegmentByTitle,
  findSegments,
  type SegmentRecord,
  saveSegment,
} from '../repo/segments.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { refuseCircle } from './segment-service.ts';

type SurveyBase = Pick<SurveyRecord, 'id' | 'environmentId' | 'updatedAt' | 'segmentId'>;

/**
 * Stores the targeting of a survey and returns the id of its segment.
 *
 * Every app survey has one, with empty filters until it is targeted: an identified visitor is shown only surveys whose
 * segment is in their list (client-api.md 4.6). A segment with an id or with a title of its own is shared; without,
 * it is the survey's private one. Link surveys have none.
 */
export async function saveSurveySegment(
  trx: Kysely<Schema>,
  survey: SurveyBase,
  change: { readonly type: string; readonly given: NonNullable<ParsedSurvey['segment']> | undefined },
): Promise<string | null> {
  const { type, given } = change;
  const [present] = survey.segmentId === null ? [] : await findSegments(trx, [survey.segmentId]);
  if (type !== 'app') {
    if (present?.isPrivate) await deleteSegment(trx, present.id);
    return null;
  }
  if (present && !given) return present.id;

  const target = given ? await findTarget(trx, survey, { given, present }) : undefined;
  const segment = target ?? newSegment(survey, given);
  if (given) await refuseCircle(trx, { ...segment, filters: given.filters }, 'segment.filters');
  // A private segment belongs to this survey alone, so it is deleted when another one replaces it.
  if (present?.isPrivate && present.id !== segment.id) await deleteSegment(trx, present.id);
  await saveSegment(trx, {
    ...segment,
    filters: given?.filters ?? [],
    description: given?.description === undefined ? segment.description : given.description,
    updatedAt: survey.updatedAt,
  });
  return segment.id;
}

async function findTarget(
  trx: Kysely<Schema>,
  survey: SurveyBase,
  { given, present }: { given: NonNullable<ParsedSurvey['segment']>; present: SegmentRecord | undefined },
): Promise<SegmentRecord | undefined> {
  // A private segment is not shared: a copy of a survey gets a segment of its own.
  const isForeignPrivate = given.isPrivate === true && !present;
  if (given.id !== undefined && !isForeignPrivate) {
    const [found] = await findSegments(trx, [given.id]);
    const isOwn = found?.environmentId === survey.environmentId;
    // Nor may another survey's private segment be used.
    if (found && isOwn && (!found.isPrivate || found.id === present?.id)) return found;
    throw notFound('Segment', given.id);
  }
  if (isShared(given)) return findSegmentByTitle(trx, survey.environmentId, given.title ?? '');
  return present?.isPrivate ? present : undefined;
}

function newSegment(
  { id, environmentId, updatedAt }: SurveyBase,
  given: ParsedSurvey['segment'] | undefined,
): SegmentRecord {
  const shared = given ? isShared(given) : false;
  return {
    id: newId(updatedAt),
    environmentId,
    createdAt: updatedAt,
    updatedAt,
    title: shared ? (given?.title ?? id) : id,
    description: null,
    isPrivate: !shared,
    filters: [],
  };
}

function isShared({ title, isPrivate }: NonNullable<ParsedSurvey['segment']>): boolean {
  return isPrivate === false && title !== undefined && title !== '';
}
