import { type Kysely, sql } from 'kysely';
import type { Answers } from '../../src/core/survey/document.ts';
import type { WireResponseMeta } from '../../src/wire/management-reply.ts';
import { compileOnce, isPostgres } from './compiled-query.ts';
import type { ResponseTable, Schema } from './schema.ts';

/** Where a response came from; stored as it is sent. */
export type ResponseMeta = WireResponseMeta;

/** One visitor's answers to one survey. */
export interface ResponseRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly surveyId: string;
  readonly displayId: string | null;
  readonly contactId: string | null;
  /** Whether it came with proof that it is this contact's. */
  readonly isVerified: boolean;
  readonly singleUseId: string | null;
  readonly language: string | null;
  readonly endingId: string | null;
  readonly finished: boolean;
  /** Sequence number of the last request that changed it, for a client-made id. */
  readonly seq: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly data: Answers;
  readonly variables: Readonly<Record<string, string | number>>;
  /** Milliseconds by element id; `_total` once finished. */
  readonly ttc: Readonly<Record<string, number>>;
  readonly meta: ResponseMeta;
  readonly contactAttributes: Readonly<Record<string, string>> | null;
}

/** A response with the user id of its contact. */
export interface ListedResponse extends ResponseRecord {
  readonly userId: string | null;
}

type Row = Readonly<ResponseTable>;

const insertOne = compileOnce<Row, { id: string }>((db, value) =>
  db
    .insertInto('response')
    .values({
      id: value('id'),
      environment_id: value('environment_id'),
      survey_id: value('survey_id'),
      display_id: value('display_id'),
      contact_id: value('contact_id'),
      single_use_id: value('single_use_id'),
      language: value('language'),
      ending_id: value('ending_id'),
      finished: value('finished'),
      seq: value('seq'),
      created_at: value('created_at'),
      updated_at: value('updated_at'),
      data: value('data'),
      variables: value('variables'),
      ttc: value('ttc'),
      meta: value('meta'),
      contact_attributes: value('contact_attributes'),
      is_verified: value('is_verified'),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id'),
);

const selectOne = compileOnce<{ id: string }, ResponseTable>((db, value) =>
  db.selectFrom('response').selectAll().where('id', '=', value('id')),
);

const selectForChange = compileOnce<{ id: string }, ResponseTable>((db, value) => {
  const query = db.selectFrom('response').selectAll().where('id', '=', value('id'));
  // SQLite has one writer at a time anyway.
  return isPostgres(db) ? query.forUpdate() : query;
});

const updateOne = compileOnce<Row, unknown>((db, value) =>
  db
    .updateTable('response')
    .set({
      language: value('language'),
      ending_id: value('ending_id'),
      finished: value('finished'),
      seq: value('seq'),
      updated_at: value('updated_at'),
      data: value('data'),
      variables: value('variables'),
      ttc: value('ttc'),
    })
    .where('id', '=', value('id')),
);

/** Stores a response unless its id, its display or its single-use id is taken. Returns whether it was stored. */
export async function insertResponse(trx: Kysely<Schema>, response: ResponseRecord): Promise<boolean> {
  return (await insertOne(trx, toRow(response))).length > 0;
}

/** Finds a response by id, in any environment. */
export async function findResponse(db: Kysely<Schema>, id: string): Promise<ResponseRecord | undefined> {
  const [row] = await selectOne(db, { id });
  return row && fromRow(row);
}

/** Finds a response and locks it until the transaction ends. */
export async function lockResponse(trx: Kysely<Schema>, id: string): Promise<ResponseRecord | undefined> {
  const [row] = await selectForChange(trx, { id });
  return row && fromRow(row);
}

/** Updates the fields that a merge may change; all others are fixed at creation. */
export async function updateResponse(trx: Kysely<Schema>, response: ResponseRecord): Promise<void> {
  await updateOne(trx, toRow(response));
}

/** Links a response to its display; the caller has locked both. */
export async function linkDisplay(trx: Kysely<Schema>, id: string, displayId: string): Promise<void> {
  await trx.updateTable('response').set({ display_id: displayId }).where('id', '=', id).execute();
}

/** Deletes responses by id, a few hundred at most. */
export async function deleteResponses(trx: Kysely<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.deleteFrom('response').where('id', 'in', ids).execute();
}

/** Filter of a list of responses. */
export interface ResponseFilter {
  readonly environmentIds: readonly string[];
  /** One survey, of one of these environments. */
  readonly surveyId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly finished?: boolean | undefined;
  /** Epoch ms, exclusive. */
  readonly createdAfter?: number | undefined;
  /** Epoch ms, exclusive. */
  readonly createdBefore?: number | undefined;
}

/** Position in a list: the page starts after this response. */
export interface ResponseCursor {
  readonly createdAt: number;
  readonly id: string;
}

/**
 * Responses, newest first. The page is found in an index and only its rows are read: a late page costs little more
 * than the first.
 */
export async function listResponses(
  db: Kysely<Schema>,
  filter: ResponseFilter,
  {
    limit,
    offset,
    behind,
  }: {
    readonly limit?: number | undefined;
    readonly offset?: number | undefined;
    readonly behind?: ResponseCursor | undefined;
  } = {},
): Promise<readonly ListedResponse[]> {
  const { environmentIds, surveyId, contactId, finished, createdAfter, createdBefore } = filter;
  let page = db.selectFrom('response').select('response.id as page_id');
  // A survey is in one environment: a condition on that, too, would have to read the rows themselves.
  if (surveyId === undefined) page = page.where('environment_id', 'in', environmentIds);
  else page = page.where('survey_id', '=', surveyId);
  if (contactId !== undefined) {
    page = page.where('contact_id', '=', contactId).where('environment_id', 'in', environmentIds);
  }
  if (finished !== undefined) page = page.where('finished', '=', finished ? 1 : 0);
  if (createdAfter !== undefined) page = page.where('created_at', '>', createdAfter);
  if (createdBefore !== undefined) page = page.where('created_at', '<', createdBefore);
  if (behind) {
    const { createdAt, id } = behind;
    page = page.where(sql<boolean>`(created_at, id) < (${createdAt}, ${id})`);
  }
  const ids = page
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit ?? Number.MAX_SAFE_INTEGER)
    .offset(offset ?? 0);
  const rows = await selectListed(db)
    .innerJoin(ids.as('page'), 'page.page_id', 'response.id')
    .orderBy('response.created_at', 'desc')
    .orderBy('response.id', 'desc')
    .execute();
  return rows.map((row) => ({ ...fromRow(row), userId: row.user_id }));
}

/** Every response of a contact, newest first. */
export async function listResponsesOfContact(
  db: Kysely<Schema>,
  contactId: string,
): Promise<readonly ListedResponse[]> {
  const rows = await selectListed(db)
    .where('contact_id', '=', contactId)
    .orderBy('response.created_at', 'desc')
    .orderBy('response.id', 'desc')
    .execute();
  return rows.map((row) => ({ ...fromRow(row), userId: row.user_id }));
}

/** Responses to a survey from before an instant, oldest first. */
export async function listOldResponses(
  db: Kysely<Schema>,
  surveyId: string,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<readonly ResponseRecord[]> {
  const rows = await db
    .selectFrom('response')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map(fromRow);
}

/** Number of finished responses to a survey. */
export async function countFinished(db: Kysely<Schema>, surveyId: string): Promise<number> {
  const { count } = await db
    .selectFrom('response')
    .select((eb) => eb.fn.countAll<number | string | bigint>().as('count'))
    .where('survey_id', '=', surveyId)
    .where('finished', '=', 1)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Number of verified people who have finished a survey. */
export async function countVerifiedPeople(db: Kysely<Schema>, surveyId: string): Promise<number> {
  const { count } = await db
    .selectFrom('response')
    .select((eb) => eb.fn.count<number | string | bigint>('contact_id').distinct().as('count'))
    .where('survey_id', '=', surveyId)
    // As the partial index says it: SQLite would not use it for parameters.
    .where(sql<boolean>`is_verified = 1 and finished = 1`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** One response as lists show it. */
export async function findListedResponse(
  db: Kysely<Schema>,
  id: string,
): Promise<ListedResponse | undefined> {
  const row = await selectListed(db).where('response.id', '=', id).executeTakeFirst();
  return row && { ...fromRow(row), userId: row.user_id };
}

function selectListed(db: Kysely<Schema>) {
  return db
    .selectFrom('response')
    .leftJoin('contact', 'contact.id', 'response.contact_id')
    .selectAll('response')
    .select('contact.user_id');
}

function fromRow(row: ResponseTable): ResponseRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    surveyId: row.survey_id,
    displayId: row.display_id,
    contactId: row.contact_id,
    isVerified: row.is_verified === 1,
    singleUseId: row.single_use_id,
    language: row.language,
    endingId: row.ending_id,
    finished: row.finished === 1,
    seq: row.seq,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    data: readData(row),
    variables: JSON.parse(row.variables) as Record<string, string | number>,
    ttc: JSON.parse(row.ttc) as Record<string, number>,
    meta: JSON.parse(row.meta) as ResponseMeta,
    contactAttributes:
      row.contact_attributes === null ? null : (JSON.parse(row.contact_attributes) as Record<string, string>),
  };
}

/**
 * Reads answers with files as paths. Up to version 0.1 they were stored as the client wrote them: below an address that the
 * server was reached under then, or that a visitor made up.
 */
function readData({ data, environment_id, survey_id }: ResponseTable): Answers {
  const answers = JSON.parse(data) as Answers;
  const place = `/storage/${environment_id}/private/surveys/${survey_id}/elements/`;
  if (!data.includes(place)) return answers;
  const toPath = (item: string): string =>
    /^https?:/i.test(item) && item.includes(place) ? item.slice(item.indexOf(place)) : item;
  return Object.fromEntries(
    Object.entries(answers).map(([id, answer]) => [id, Array.isArray(answer) ? answer.map(toPath) : answer]),
  );
}

function toRow(response: ResponseRecord): ResponseTable {
  return {
    id: response.id,
    environment_id: response.environmentId,
    survey_id: response.surveyId,
    display_id: response.displayId,
    contact_id: response.contactId,
    single_use_id: response.singleUseId,
    language: response.language,
    ending_id: response.endingId,
    finished: response.finished ? 1 : 0,
    seq: response.seq,
    created_at: response.createdAt,
    updated_at: response.updatedAt,
    data: JSON.stringify(response.data),
    variables: JSON.stringify(response.variables),
    ttc: JSON.stringify(response.ttc),
    meta: JSON.stringify(response.meta),
    contact_attributes:
      response.contactAttributes === null ? null : JSON.stringify(response.contactAttributes),
    is_verified: response.isVerified ? 1 : 0,
  };
}
