import type { ListedResponse } from '../repo/responses.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import type { DeliveryRecord } from '../repo/webhook-deliveries.ts';
import { toWireResponse } from './response-wire.ts';
import { toInstant, withAbsoluteUrls } from './wire.ts';

/**
 * Writes the body of an attempt (management-api.md 11.3): what happened, and the response as it is now. Addresses of
 * files in it begin with `base`.
 */
export function toWebhookBody(
  { webhookId, event }: DeliveryRecord,
  {
    response,
    survey,
    base,
  }: { readonly response: ListedResponse; readonly survey: SurveyRecord; readonly base: string },
): string {
  const data = {
    ...withAbsoluteUrls(toWireResponse(response), base),
    survey: {
      title: survey.name,
      type: survey.type,
      status: survey.status,
      createdAt: toInstant(survey.createdAt),
      updatedAt: toInstant(survey.updatedAt),
    },
  };
  return JSON.stringify({ webhookId, event, data });
}
