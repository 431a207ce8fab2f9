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

/** A response was written. */
export interface ResponseEvent {
  readonly kind: 'created' | 'updated';
  readonly response: ResponseRecord;
  readonly wasFinished: boolean;
  readonly survey: SurveyRecord;
  /** Where receivers find files: addresses in answers are made absolute with it. */
  readonly origin: string;
  readonly now: number;
}

/** What has to be done once the transaction is durable. */
export interface SideEffects {
  readonly isQueued: boolean;
  readonly isSurveyClosed: boolean;
}

/** Nothing has to be done. */
export const NO_SIDE_EFFECTS: SideEffects = { isQueued: false, isSurveyClosed: false };

/**
 * Writes what follows from a response into the transaction that stores it: one delivery per event and webhook
 * (management-api.md 11.3), and the end of a survey that has all the answers it wants.
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

/** Does what is due once the response is durable. */
export function runSideEffects(
  { cache, onQueued }: ServerContext,
  environmentId: string,
  { isQueued, isSurveyClosed }: SideEffects,
): void {
  if (isSurveyClosed) cache.forget(environmentId);
  if (isQueued) onQueued();
}

/** A finished response is told again at each edit, like in the original. */
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

/** Whoever finishes meanwhile waits for this transaction: of two last answers one closes the survey. */
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
