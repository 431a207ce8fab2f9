import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';
import { objectSchema } from '../../src/wire/base-schema.ts';
import type { ParsedSurvey } from '../../src/wire/survey-schema.ts';
import { type ApiError, badRequest } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { toSurveyInput } from '../replies/survey-wire.ts';
import { type ActionClassRecord, listActionClasses } from '../repo/action-classes.ts';
import { bumpRevision } from '../repo/environments.ts';
import { addFileRemovals } from '../repo/file-removals.ts';
import { upsertLanguage } from '../repo/languages.ts';
import { newId } from '../repo/new-id.ts';
import type { Schema } from '../repo/schema.ts';
import { deleteSegment, findSegments } from '../repo/segments.ts';
import {
  deleteSurvey,
  insertSurvey,
  type SurveyRecord,
  type SurveyTrigger,
  updateSurvey,
} from '../repo/surveys.ts';
import { deleteDeliveriesOf } from '../repo/webhook-deliveries.ts';
import { checkNewParts } from './check-new-parts.ts';
import { cleanTexts, requireFewSigns } from './clean-texts.ts';
import { removeFiles } from './erase-contact.ts';
import { withStoredPaths } from './stored-paths.ts';
import { type Body, isFilled, toDocument } from './survey-body.ts';
import { toFormerKeys } from './survey-keys.ts';
import { checkNames } from './survey-names.ts';
import { saveSurveySegment } from './survey-segment.ts';

/** Checks a document and stores it as a new survey; throws 400 naming the field. */
export async function createSurvey(
  context: ServerContext,
  environmentId: string,
  body: unknown,
): Promise<SurveyRecord> {
  const now = context.now();
  const { completeBlocks: complete } = await loadSurveySchema();
  const input = await checkSurvey(context, toDocument(body, { complete }));
  checkNames(input);
  checkNewParts(input, () => true);
  const id = newId(now);
  return context.database
    .write(async (trx) => {
      const base = { id, environmentId, createdAt: now, updatedAt: now, segmentId: null };
      const record = await toRecord(trx, base, { input, segment: input.segment ?? undefined });
      if (isUntriggered(record)) throw withoutTriggers();
      await insertSurvey(trx, record);
      await bumpRevision(trx, environmentId);
      return record;
    })
    .finally(() => context.cache.forget(environmentId));
}

/**
 * Merges a body into a survey, key by key, and stores the result if it is valid as a whole: absent keys stay, present ones
 * replace (management-api.md 9.8). What has been stored with a mistake may stay as it is.
 */
export async function changeSurvey(
  context: ServerContext,
  present: SurveyRecord,
  body: unknown,
): Promise<SurveyRecord> {
  const { clearBlanks, surveyFieldsSchema, completeBlocks: complete } = await loadSurveySchema();
  // Before the merge, since a blank field replaces what is stored.
  const sent = clearBlanks(surveyFieldsSchema, checkBody(objectSchema, body));
  const given: Body = toDocument(sent, { stored: present.document, complete });
  const hasQuestions = isFilled(given.questions);
  const hasBlocks = isFilled(given.blocks);
  if (hasQuestions && hasBlocks) {
    throw badRequest('Cannot provide both questions and blocks. Please provide only one of these fields.');
  }
  const [actionClasses, current] = await Promise.all([
    listActionClasses(context.database.read, [present.environmentId]),
    toSurveyInput(context.database.read, present),
  ]);
  const merged: Body = {
    ...withTriggers(current, present.triggers, actionClasses),
    ...given,
    ...(hasQuestions ? { blocks: [] } : {}),
    ...(hasBlocks ? { questions: [] } : {}),
  };
  const input = await checkSurvey(context, merged);
  checkNames(input, current);
  checkNewParts(input, (part) => part in given && !isDeepStrictEqual(input[part], current[part]));
  const { environmentId } = present;
  return context.database
    .write(async (trx) => {
      const segment = 'segment' in given ? (input.segment ?? { filters: [] }) : undefined;
      const base = { ...present, updatedAt: context.now() };
      const record = withFormerKeys(present, await toRecord(trx, base, { input, segment }));
      // With its last action class deleted it can be changed and stopped, but not started.
      const isLeft =
        isUntriggered(present) && ['completed', 'paused', present.status].includes(record.status);
      if (isUntriggered(record) && !isLeft) throw withoutTriggers();
      await updateSurvey(trx, record);
      await bumpRevision(trx, environmentId);
      return record;
    })
    .finally(() => context.cache.forget(environmentId));
}

/** Deletes a survey with its answers, their files, displays, triggers and private segment. */
export async function removeSurvey(
  context: ServerContext,
  { id, environmentId, segmentId }: SurveyRecord,
): Promise<void> {
  const { database, cache, files } = context;
  const keys: string[] = [];
  for await (const key of files?.list(`${environmentId}/private/${id}/`) ?? []) keys.push(key);
  await database.write(async (trx) => {
    await addFileRemovals(trx, keys);
    await deleteDeliveriesOf(trx, { surveyId: id, responseIds: [] });
    await deleteSurvey(trx, id);
    const [segment] = segmentId === null ? [] : await findSegments(trx, [segmentId]);
    if (segment?.isPrivate) await deleteSegment(trx, segment.id);
    await bumpRevision(trx, environmentId);
  });
  cache.forget(environmentId);
  await removeFiles(context);
}

/**
 * Checks a document, sanitizes its texts and names files by their paths. The schema is large and rarely needed, so it is
 * built on demand.
 */
async function checkSurvey({ addresses }: ServerContext, body: unknown): Promise<ParsedSurvey> {
  const { clearBlanks, surveySchema } = await loadSurveySchema();
  const checked = checkBody(surveySchema, clearBlanks(surveySchema, body));
  return withStoredPaths(cleanTexts(requireFewSigns(checked)), addresses);
}

/** Loads the schema of surveys. */
export function loadSurveySchema() {
  return import('../../src/wire/survey-schema.ts');
}

type RecordBase = Pick<SurveyRecord, 'id' | 'environmentId' | 'createdAt' | 'updatedAt' | 'segmentId'>;

async function toRecord(
  trx: Kysely<Schema>,
  base: RecordBase,
  change: {
    readonly input: ParsedSurvey;
    /** Undefined keeps the targeting. */
    readonly segment: NonNullable<ParsedSurvey['segment']> | undefined;
  },
): Promise<SurveyRecord> {
  const { name, type, status, triggers, segment: _segment, languages, ...given } = change.input;
  const { publishOn, closeOn } = given;
  if (publishOn && closeOn && Date.parse(closeOn) <= Date.parse(publishOn)) {
    throw badRequest('Close date must be after publish date');
  }
  const resolved = await resolveTriggers(trx, base.environmentId, triggers);
  const segmentId = await saveSurveySegment(trx, base, { type, given: change.segment });
  const storedLanguages = [];
  for (const { language, ...flags } of languages) {
    const { updatedAt } = base;
    const { id } = await upsertLanguage(trx, {
      id: newId(updatedAt),
      environmentId: base.environmentId,
      createdAt: updatedAt,
      updatedAt,
      code: language.code,
      alias: language.alias ?? null,
    });
    storedLanguages.push({ ...flags, languageId: id });
  }
  return {
    ...base,
    segmentId,
    name,
    type,
    status,
    triggers: resolved,
    document: { ...given, ...toSchedule(status, given), languages: storedLanguages },
  };
}

/** Whether a survey needs a trigger and has none. */
function isUntriggered({ type, status, triggers }: SurveyRecord): boolean {
  return type === 'app' && status !== 'draft' && triggers.length === 0;
}

function withoutTriggers(): ApiError {
  return badRequest('An app survey must have at least one trigger to be set to a non-draft status.');
}

/** Notes which keys of answers the survey has had: visitors may still have the earlier document on screen. */
function withFormerKeys(present: SurveyRecord, record: SurveyRecord): SurveyRecord {
  const formerKeys = toFormerKeys(present, record);
  return formerKeys.length === 0 ? record : { ...record, document: { ...record.document, formerKeys } };
}

/** Drops the part of a schedule that a manual change of status has overtaken (management-api.md 9.3). */
function toSchedule(
  status: string,
  { publishOn, closeOn }: Pick<ParsedSurvey, 'publishOn' | 'closeOn'>,
): Pick<ParsedSurvey, 'publishOn' | 'closeOn'> {
  if (status === 'completed') return { publishOn: null, closeOn: null };
  if (status === 'inProgress') return { publishOn: null, closeOn };
  if (status === 'paused' && !publishOn) return { publishOn, closeOn: null };
  return { publishOn, closeOn };
}

/** Resolves triggers, which name their action class by id or, in a seed, by name. Throws 400 for unknown and repeated ones. */
async function resolveTriggers(
  trx: Kysely<Schema>,
  environmentId: string,
  triggers: ParsedSurvey['triggers'],
): Promise<readonly SurveyTrigger[]> {
  if (triggers.length === 0) return [];
  const known = await listActionClasses(trx, [environmentId]);
  const byId = new Map(known.map((one) => [one.id, one]));
  const byName = new Map(known.map((one) => [one.name, one]));
  const resolved = triggers.map(({ actionClass: { id, name = '' }, occurrence }) => {
    const found = id === undefined ? byName.get(name) : byId.get(id);
    if (!found) throw badRequest('Invalid trigger id');
    return { actionClassId: found.id, occurrence: occurrence ?? null };
  });
  if (new Set(resolved.map(({ actionClassId }) => actionClassId)).size < resolved.length) {
    throw badRequest('Duplicate trigger id');
  }
  return resolved;
}

function withTriggers(
  current: Body,
  triggers: readonly SurveyTrigger[],
  actionClasses: readonly ActionClassRecord[],
): Body {
  // A deleted action class has no trigger any more; merging its trigger would fail the check.
  const known = new Set(actionClasses.map(({ id }) => id));
  const kept = triggers.filter(({ actionClassId }) => known.has(actionClassId));
  return {
    ...current,
    triggers: kept.map(({ actionClassId, occurrence }) => ({
      actionClass: { id: actionClassId },
      occurrence,
    })),
  };
}
