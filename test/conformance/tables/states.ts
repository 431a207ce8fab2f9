import { anyId, anyList, anyObject, anyText } from '../match.ts';

/** The state of a person without history; `change` replaces members. */
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

/** A stored anonymous response to this survey; `change` replaces members. */
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
