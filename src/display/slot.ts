import type { CloseReason } from '../api/close-reason.ts';
import type { HiddenFields } from '../api/types.ts';
import type { Survey } from '../core/survey/document.ts';
import type { Moment } from '../core/targeting/gates.ts';
import type { Showing } from '../core/targeting/history.ts';
import type { ChosenLanguage } from '../core/targeting/language.ts';
import type { Ledger } from '../core/targeting/ledger.ts';
import type { DeviceState, DueSurvey, Session } from '../session/session.ts';
import type { StoredRecord } from '../store/record.ts';
import { createInterruptionGuard, type Waiting, waitForQuiet } from './interruption.ts';
import type { Opening, OpeningRequest, OpenReason } from './opening.ts';

/** A delay that ran out while no page was open is honoured this long. */
const DUE_MS = 30 * 60_000;

/** What the slot needs from the shell. Grows, but never changes: `contract` in chunk.ts says so. */
export interface SlotDeps {
  readonly session: Session;
  readonly state: StoredRecord<DeviceState>;
  /** Until when the page stays quiet, on the clock of `uptime`. */
  readonly quietUntil: number;
  /**
   * Whether every gate lets a survey through that this action asks for; one that is forced must only be supported.
   * Without a ledger by the one in memory.
   */
  readonly mayOpen: (survey: Survey, action: string, isForced?: boolean, ledger?: Ledger) => boolean;
  /** The language a survey would be shown in now. */
  readonly languageOf: (survey: Survey) => ChosenLanguage;
  /** Whether it is a page view whose address the visitor has left. */
  readonly isLeft: (action: string) => boolean;
  readonly onFailure: (error: unknown) => void;
  readonly openSurvey: (request: OpeningRequest) => Opening;
}

/** The one place for a survey, in one tab. Surveys go by their ids: the environment may be a newer one by then. */
export interface SurveySlot {
  /** Opens a survey at the next polite moment, if every gate still lets it through. One at a time waits. */
  readonly enqueue: (surveyId: string, action: string, hiddenFields: HiddenFields) => Promise<void>;
  /** Opens a survey now, whatever the gates say. */
  readonly force: (surveyId: string) => Promise<void>;
  /** Goes on with the survey in progress that a former page has left. */
  readonly resume: (from: Showing) => Promise<void>;
  /** Waits for the delays that run, drops those that are over or whose page view has ended. */
  readonly armDelays: () => Promise<void>;
  readonly close: (reason: CloseReason) => void;
  /**
   * What the gates can't know without: whether a survey opens or is open, here or, as the last try found, in another tab
   * (the next one asks anew), and why nothing should open at this moment.
   */
  readonly moment: () => Moment;
  readonly stop: () => void;
}

/** Makes the empty slot of one environment. */
export function createSlot(deps: SlotDeps): SurveySlot {
  const { session, state } = deps;
  const guard = createInterruptionGuard(deps.quietUntil);
  let isOpenElsewhere = false;
  let isStopped = false;
  /** Set while a survey opens or is open. */
  let current: Opening | undefined;
  /** A survey waits for a polite moment. */
  let queued: Waiting | undefined;
  /** The delays that run, by survey. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const find = (surveyId: string): Survey | undefined =>
    session.environment()?.surveys.find(({ id }) => id === surveyId);

  const open = async (survey: Survey, wish: OpenReason): Promise<void> => {
    if (current || isStopped) return;
    const host = appendHost();
    const opening = deps.openSurvey({
      host,
      survey,
      wish,
      language: deps.languageOf(survey),
      isStillAllowed: (ledger) => deps.mayOpen(survey, wish.action, wish.isForced, ledger),
      onLock: (hasLock) => {
        isOpenElsewhere = !hasLock;
      },
      onLeft: () => {
        host.remove();
        if (current === opening) current = undefined;
      },
    });
    current = opening;
    await opening.opened.catch(deps.onFailure);
  };

  const enqueue = async (surveyId: string, wish: OpenReason): Promise<void> => {
    if (queued || isStopped || !find(surveyId)) return;
    const mine = waitForQuiet(guard);
    queued = mine;
    await mine.done;
    // Somebody has logged out meanwhile.
    if (queued !== mine) return;
    queued = undefined;
    const survey = find(surveyId);
    if (!survey || guard.reason()) return;
    if (wish.from || (!deps.isLeft(wish.action) && deps.mayOpen(survey, wish.action)))
      await open(survey, wish);
  };

  /** Writes only when there is something to drop: the record holds the whole environment. */
  const forgetDue = async (drop: (due: DueSurvey) => boolean): Promise<void> => {
    if (state.value().due.some(drop)) {
      await state.update((old) => ({ ...old, due: old.due.filter((due) => !drop(due)) }));
    }
  };
  const openDue = async (due: DueSurvey): Promise<void> => {
    const { surveyId, dueAt } = due;
    timers.delete(surveyId);
    const isThis = (one: DueSurvey): boolean => one.surveyId === surveyId && one.dueAt === dueAt;
    // Another page of this site may have opened it, or the address may have ended it.
    await state.refresh();
    if (!state.value().due.some(isThis)) return;
    await forgetDue(isThis);
    await session.settle();
    await enqueue(surveyId, due);
  };

  const onHide = (): void => current?.suspend();
  const onShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) void current?.resume();
  };
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);

  const close = (reason: CloseReason): void => {
    current?.close(reason);
    if (reason === 'dismissed') return;
    const waiting = queued;
    queued = undefined;
    waiting?.stop();
  };

  return {
    enqueue: (surveyId, action, hiddenFields) => enqueue(surveyId, { action, hiddenFields }),
    force: async (surveyId) => {
      const survey = find(surveyId);
      if (survey) await open(survey, { action: '', hiddenFields: {}, isForced: true });
    },
    resume: (from) => enqueue(from.surveyId, { action: from.meta.action, hiddenFields: {}, from }),
    armDelays: async () => {
      const now = Date.now();
      await forgetDue(({ action, dueAt }) => now - dueAt > DUE_MS || deps.isLeft(action));
      for (const due of state.value().due) {
        clearTimeout(timers.get(due.surveyId));
        const run = (): Promise<void> => openDue(due).catch(deps.onFailure);
        timers.set(due.surveyId, setTimeout(run, Math.max(0, due.dueAt - now)));
      }
    },
    close,
    moment: () => ({ isOpen: current !== undefined, isOpenElsewhere, impolite: guard.reason() }),
    stop: () => {
      isStopped = true;
      close('destroyed');
      timers.forEach(clearTimeout);
      removeEventListener('pagehide', onHide);
      removeEventListener('pageshow', onShow);
    },
  };
}

/** Puts the host element on the page, with the status region a screen reader must know before it says anything. */
function appendHost(): HTMLElement {
  const host = document.createElement('inkling-survey');
  const status = document.createElement('div');
  status.setAttribute('role', 'status');
  host.attachShadow({ mode: 'open' }).append(status);
  // A survey may be asked for while the page's head is read.
  (document.body ?? document.documentElement).append(host);
  return host;
}
