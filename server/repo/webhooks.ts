import type { Kysely } from 'kysely';
import { compileOnce } from './compiled-query.ts';
import { type ListPage, listOldestFirst } from './list-page.ts';
import type { Schema, WebhookTable } from './schema.ts';

/** Events that a webhook can receive. */
export const WEBHOOK_EVENTS = ['responseCreated', 'responseUpdated', 'responseFinished'] as const;
/** One of them. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** A receiver of response events (management-api.md 11). */
export interface WebhookRecord {
  readonly id: string;
  readonly environmentId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly name: string | null;
  readonly url: string;
  readonly source: string;
  readonly triggers: readonly WebhookEvent[];
  /** Empty for all surveys. */
  readonly surveyIds: readonly string[];
  /** `whsec_` and base64. */
  readonly secret: string;
  /** When the receiver answered 410 Gone; nothing is sent from then on. */
  readonly disabledAt: number | null;
}

const selectLive = compileOnce<{ environmentId: string }, WebhookTable>((db, value) =>
  db
    .selectFrom('webhook')
    .selectAll()
    .where('environment_id', '=', value('environmentId'))
    .where('disabled_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id'),
);

/** The webhooks of an environment that aren't disabled. */
export async function listLiveWebhooks(
  db: Kysely<Schema>,
  environmentId: string,
): Promise<readonly WebhookRecord[]> {
  return (await selectLive(db, { environmentId })).map(fromRow);
}

/** The webhooks of these environments, oldest first. */
export async function listWebhooks(
  db: Kysely<Schema>,
  environmentIds: readonly string[],
  page: ListPage = {},
): Promise<readonly WebhookRecord[]> {
  return (await listOldestFirst(db, 'webhook', environmentIds, page)).map(fromRow);
}

/** Finds a webhook by id, in any environment. */
export async function findWebhook(db: Kysely<Schema>, id: string): Promise<WebhookRecord | undefined> {
  const row = await db.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** Stores a new webhook. */
export async function insertWebhook(trx: Kysely<Schema>, record: WebhookRecord): Promise<void> {
  await trx
    .insertInto('webhook')
    .values({
      id: record.id,
      environment_id: record.environmentId,
      created_at: record.createdAt,
      updated_at: record.updatedAt,
      name: record.name,
      url: record.url,
      source: record.source,
      triggers: JSON.stringify(record.triggers),
      survey_ids: JSON.stringify(record.surveyIds),
      secret: record.secret,
      disabled_at: record.disabledAt,
    })
    .execute();
}

/** Disables a webhook, or with null enables it. */
export async function setWebhookDisabled(
  trx: Kysely<Schema>,
  id: string,
  disabledAt: number | null,
): Promise<void> {
  await trx.updateTable('webhook').set({ disabled_at: disabledAt }).where('id', '=', id).execute();
}

/** Deletes a webhook with its deliveries. */
export async function deleteWebhook(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('webhook').where('id', '=', id).execute();
}

function fromRow(row: WebhookTable): WebhookRecord {
  return {
    id: row.id,
    environmentId: row.environment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    name: row.name,
    url: row.url,
    source: row.source,
    triggers: JSON.parse(row.triggers) as WebhookEvent[],
    surveyIds: JSON.parse(row.survey_ids) as string[],
    secret: row.secret,
    disabledAt: row.disabled_at,
  };
}
