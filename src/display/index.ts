import type { UseStore } from 'idb-keyval';
import type { Events } from '../api/events.ts';
import type { SetupOptions } from '../api/types.ts';
import { isOutdated } from '../core/targeting/ledger.ts';
import { createDelivery, type Delivery, type DeliveryDeps } from '../outbox/delivery.ts';
import type { Session } from '../session/session.ts';
import type { DeviceState } from '../session/state.ts';
import type { Release } from '../store/lease.ts';
import type { StoredRecord } from '../store/record.ts';
import { takeLock } from '../store/tab-lock.ts';
import { createClosingNote } from './closing-note.ts';
import { type OpeningDeps, openSurvey } from './opening.ts';
import type { FillHidden } from './showing.ts';
import { createSlot, type SlotDeps, type SurveySlot } from './slot.ts';

/**
 * The chunk that is fetched when a survey is due or an answer waits: delivering, waiting until nothing would be
 * interrupted, opening. The core compares `contract`: after a deploy an older core may load a newer chunk
 * (architecture.md 4).
 */

/** The number of what core and chunk pass each other. Raised when a core of another number could not work with it. */
export const contract = 6;

/** `inkling.render`, which few pages call. */
export const render: typeof import('./render.ts').render = async (...args) =>
  (await import('./render.ts')).render(...args);

/** Dependencies passed in by the core. May grow; a change of meaning raises `contract`. */
export interface Core
  extends Pick<DeliveryDeps, 'api' | 'loadForeign' | 'net' | 'showings'>,
    Omit<SlotDeps, 'openSurvey'> {
  readonly session: Session;
  readonly state: StoredRecord<DeviceState>;
  /** Where the records are stored; undefined in memory, and from a core that passes none. */
  readonly database?: UseStore | undefined;
  readonly environmentId: string;
  readonly options: Pick<SetupOptions, 'beforeSend' | 'url'>;
  readonly events: Events;
  readonly newId: OpeningDeps['newId'];
  /** For `window.formbricks`. */
  readonly fillHidden?: FillHidden;
  /** Reports a problem that is no mistake of a developer. */
  readonly fail: (code: string, detail: string, isQuiet: true) => void;
}

/** Interface of the connected chunk for the core. */
export interface Connected extends Pick<Delivery, 'drain' | 'flush' | 'stop'> {
  readonly slot: SurveySlot;
}

/** Takes a lock for one purpose, or undefined while another tab of the site has it. */
type TakeLock = (purpose: string) => Promise<Release | undefined>;

/** Starts delivery and the survey slot of one client. Called once per client. */
export function connect(core: Core): Connected {
  const lock: TakeLock = (purpose) =>
    takeLock(`inkling/${core.environmentId}/${purpose}`, (change) =>
      core.state.update((old) => ({ ...old, leases: change(old.leases) })),
    );
  const delivery = connectDelivery(core, lock);
  const { showings } = core;
  const closingNote = createClosingNote(core.database, `${core.environmentId}/closed`, showings);
  const redeemed = closingNote.redeem();
  const deps = {
    ...core,
    delivery,
    closingNote,
    takeLock: () => lock('survey'),
    isUrlFull: core.options.url === 'full',
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
    ...delivery,
    flush: () => {
      closingNote.flush();
      delivery.flush();
    },
    stop: () => {
      slot.stop();
      delivery.stop();
    },
    slot: {
      ...slot,
      resume: async (from) => {
        await redeemed;
        if (!isOutdated(showings.value(), from)) await slot.resume(from);
      },
    },
  };
}

/** Delivery of what the core's ledger holds, with the events and the refresh of the person that follow from it. */
function connectDelivery(core: Core, lock: TakeLock): Delivery {
  const { options, session, events } = core;
  const environment = session.environment;

  /** Marks what is known of the person as out of date, and asks the server anew. */
  const refreshUser = async (): Promise<void> => {
    await core.state.update(({ user, ...old }) => ({ ...old, ...(user && { user: { ...user, until: 0 } }) }));
    await session.sync();
  };

  return createDelivery({
    ...core,
    takeLock: () => lock('delivery'),
    beforeSend: options.beforeSend,
    contactId: (userId) => (userId === session.who() ? session.user()?.contactId : undefined),
    // Unknown before the first reply: nothing is sent then.
    usesInklingProtocol: () => environment() && environment()?.inkling === 1,
    onDelivered: ({ id, surveyId, seq, finished, who }) => {
      if (seq > 1) events.emit('delivered', { surveyId, responseId: id, finished });
      const asks = environment()?.surveys.find((one) => one.id === surveyId)?.interactionRefresh;
      const isDue = seq === 1 ? asks?.onDisplay : asks?.onResponse || (finished && asks?.onFinished);
      if (isDue && who !== null && who === session.who()) void refreshUser();
    },
    onRefused: ({ surveyId }, code) =>
      core.fail(code === 'expired' ? code : 'refused', `An answer to ${surveyId} is not sent: ${code}`, true),
  });
}
