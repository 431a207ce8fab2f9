import type { Events } from '../api/events.ts';
import type { SetupOptions } from '../api/types.ts';
import { createDelivery, type Delivery, type DeliveryDeps } from '../outbox/delivery.ts';
import { takeLock } from '../store/tab-lock.ts';
import { type FillHidden, type OpeningDeps, openSurvey } from './opening.ts';
import { createSlot, type SlotDeps, type SurveySlot } from './slot.ts';

/**
 * The chunk that is fetched when a survey is due or an answer waits: from the polite moment to the last acknowledgement.
 * The core checks `contract`: after a deploy an older core may be given a newer chunk (design.md 4).
 */

/** Which arguments `connect` takes, and gives. Raised when a core of another number could not work with it. */
export const contract = 5;

/** `inkling.render`, which few pages call. */
export const render: typeof import('./render.ts').render = async (...args) =>
  (await import('./render.ts')).render(...args);

/** What the core lends. Grows, but never changes. */
export interface Core
  extends Pick<DeliveryDeps, 'api' | 'net' | 'showings'>,
    Omit<SlotDeps, 'openSurvey'>,
    Required<Pick<DeliveryDeps, 'loadForeign'>> {
  readonly environmentId: string;
  readonly options: Pick<SetupOptions, 'beforeSend' | 'url'>;
  readonly events: Events;
  readonly newId: OpeningDeps['newId'];
  /** For `window.formbricks`. */
  readonly fillHidden?: FillHidden;
  /** Tells of a problem that is no mistake of a developer. */
  readonly fail: (code: string, detail: string, isQuiet: true) => void;
}

/** What the core gets. */
export interface Connected extends Pick<Delivery, 'drain' | 'flush' | 'stop'> {
  readonly slot: SurveySlot;
}

/** Takes over what a page view needs no code for: delivering, waiting for a polite moment, opening. Once per client. */
export function connect(core: Core): Connected {
  const { environmentId, options, session, showings, events } = core;
  const lock = (purpose: string) =>
    takeLock(`inkling/${environmentId}/${purpose}`, (change) =>
      core.state.update((old) => ({ ...old, leases: change(old.leases) })),
    );
  const environment = session.environment;

  /** What the server knows of the person has changed. */
  const refreshUser = async (): Promise<void> => {
    await core.state.update(({ user, ...old }) => ({ ...old, ...(user && { user: { ...user, until: 0 } }) }));
    await session.sync();
  };

  const delivery = createDelivery({
    api: core.api,
    net: core.net,
    showings,
    takeLock: () => lock('delivery'),
    beforeSend: options.beforeSend,
    loadForeign: core.loadForeign,
    contactId: (userId) => (userId === session.who() ? session.user()?.contactId : undefined),
    // Unknown before the first reply: nothing is sent then.
    usesInklingProtocol: () => environment() && environment()?.inkling === 1,
    onDelivered: ({ id, surveyId, seq, finished, who }) => {
      if (seq > 1) events.emit('delivered', { surveyId, responseId: id, finished });
      const asks = environment()?.surveys.find((one) => one.id === surveyId)?.interactionRefresh;
      const isNews = seq === 1 ? asks?.onDisplay : asks?.onResponse || (finished && asks?.onFinished);
      if (isNews && who !== null && who === session.who()) void refreshUser();
    },
    onRefused: ({ surveyId }, code) =>
      core.fail(code === 'expired' ? code : 'refused', `An answer to ${surveyId} is not sent: ${code}`, true),
  });

  const deps = {
    ...{ session, showings, events, delivery },
    takeLock: () => lock('survey'),
    isUrlFull: options.url === 'full',
    fillHidden: core.fillHidden,
    newId: core.newId,
    upload: async (surveyId, file) => {
      try {
        const { uploadFile } = await import('../net/upload.ts');
        return await uploadFile({ api: core.api, surveyId, ...core.net }, file);
      } catch {
        return { problem: 'upload_failed' };
      }
    },
  } satisfies OpeningDeps;
  const slot = createSlot({ ...core, openSurvey: (request) => openSurvey(deps, request) });
  return {
    drain: delivery.drain,
    flush: delivery.flush,
    stop: () => {
      slot.stop();
      delivery.stop();
    },
    slot,
  };
}
