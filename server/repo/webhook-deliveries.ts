import { type Kysely, sql } from 'kysely';
import { isPostgres } from './compiled-query.ts';
import type { ListPage } from './list-page.ts';
import type { Schema, WebhookDeliveryTable } from './schema.ts';
import type { WebhookEvent } from './webhooks.ts';

/** `dead`: no more attempts are made, unless a replay is requested. */
export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** One event on its way to one webhook. */
export interface DeliveryRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly webhookId: string;
  readonly event: WebhookEvent;
  readonly surveyId: string;
  readonly responseId: string;
  readonly contactId: string | null;
  readonly status: DeliveryStatus;
  /** Attempts made so far. */
  readonly attempts: number;
  readonly nextAt: number;
  readonly createdAt: number;
  readonly lastAt: number | null;
  /** The status of the last reply; null when there was none. */
  readonly lastStatus: number | null;
  /** Code of the reason why the last attempt failed. */
  readonly lastProblem: string | null;
}

/** Deliveries that are given up, or rows that are deleted, by one statement. */
const SURPLUS = 1_000;

/** Result of an attempt. */
export interface Attempt {
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly nextAt: number;
  readonly at: number;
  readonly replyStatus: number | null;
  readonly problem: string | null;
}

/** Adds deliveries to the queue; they are due at once. */
export async function insertDeliveries(
  trx: Kysely<Schema>,
  records: readonly DeliveryRecord[],
): Promise<void> {
  for (const record of records) await trx.insertInto('webhook_delivery').values(toRow(record)).execute();
}

/** Lists the webhooks for which more than `most` deliveries wait. It reads all that wait: for a job, not for a request. */
export async function listFullQueues(db: Kysely<Schema>, most: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('webhook_delivery')
    .select('webhook_id')
    .where('status', '=', sql.lit('pending'))
    .groupBy('webhook_id')
    .having((eb) => eb.fn.countAll(), '>', most)
    .execute();
  return rows.map((row) => row.webhook_id);
}

/** Marks the oldest pending deliveries of a webhook beyond `most` as dead, some at a time. Returns whether there are more. */
export async function endSurplusDeliveries(
  trx: Kysely<Schema>,
  webhookId: string,
  most: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('webhook_delivery')
    .set({ status: 'dead', leased_until: null, last_problem: 'queue-full' })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('webhook_delivery')
        .select('id')
        .where('webhook_id', '=', webhookId)
        .where('status', '=', sql.lit('pending'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(SURPLUS)
        .offset(most),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows) === SURPLUS;
}

/**
 * Leases deliveries that are due to this process until `leasedUntil`, at most `each` of one webhook and `most` of all:
 * a slow receiver doesn't delay others. Concurrent calls of several processes get different deliveries.
 */
export async function claimDeliveries(
  trx: Kysely<Schema>,
  {
    now,
    leasedUntil,
    each,
    most,
    busy,
  }: {
    readonly now: number;
    readonly leasedUntil: number;
    readonly each: number;
    readonly most: number;
    /** Number of deliveries in progress in this process, by webhook. */
    readonly busy: ReadonlyMap<string, number>;
  },
): Promise<readonly DeliveryRecord[]> {
  const isDue = sql<boolean>`status = 'pending' and next_at <= ${now}
    and (leased_until is null or leased_until <= ${now})`;
  const waiting = await trx
    .selectFrom('webhook')
    .select('id')
    .where('disabled_at', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('webhook_delivery')
          .select('webhook_delivery.id')
          .whereRef('webhook_id', '=', 'webhook.id')
          .where(isDue),
      ),
    )
    .orderBy('id')
    .execute();
  const claimed: DeliveryRecord[] = [];
  for (const { id } of waiting) {
    const room = Math.min(each - (busy.get(id) ?? 0), most - claimed.length);
    if (room <= 0) continue;
    const query = trx
      .selectFrom('webhook_delivery')
      .selectAll()
      .where('webhook_id', '=', id)
      .where(isDue)
      .orderBy('next_at')
      .orderBy('created_at')
      .limit(room);
    // SQLite has one writer at a time anyway.
    const rows = await (isPostgres(trx) ? query.forUpdate().skipLocked() : query).execute();
    claimed.push(...rows.map(fromRow));
  }
  if (claimed.length > 0) {
    await trx
      .updateTable('webhook_delivery')
      .set({ leased_until: leasedUntil })
      .where(
        'id',
        'in',
        claimed.map(({ id }) => id),
      )
      .execute();
  }
  return claimed;
}

/** When the next delivery without a lease is due; undefined when none is pending. */
export async function findNextDue(db: Kysely<Schema>): Promise<number | undefined> {
  const row = await db
    .selectFrom('webhook_delivery')
    .innerJoin('webhook', 'webhook.id', 'webhook_id')
    .select(sql<number | null>`min(coalesce(leased_until, next_at))`.as('at'))
    .where('status', '=', 'pending')
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** Stores the result of an attempt and ends the lease. */
export async function noteAttempt(trx: Kysely<Schema>, attempt: Attempt): Promise<void> {
  const { id, status, nextAt, at, replyStatus, problem } = attempt;
  await trx
    .updateTable('webhook_delivery')
    .set((eb) => ({
      status,
      attempts: eb('attempts', '+', 1),
      next_at: nextAt,
      leased_until: null,
      last_at: at,
      last_status: replyStatus,
      last_problem: problem,
    }))
    .where('id', '=', id)
    .execute();
}

/** Marks the pending deliveries of a webhook whose receiver is gone as dead. */
export async function endDeliveries(trx: Kysely<Schema>, webhookId: string, problem: string): Promise<void> {
  await trx
    .updateTable('webhook_delivery')
    .set({ status: 'dead', leased_until: null, last_problem: problem })
    .where('webhook_id', '=', webhookId)
    .where('status', '=', 'pending')
    .execute();
}

/**
 * Makes a delivery due at once, with its attempts counted anew. Returns false for one that was delivered or doesn't
 * exist.
 */
export async function requeueDelivery(trx: Kysely<Schema>, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('webhook_delivery')
    .set({ status: 'pending', attempts: 0, next_at: now, leased_until: null })
    .where('id', '=', id)
    .where('status', '<>', 'delivered')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The deliveries of a webhook, newest first. */
export async function listDeliveries(
  db: Kysely<Schema>,
  webhookId: string,
  { limit, offset, status }: ListPage & { readonly status?: DeliveryStatus | undefined } = {},
): Promise<readonly DeliveryRecord[]> {
  const query = db.selectFrom('webhook_delivery').selectAll().where('webhook_id', '=', webhookId);
  const rows = await (status === undefined ? query : query.where('status', '=', status))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit ?? Number.MAX_SAFE_INTEGER)
    .offset(offset ?? 0)
    .execute();
  return rows.map(fromRow);
}

/** Finds a delivery by id, of any webhook. */
export async function findDelivery(db: Kysely<Schema>, id: string): Promise<DeliveryRecord | undefined> {
  const row = await db.selectFrom('webhook_delivery').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** Deletes deliveries about these responses, this contact, or this survey. */
export async function deleteDeliveriesOf(
  trx: Kysely<Schema>,
  {
    contactId,
    surveyId,
    responseIds,
  }: {
    readonly contactId?: string;
    readonly surveyId?: string;
    readonly responseIds: readonly string[];
  },
): Promise<void> {
  if (surveyId !== undefined) {
    await trx.deleteFrom('webhook_delivery').where('survey_id', '=', surveyId).execute();
  }
  if (contactId !== undefined) {
    await trx.deleteFrom('webhook_delivery').where('contact_id', '=', contactId).execute();
  }
  for (let start = 0; start < responseIds.length; start += 500) {
    const some = responseIds.slice(start, start + 500);
    await trx.deleteFrom('webhook_delivery').where('response_id', 'in', some).execute();
  }
}

/** Deletes deliveries that were delivered or dead before this instant: the list is kept for a limited time. */
export async function deleteOldDeliveries(trx: Kysely<Schema>, before: number): Promise<void> {
  await trx
    .deleteFrom('webhook_delivery')
    .where('status', '<>', 'pending')
    // Some were marked dead before a first attempt, because their receiver was gone.
    .where((eb) =>
      eb.or([eb('last_at', '<', before), eb.and([eb('last_at', 'is', null), eb('created_at', '<', before)])]),
    )
    .execute();
}

/** Deletes the oldest delivered and dead deliveries of each webhook beyond `most`. */
export async function deleteSurplusDeliveries(trx: Kysely<Schema>, most: number): Promise<void> {
  const webhooks = await trx.selectFrom('webhook').select('id').execute();
  for (const { id } of webhooks) {
    await trx
      .deleteFrom('webhook_delivery')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('webhook_delivery')
          .select('id')
          .where('webhook_id', '=', id)
          .where('status', '<>', 'pending')
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(Number.MAX_SAFE_INTEGER)
          .offset(most),
      )
      .execute();
  }
}

function fromRow(row: WebhookDeliveryTable): DeliveryRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    webhookId: row.webhook_id,
    event: row.event as WebhookEvent,
    surveyId: row.survey_id,
    responseId: row.response_id,
    contactId: row.contact_id,
    status: row.status as DeliveryStatus,
    attempts: row.attempts,
    nextAt: row.next_at,
    createdAt: row.created_at,
    lastAt: row.last_at,
    lastStatus: row.last_status,
    lastProblem: row.last_problem,
  };
}

function toRow(record: DeliveryRecord): WebhookDeliveryTable {
  return {
    id: record.id,
    environment_id: record.environmentId,
    webhook_id: record.webhookId,
    event: record.event,
    survey_id: record.surveyId,
    response_id: record.responseId,
    contact_id: record.contactId,
    status: record.status,
    attempts: record.attempts,
    next_at: record.nextAt,
    leased_until: null,
    created_at: record.createdAt,
    last_at: record.lastAt,
    last_status: record.lastStatus,
    last_problem: record.lastProblem,
  };
}
