import type { Kysely } from 'kysely';
import { blocksOf } from '../../src/core/survey/convert.ts';
import type { Block, Ending, LegacyQuestion } from '../../src/core/survey/document.ts';
import type { WireManagedSurvey, WireSurveyLanguage } from '../../src/wire/management-reply.ts';
import { listActionClasses } from '../repo/action-classes.ts';
import { type LanguageRecord, listLanguages } from '../repo/languages.ts';
import type { Schema } from '../repo/schema.ts';
import { findSegments } from '../repo/segments.ts';
import { listSurveysOfSegments, type SurveyRecord } from '../repo/surveys.ts';
import { toWireActionClass } from './action-class-wire.ts';
import { deriveQuestions } from './derive-questions.ts';
import { toWireSegment } from './segment-wire.ts';
import { toInstant } from './wire.ts';

interface StoredLanguage {
  readonly languageId: string;
  readonly default: boolean;
  readonly enabled: boolean;
}

/** Converts surveys to their form in the management API (management-api.md 9.1); related rows are read once for all. */
export async function toWireSurveys(
  db: Kysely<Schema>,
  surveys: readonly SurveyRecord[],
): Promise<readonly WireManagedSurvey[]> {
  if (surveys.length === 0) return [];
  const environmentIds = [...new Set(surveys.map(({ environmentId }) => environmentId))];
  const segmentIds = surveys.flatMap(({ segmentId }) => (segmentId === null ? [] : [segmentId]));
  const [actionClasses, languages, segments, users] = await Promise.all([
    listActionClasses(db, environmentIds),
    listLanguages(db, environmentIds),
    findSegments(db, segmentIds),
    listSurveysOfSegments(db, segmentIds),
  ]);
  const actionClassById = new Map(actionClasses.map((record) => [record.id, toWireActionClass(record)]));
  const segmentById = new Map(segments.map((segment) => [segment.id, segment]));

  return surveys.map((survey) => {
    const segment = survey.segmentId === null ? undefined : segmentById.get(survey.segmentId);
    return {
      ...toPlainSurvey(survey, languages),
      triggers: survey.triggers.map(({ actionClassId, occurrence }) => ({
        actionClass: actionClassById.get(actionClassId),
        ...(occurrence === null ? {} : { occurrence }),
      })),
      segment: segment ? toWireSegment(segment, users.get(segment.id)) : null,
    };
  });
}

/** Converts a stored survey to the input of its schema, for merging a partial update into it. Triggers are left out. */
export async function toSurveyInput(
  db: Kysely<Schema>,
  survey: SurveyRecord,
): Promise<Readonly<Record<string, unknown>>> {
  const { name, type, status, document } = survey;
  const languages = toWireLanguages(survey, await listLanguages(db, [survey.environmentId]));
  return { name, type, status, ...document, languages };
}

function toPlainSurvey(
  survey: SurveyRecord,
  languages: readonly LanguageRecord[],
): Omit<WireManagedSurvey, 'triggers' | 'segment'> {
  const { id, environmentId, name, type, status } = survey;
  const { formerKeys: _formerKeys, ...document } = survey.document;
  const overwrites = document.workspaceOverwrites ?? null;
  const questions = (document.questions ?? []) as readonly LegacyQuestion[];
  const blocks = (document.blocks ?? []) as readonly Block[];
  return {
    // First, as the most useful field for a reader of the JSON.
    id,
    ...document,
    createdAt: toInstant(survey.createdAt),
    updatedAt: toInstant(survey.updatedAt),
    name,
    type,
    status,
    workspaceId: environmentId,
    environmentId,
    createdBy: null,
    questions: questions.length > 0 ? questions : deriveQuestions(blocks),
    blocks: blocksOf({ blocks, questions, endings: (document.endings ?? []) as readonly Ending[] }),
    publishOn: (document.publishOn ?? null) as string | null,
    closeOn: (document.closeOn ?? null) as string | null,
    archivedAt: null,
    redirectUrl: null,
    customHeadScripts: null,
    customHeadScriptsMode: 'add',
    followUps: [],
    workspaceOverwrites: overwrites,
    projectOverwrites: overwrites,
    languages: toWireLanguages(survey, languages),
  };
}

function toWireLanguages(
  survey: SurveyRecord,
  languages: readonly LanguageRecord[],
): readonly WireSurveyLanguage[] {
  const stored = (survey.document.languages ?? []) as readonly StoredLanguage[];
  return stored.flatMap(({ languageId, ...flags }) => {
    const language = languages.find(({ id }) => id === languageId);
    if (!language) return [];
    const { id, code, alias, createdAt, updatedAt, environmentId } = language;
    const stamps = { createdAt: toInstant(createdAt), updatedAt: toInstant(updatedAt) };
    return [{ ...flags, language: { id, code, alias, ...stamps, workspaceId: environmentId } }];
  });
}
