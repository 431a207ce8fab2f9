import type { Inkling } from '../api/types.ts';
import type { ShowingSummary } from '../core/targeting/ledger.ts';
import { reportMistake } from '../platform/report.ts';
import { rethrow } from '../platform/rethrow.ts';
import type { DropIn, DropInEvent, DropInPayloads } from './types.ts';

/** The listeners of the drop-in. */
export interface Relay extends Pick<DropIn, 'on' | 'off'> {
  /** Skips the event of a first answer for responses that a former page has delivered. */
  readonly passOver: (showings: readonly ShowingSummary[]) => void;
}

/** Passes the client's events on under their names here, to listeners and to the page's `dataLayer`. */
export function relayEvents(client: Pick<Inkling, 'on' | 'state'>): Relay {
  const handlers = new Map<string, Set<(payload: never) => void>>();
  const submitted = new Set<string>();

  const emit = <N extends DropInEvent>(event: N, payload: DropInPayloads[N]): void => {
    const none = { surveyId: null, responseId: null, finished: null, action: null };
    const workspaceId = client.state()?.environmentId ?? null;
    const push = (): void => pushToDataLayer({ event, formbricks: { workspaceId, ...none, ...payload } });
    for (const listener of [push, ...(handlers.get(event) ?? [])]) {
      try {
        listener(payload as never);
      } catch (error) {
        rethrow(error);
      }
    }
  };

  client.on('ready', () =>
    emit('formbricks_setup_successful', { workspaceId: client.state()?.environmentId ?? '' }),
  );
  client.on('action', ({ action }) => emit('formbricks_action_tracked', { action }));
  client.on('survey-shown', ({ surveyId }) => emit('formbricks_survey_shown', { surveyId }));
  client.on('delivered', ({ surveyId, responseId, finished }) => {
    const isFirst = !submitted.has(responseId);
    submitted.add(responseId);
    if (isFirst) emit('formbricks_response_submitted', { surveyId, responseId, finished: false });
    if (finished) emit('formbricks_response_submitted', { surveyId, responseId, finished });
  });
  client.on('survey-closed', ({ surveyId }) => emit('formbricks_survey_closed', { surveyId }));

  const off: DropIn['off'] = (event, handler) => void handlers.get(event)?.delete(handler);
  return {
    on: (event, handler) => {
      if (typeof handler !== 'function') {
        reportMistake(`on('${event}') needs a function`);
        return () => {};
      }
      const set = handlers.get(event) ?? new Set();
      handlers.set(event, set.add(handler));
      return () => off(event, handler);
    },
    off,
    passOver: (showings) => {
      for (const { id, answered, delivered } of showings) if (answered && delivered) submitted.add(id);
    },
  };
}

function pushToDataLayer(entry: object): void {
  const page = window as { dataLayer?: unknown };
  if (!Array.isArray(page.dataLayer)) page.dataLayer = [];
  (page.dataLayer as object[]).push(entry);
}
