import type { WireResponse } from '../../src/wire/management-reply.ts';
import type { ListedResponse } from '../repo/responses.ts';
import { toStamps } from './wire.ts';

/** Converts a response to its form in the management API (management-api.md 10.1). */
export function toWireResponse(response: ListedResponse): WireResponse {
  const { id, createdAt, updatedAt, surveyId, displayId, contactId, userId, contactAttributes } = response;
  const { finished, endingId, data, variables, ttc, meta, singleUseId, language } = response;
  return {
    ...toStamps({ id, createdAt, updatedAt }),
    surveyId,
    displayId,
    contact: contactId === null ? null : { id: contactId, ...(userId === null ? {} : { userId }) },
    contactAttributes,
    finished,
    endingId,
    data,
    variables,
    ttc,
    tags: [],
    meta,
    singleUseId,
    language,
  };
}
