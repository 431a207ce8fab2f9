import type { Kysely } from 'kysely';
import type { ServerContext } from '../context/context.ts';
import { bumpRevision } from '../repo/environments.ts';
import { newId } from '../repo/new-id.ts';
import { countFinished, countVerifiedPeople, type ResponseRecord } from '../repo/responses.ts';
import type { Schema } from '../repo/schema.ts';
import { completeSurvey, lockSurvey, type SurveyRecord } from '../repo/surveys.ts';
import { type DeliveryRecord, insertDeliveries } from '../repo/webhook-deliveries.ts';
import { listLiveWebhooks, type WebhookEvent, type WebhookRecord } from '../repo/webhooks.ts';
import { useFiles } from './stored-files.ts';

/** A write of a response. */
export interface ResponseEvent {
  readonly kind: 'created' | 'updated';
  readonly response: ResponseRecord;
  readonly wasFinished: boolean;
  readonly survey: SurveyRecord;
  readonly now: number;
}

/** Side effects of a write, to be run once its transaction is durable. */
export interface SideEffects {
  readonly isQueued: boolean;
  readonly isSurveyClosed: boolean;
}

/** No side effects. */
export const NO_SIDE_EFFECTS: SideEffects = { isQueued: false, isSurveyClosed: false };

/**
 * Writes the consequences of a response in the transaction that stores it: one delivery per event and webhook
 * (management-api.md 11.3), the completion of a survey that has reached its `autoComplete` number, and which files are in
 * use.
 */
export async function recordResponse(trx: Kysely<Schema>, event: ResponseEvent): Promise<SideEffects> {
  const { response, survey, wasFinished } = event;
  await useFiles(trx, event);
  const hooks = await listLiveWebhooks(trx, response.environmentId);
  const wanted = eventsOf(event).flatMap((name) =>
    hooks.filter((hook) => isWanted(hook, name, survey.id)).map((hook) => ({ name, hook })),
  );
  const records = wanted.map(({ name, hook }) => toDelivery(event, name, hook));
  await insertDeliveries(trx, records);
  const isSurveyClosed = response.finished && !wasFinished && (await closeWhenComplete(trx, event));
  return { isQueued: wanted.length > 0, isSurveyClosed };
}

/** Runs the side effects once the response is durable: invalidates the cache, starts the webhook worker. */
export function runSideEffects(
  { cache, onQueued }: ServerContext,
  environmentId: string,
  { isQueued, isSurveyClosed }: SideEffects,
): void {
  if (isSurveyClosed) cache.forget(environmentId);
  if (isQueued) onQueued();
}

/** Lists the events of a write. As in the original, each edit of a finished response is `responseFinished` again. */
function eventsOf({ kind, response }: ResponseEvent): readonly WebhookEvent[] {
  const first = kind === 'created' ? 'responseCreated' : 'responseUpdated';
  return response.finished ? [first, 'responseFinished'] : [first];
}

function isWanted({ triggers, surveyIds }: WebhookRecord, name: WebhookEvent, surveyId: string): boolean {
  return triggers.includes(name) && (surveyIds.length === 0 || surveyIds.includes(surveyId));
}

function toDelivery(
  { response, survey, now }: ResponseEvent,
  name: WebhookEvent,
  hook: WebhookRecord,
): DeliveryRecord {
  return {
    id: newId(now),
    environmentId: hook.environmentId,
    webhookId: hook.id,
    event: name,
    surveyId: survey.id,
    responseId: response.id,
    contactId: response.contactId,
    status: 'pending',
    attempts: 0,
    nextAt: now,
    createdAt: now,
    lastAt: null,
    lastStatus: null,
    lastProblem: null,
  };
}

/** Completes a survey at its limit. The lock serialises concurrent finishers: of two last responses one completes it. */
async function closeWhenComplete(
  trx: Kysely<Schema>,
  { response, survey, now }: ResponseEvent,
): Promise<boolean> {
  const { autoComplete, autoCompleteCounts } = survey.document;
  if (typeof autoComplete !== 'number') return false;
  const countsPeople = autoCompleteCounts === 'verified';
  // Made-up answers end nothing, and cost neither the lock nor the count.
  if (countsPeople && !response.isVerified) return false;
  const present = await lockSurvey(trx, survey.id);
  if (present?.status !== 'inProgress' && present?.status !== 'paused') return false;
  const count = await (countsPeople ? countVerifiedPeople : countFinished)(trx, survey.id);
  if (count < autoComplete) return false;
  await completeSurvey(trx, present, now);
  await bumpRevision(trx, survey.environmentId);
  return true;
}
