import type { Kysely } from 'kysely';
import { isPostgres } from './compiled-query.ts';
import type { ListPage } from './list-page.ts';
import type { Schema, SurveyTable } from './schema.ts';

/** A trigger of a survey; with `occurrence` n it fires at the n-th occurrence of the action. */
export interface SurveyTrigger {
  readonly actionClassId: string;
  readonly occurrence: number | null;
}

/** A survey as stored: fields that queries need, everything else in `document`. */
export interface SurveyRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly segmentId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly triggers: readonly SurveyTrigger[];
}

/** Surveys of these environments, last changed first. */
export async function listSurveys(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  { limit, offset }: ListPage = {},
): Promise<readonly SurveyRecord[]> {
  const rows = await db
    .selectFrom('survey')
    .selectAll()
    .where('environment_id', 'in', environmentIds)
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit ?? Number.MAX_SAFE_INTEGER)
    .offset(offset ?? 0)
    .execute();
  return withTriggers(db, rows);
}

/** Finds a survey by id, in any environment: the caller checks whether its user may see it. */
export async function findSurvey(db: Kysely<Schema>, id: string): Promise<SurveyRecord | undefined> {
  const rows = await db.selectFrom('survey').selectAll().where('id', '=', id).execute();
  return (await withTriggers(db, rows))[0];
}

/** Whether the environment has any survey. */
export async function hasSurveys(db: Kysely<Schema>, environmentId: string): Promise<boolean> {
  const row = await db
    .selectFrom('survey')
    .select('id')
    .where('environment_id', '=', environmentId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Stores a new survey with its triggers. */
export async function insertSurvey(trx: Kysely<Schema>, record: SurveyRecord): Promise<void> {
  await trx.insertInto('survey').values(toRow(record)).execute();
  await insertTriggers(trx, record);
}

/** Replaces a survey and its triggers. */
export async function updateSurvey(trx: Kysely<Schema>, record: SurveyRecord): Promise<void> {
  const { id, created_at: _createdAt, environment_id: _environmentId, ...columns } = toRow(record);
  await trx.updateTable('survey').set(columns).where('id', '=', id).execute();
  await trx.deleteFrom('survey_trigger').where('survey_id', '=', id).execute();
  await insertTriggers(trx, record);
}

/** Deletes a survey with its responses, displays and triggers. */
export async function deleteSurvey(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('survey').where('id', '=', id).execute();
}

/** Finds a survey and locks it until the transaction ends; responses may still be stored. */
export async function lockSurvey(trx: Kysely<Schema>, id: string): Promise<SurveyRecord | undefined> {
  const query = trx.selectFrom('survey').selectAll().where('id', '=', id);
  // SQLite has one writer at a time anyway.
  const rows = await (isPostgres(trx) ? query.forNoKeyUpdate() : query).execute();
  return (await withTriggers(trx, rows))[0];
}

/** Completes a survey and clears its schedule. */
export async function completeSurvey(trx: Kysely<Schema>, survey: SurveyRecord, now: number): Promise<void> {
  const document = { ...survey.document, publishOn: null, closeOn: null };
  await changeStatus(trx, { ...survey, document, status: 'completed', updatedAt: now });
}

/** Writes status and schedule of a survey; its triggers stay. */
export async function changeStatus(trx: Kysely<Schema>, survey: SurveyRecord): Promise<void> {
  const { status, document, updated_at, next_change_at } = toRow(survey);
  await trx
    .updateTable('survey')
    .set({ status, document, updated_at, next_change_at })
    .where('id', '=', survey.id)
    .execute();
}

/** Surveys whose scheduled change is due. */
export async function listDueSurveys(db: Kysely<Schema>, now: number): Promise<readonly SurveyRecord[]> {
  const rows = await db.selectFrom('survey').selectAll().where('next_change_at', '<=', now).execute();
  return withTriggers(db, rows);
}

/** Surveys whose responses are kept for a limited number of days. */
export async function listSurveysWithRetention(
  db: Kysely<Schema>,
): Promise<readonly { readonly id: string; readonly days: number }[]> {
  const rows = await db
    .selectFrom('survey')
    .select(['id', 'retention_days'])
    .where('retention_days', 'is not', null)
    .execute();
  return rows.map(({ id, retention_days }) => ({ id, days: retention_days ?? 0 }));
}

/** Surveys that use these segments, by segment id. */
export async function listSurveysOfSegments(
  db: Kysely<Schema>,
  segmentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  if (segmentIds.length === 0) return found;
  const rows = await db
    .selectFrom('survey')
    .select(['id', 'segment_id'])
    .where('segment_id', 'in', segmentIds)
    .execute();
  for (const { id, segment_id } of rows) {
    if (segment_id !== null) found.set(segment_id, [...(found.get(segment_id) ?? []), id]);
  }
  return found;
}

async function insertTriggers(trx: Kysely<Schema>, { id, triggers }: SurveyRecord): Promise<void> {
  if (triggers.length === 0) return;
  const rows = triggers.map(({ actionClassId, occurrence }, position) => ({
    survey_id: id,
    action_class_id: actionClassId,
    position,
    occurrence,
  }));
  await trx.insertInto('survey_trigger').values(rows).execute();
}

async function withTriggers(
  db: Kysely<Schema>,
  rows: readonly SurveyTable[],
): Promise<readonly SurveyRecord[]> {
  if (rows.length === 0) return [];
  const environmentIds = [...new Set(rows.map((row) => row.environment_id))];
  // By environment and not by survey id: a list of any length stays one statement with few parameters.
  const links = await db
    .selectFrom('survey_trigger')
    .innerJoin('survey', 'survey.id', 'survey_trigger.survey_id')
    .select(['survey_id', 'action_class_id', 'occurrence'])
    .where('survey.environment_id', 'in', environmentIds)
    .orderBy('position')
    .execute();
  const bySurvey = new Map<string, SurveyTrigger[]>();
  for (const link of links) {
    const triggers = bySurvey.get(link.survey_id) ?? [];
    triggers.push({ actionClassId: link.action_class_id, occurrence: link.occurrence });
    bySurvey.set(link.survey_id, triggers);
  }
  return rows.map((row) => fromRow(row, bySurvey.get(row.id) ?? []));
}

function fromRow(row: SurveyTable, triggers: readonly SurveyTrigger[]): SurveyRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    segmentId: row.segment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    name: row.name,
    type: row.type,
    status: row.status,
    document: JSON.parse(row.document) as Record<string, unknown>,
    triggers,
  };
}

function toRow(record: SurveyRecord): SurveyTable {
  return {
    id: record.id,
    environment_id: record.environmentId,
    segment_id: record.segmentId,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    name: record.name,
    type: record.type,
    status: record.status,
    document: JSON.stringify(record.document),
    next_change_at: nextChangeOf(record),
    retention_days: typeof record.document.retentionDays === 'number' ? record.document.retentionDays : null,
  };
}

/** When the schedule next changes the status: a paused survey opens at `publishOn`, an open one ends at `closeOn`. */
function nextChangeOf({ status, document }: SurveyRecord): number | null {
  const next = { paused: document.publishOn, inProgress: document.closeOn }[status];
  return typeof next === 'string' ? Date.parse(next) : null;
}
