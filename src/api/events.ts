import { rethrow } from '../platform/rethrow.ts';
import type { CloseReason } from './close-reason.ts';

/** The payload of each event by its name; `at` (epoch ms) is added to each (architecture.md 4). */
export interface EventPayloads {
  /** The environment is known: the first decision is possible. */
  ready: object;
  /** The server has identified this person; their segments are current. */
  identified: { userId: string };
  /** An action fired, by the name of its action class: a code action that `track` called, or a no-code action. */
  action: { action: string };
  /** A survey is on screen. Not for one that continues after a change of page. */
  'survey-shown': { surveyId: string };
  /** A card was submitted and is stored on this device. Whether the server has it: see `delivered`. */
  'survey-answered': { surveyId: string; responseId: string; elementIds: readonly string[] };
  /** The last card was submitted. */
  'survey-finished': { surveyId: string; responseId: string; endingId: string | null };
  /** A survey has left the screen. */
  'survey-closed': { surveyId: string; reason: CloseReason };
  /** The server has acknowledged every answer so far; `finished` when the survey was complete by then. */
  delivered: { surveyId: string; responseId: string; finished: boolean };
  /** A problem; `code` and `message` are those of `Problem`. */
  error: { code: string; message: string };
}

/** The name of an event. */
export type EventName = keyof EventPayloads;
/** An event as a handler receives it. */
export type EventOf<N extends EventName> = EventPayloads[N] & { readonly at: number };
/** A handler. What it throws is reported as the page's own error and doesn't stop other handlers. */
export type Handler<N extends EventName> = (event: EventOf<N>) => void;

/** The events of one client. */
export interface Events {
  /** Subscribes; returns an unsubscribe function. */
  on: <N extends EventName>(name: N, handler: Handler<N>) => () => void;
  /** Calls every handler, in the order of their subscriptions. Never throws. */
  emit: <N extends EventName>(name: N, payload: EventPayloads[N]) => void;
}

/** Makes the events of one client, without any handler. */
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
