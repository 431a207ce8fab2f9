import { anyId, anyList, anyObject, anyText } from '../match.ts';

/** The state of somebody without history, with these members in place of its own. */
export function state(change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    contactId: anyId,
    userId: '{me}',
    segments: anyList,
    displays: [],
    responses: [],
    lastDisplayAt: null,
    ...change,
  };
}

/** A stored response of this survey by nobody, with these members in place of its own. */
export function storedAnswer(change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    id: anyId,
    createdAt: anyText,
    updatedAt: anyText,
    surveyId: '{survey}',
    displayId: null,
    contact: null,
    contactAttributes: null,
    finished: false,
    endingId: null,
    data: {},
    variables: {},
    ttc: {},
    tags: [],
    meta: anyObject,
    singleUseId: null,
    language: null,
    ...change,
  };
}
