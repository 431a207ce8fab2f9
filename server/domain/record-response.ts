import type { Kysely } from 'kysely';
import type { ServerContext } from '../context/context.ts';
import { toWireResponse } from '../replies/response-wire.ts';
import { toInstant, withAbsoluteUrls } from '../replies/wire.ts';
import { bumpRevision } from '../repo/environments.ts';
import { newId } from '../repo/new-id.ts';
import {
  countFinished,
  findListedResponse,
  type ListedResponse,
  type ResponseRecord,
} from '../repo/responses.ts';
import type { Schema } from '../repo/schema.ts';
import { completeSurvey, lockSurvey, type SurveyRecord } from '../repo/surveys.ts';
import { type DeliveryRecord, insertDeliveries } from '../repo/webhook-deliveries.ts';
import { listLiveWebhooks, type WebhookEvent, type WebhookRecord } from '../repo/webhooks.ts';

/** A write of a response. */
export interface ResponseEvent {
  readonly kind: 'created' | 'updated';
  readonly response: ResponseRecord;
  readonly wasFinished: boolean;
  readonly survey: SurveyRecord;
  /** Origin with which URLs of files in answers are made absolute for receivers. */
  readonly origin: string;
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
 * (management-api.md 11.3), and the completion of a survey that has reached its `autoComplete` number.
 */
export async function recordResponse(trx: Kysely<Schema>, event: ResponseEvent): Promise<SideEffects> {
  const { response, survey, wasFinished, now } = event;
  const hooks = await listLiveWebhooks(trx, response.environmentId);
  const wanted = eventsOf(event).flatMap((name) =>
    hooks.filter((hook) => isWanted(hook, name, survey.id)).map((hook) => ({ name, hook })),
  );
  if (wanted.length > 0) {
    const listed = await findListedResponse(trx, response.id);
    if (listed) {
      const records = wanted.map(({ name, hook }) => toDelivery(event, { name, hook, listed }));
      await insertDeliveries(trx, records);
    }
  }
  const isSurveyClosed = response.finished && !wasFinished && (await closeWhenComplete(trx, survey, now));
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
  { survey, origin, now }: ResponseEvent,
  {
    name,
    hook,
    listed,
  }: { readonly name: WebhookEvent; readonly hook: WebhookRecord; readonly listed: ListedResponse },
): DeliveryRecord {
  const data = {
    ...withAbsoluteUrls(toWireResponse(listed), origin),
    survey: {
      title: survey.name,
      type: survey.type,
      status: survey.status,
      createdAt: toInstant(survey.createdAt),
      updatedAt: toInstant(survey.updatedAt),
    },
  };
  return {
    id: newId(now),
    environmentId: hook.environmentId,
    webhookId: hook.id,
    event: name,
    surveyId: survey.id,
    responseId: listed.id,
    contactId: listed.contactId,
    payload: JSON.stringify({ webhookId: hook.id, event: name, data }),
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
async function closeWhenComplete(trx: Kysely<Schema>, survey: SurveyRecord, now: number): Promise<boolean> {
  const { autoComplete } = survey.document;
  if (typeof autoComplete !== 'number') return false;
  const present = await lockSurvey(trx, survey.id);
  if (present?.status !== 'inProgress' && present?.status !== 'paused') return false;
  if ((await countFinished(trx, survey.id)) < autoComplete) return false;
  await completeSurvey(trx, present, now);
  await bumpRevision(trx, survey.environmentId);
  return true;
}
