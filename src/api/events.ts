import { rethrow } from '../platform/rethrow.ts';
import type { CloseReason } from './close-reason.ts';

/** Every event and what it carries; `at` (epoch ms) is added to each (design.md 4). */
export interface EventPayloads {
  /** The first decision is possible. */
  ready: object;
  /** The server knows this person; segments are current. */
  identified: { userId: string };
  /** An action fired: a code action by its key's class, or a no-code action. */
  action: { action: string };
  'survey-shown': { surveyId: string };
  /** A card was submitted and is safe on this device. Not yet a promise that the server has it. */
  'survey-answered': { surveyId: string; responseId: string; elementIds: readonly string[] };
  'survey-finished': { surveyId: string; responseId: string; endingId: string | null };
  'survey-closed': { surveyId: string; reason: CloseReason };
  /** The server has acknowledged everything answered so far. */
  delivered: { surveyId: string; responseId: string; finished: boolean };
  error: { code: string; message: string };
}

/** The name of an event. */
export type EventName = keyof EventPayloads;
/** What a handler receives. */
export type EventOf<N extends EventName> = EventPayloads[N] & { readonly at: number };
/** A handler. What it throws is reported as the page's own error and stops nobody else. */
export type Handler<N extends EventName> = (event: EventOf<N>) => void;

/** The events of one client. */
export interface Events {
  on: <N extends EventName>(name: N, handler: Handler<N>) => () => void;
  emit: <N extends EventName>(name: N, payload: EventPayloads[N]) => void;
}

/** Makes an empty set of subscriptions. */
export function createEvents(): Events {
  const handlers = new Map<string, Set<(event: never) => void>>();
  return {
    on: (name, handler) => {
      const set = handlers.get(name) ?? new Set();
      handlers.set(name, set.add(handler));
      return () => set.delete(handler);
    },
    emit: (name, payload) => {
      for (const handler of [...(handlers.get(name) ?? [])]) {
        try {
          (handler as (event: object) => void)({ ...payload, at: Date.now() });
        } catch (error) {
          rethrow(error);
        }
      }
    },
  };
}
