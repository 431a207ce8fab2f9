import { MAX_TIMER_MS } from '../core/limits.ts';
import type { DeviceState, DueSurvey } from '../session/state.ts';
import type { StoredRecord } from '../store/record.ts';

/** A delay that ran out while no page was open counts this long. */
const DUE_MS = 30 * 60_000;

/** Dependencies of the delays, passed in by the core. */
export interface DelaysDeps {
  readonly state: Pick<StoredRecord<DeviceState>, 'value' | 'refresh' | 'update'>;
  /** Whether the action is a page view whose address the visitor has left. */
  readonly isLeft: (action: string) => boolean;
  readonly onFailure: (error: unknown) => void;
}

/** The delays between a trigger and its survey. They are stored: any page of the site may end one. */
export interface Delays {
  /** Starts a timer for each stored delay; drops those over for 30 minutes and those whose page view has ended. */
  readonly arm: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Makes the delays of one page.
 *
 * @param onDue called when a delay ends, on one page of the site; a rejection goes to `onFailure`
 */
export function createDelays(deps: DelaysDeps, onDue: (due: DueSurvey) => Promise<void>): Delays {
  const { state, isLeft, onFailure } = deps;
  /** The newest timer of each survey. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Writes only when there is something to drop: the record holds the whole environment. */
  const drop = async (isOver: (due: DueSurvey) => boolean): Promise<void> => {
    if (state.value().due.some(isOver)) {
      await state.update((old) => ({ ...old, due: old.due.filter((due) => !isOver(due)) }));
    }
  };
  const end = async (due: DueSurvey): Promise<void> => {
    const { surveyId, dueAt } = due;
    const isThis = (one: DueSurvey): boolean => one.surveyId === surveyId && one.dueAt === dueAt;
    // Another page of this site may have opened it, or the address may have ended it.
    await state.refresh();
    if (!state.value().due.some(isThis)) return;
    await drop(isThis);
    await onDue(due);
  };

  return {
    arm: async () => {
      const now = Date.now();
      await drop(({ action, dueAt }) => now - dueAt > DUE_MS || isLeft(action));
      for (const due of state.value().due) {
        clearTimeout(timers.get(due.surveyId));
        const run = (): Promise<void> => end(due).catch(onFailure);
        timers.set(due.surveyId, setTimeout(run, Math.min(Math.max(0, due.dueAt - now), MAX_TIMER_MS)));
      }
    },
    stop: () => timers.forEach(clearTimeout),
  };
}
