import type { CloseReason } from '../api/close-reason.ts';
import type { HiddenFields } from '../api/types.ts';
import type { Survey } from '../core/survey/document.ts';
import type { Moment } from '../core/targeting/gates.ts';
import type { Showing } from '../core/targeting/history.ts';
import type { ChosenLanguage } from '../core/targeting/language.ts';
import type { Ledger } from '../core/targeting/ledger.ts';
import { listen } from '../platform/listen.ts';
import type { Session } from '../session/session.ts';
import { createDelays, type DelaysDeps } from './delays.ts';
import { appendHost } from './host.ts';
import { createInterruptionGuard, type Waiting, waitForQuiet } from './interruption.ts';
import type { Opening, OpeningRequest } from './opening.ts';
import type { OpenReason } from './showing.ts';

/** Dependencies of the slot, passed in by the core. May grow; a change of meaning raises `contract` (index.ts). */
export interface SlotDeps extends DelaysDeps {
  readonly session: Pick<Session, 'environment' | 'settle'>;
  /** Nothing opens by itself before this time, on the clock of `uptime`. */
  readonly quietUntil: number;
  /**
   * Whether every gate lets a survey through for this action; a forced one must only be supported. Without a ledger,
   * judged by the one in memory.
   */
  readonly mayOpen: (survey: Survey, action: string, isForced?: boolean, ledger?: Ledger) => boolean;
  /** The language a survey would be shown in now. */
  readonly languageOf: (survey: Survey) => ChosenLanguage;
  readonly openSurvey: (request: OpeningRequest) => Opening;
}

/**
 * The one place for a survey in a tab: surveys open one at a time. They are named by id, since the environment may be
 * replaced before one opens.
 */
export interface SurveySlot {
  /** Opens a survey once nothing would be interrupted, if every gate still lets it through. One at a time waits. */
  readonly enqueue: (surveyId: string, action: string, hiddenFields: HiddenFields) => Promise<void>;
  /** Opens a survey now, whatever the gates say. */
  readonly force: (surveyId: string) => Promise<void>;
  /** Continues the survey in progress that a former page has left. */
  readonly resume: (from: Showing) => Promise<void>;
  /** Starts the timers of stored delays; drops the delays that are over or whose page view has ended. */
  readonly armDelays: () => Promise<void>;
  /** Closes the survey; whatever waits to open is dropped too, unless the survey was dismissed. */
  readonly close: (reason: CloseReason) => void;
  /**
   * Facts that gates ask for: whether a survey opens or is open, here or, as the last try found, in another tab (the next
   * one asks anew), and why nothing should open at this moment.
   */
  readonly moment: () => Moment;
  readonly stop: () => void;
}

/** Makes the empty slot of one environment. */
export function createSlot(deps: SlotDeps): SurveySlot {
  const { session } = deps;
  const guard = createInterruptionGuard(deps.quietUntil);
  let isOpenElsewhere = false;
  let isStopped = false;
  /** Set while a survey opens or is open. */
  let current: Opening | undefined;
  /** Set while a survey waits until nothing would be interrupted. */
  let queued: Waiting | undefined;

  const find = (surveyId: string): Survey | undefined =>
    session.environment()?.surveys.find(({ id }) => id === surveyId);
  const placementOf = (surveyId: string): string | undefined => {
    const { workspace, project } = session.environment() ?? {};
    return find(surveyId)?.workspaceOverwrites?.placement ?? (workspace ?? project)?.placement;
  };

  const open = async (survey: Survey, cause: OpenReason): Promise<void> => {
    if (current || isStopped) return;
    const host = appendHost();
    const opening = deps.openSurvey({
      ...{ host, survey, cause, language: deps.languageOf(survey) },
      mayBegin: (ledger) => deps.mayOpen(survey, cause.action, cause.isForced, ledger),
      onLock: (hasLock) => {
        isOpenElsewhere = !hasLock;
      },
      onEnd: () => {
        host.remove();
        if (current === opening) current = undefined;
      },
    });
    current = opening;
    await opening.opened.catch(deps.onFailure);
  };
  const enqueue = async (surveyId: string, cause: OpenReason): Promise<void> => {
    if (queued || isStopped || !find(surveyId)) return;
    const mine = waitForQuiet(guard, placementOf(surveyId));
    queued = mine;
    await mine.done;
    // Closed meanwhile, as a logout does.
    if (queued !== mine) return;
    queued = undefined;
    const survey = find(surveyId);
    if (!survey || guard.reason()) return;
    if (cause.from || (!deps.isLeft(cause.action) && deps.mayOpen(survey, cause.action)))
      await open(survey, cause);
  };
  const close = (reason: CloseReason): void => {
    current?.close(reason);
    if (reason === 'dismissed') return;
    queued?.stop();
    queued = undefined;
  };

  const delays = createDelays(deps, async (due) => {
    await session.settle();
    await enqueue(due.surveyId, due);
  });
  const stopListening = listen<PageTransitionEvent>('pagehide pageshow', ({ type, persisted }) => {
    if (type === 'pagehide') current?.suspend();
    else if (persisted) void current?.resume();
  });

  return {
    enqueue: (surveyId, action, hiddenFields) => enqueue(surveyId, { action, hiddenFields }),
    force: async (surveyId) => {
      const survey = find(surveyId);
      if (survey) await open(survey, { action: '', hiddenFields: {}, isForced: true });
    },
    resume: (from) => enqueue(from.surveyId, { action: from.meta.action, hiddenFields: {}, from }),
    armDelays: delays.arm,
    close,
    moment: () => ({ isOpen: current !== undefined, isOpenElsewhere, impolite: guard.reason() }),
    stop: () => {
      isStopped = true;
      close('destroyed');
      delays.stop();
      stopListening();
    },
  };
}
