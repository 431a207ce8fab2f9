import type { Explanation, HiddenFields } from './api.ts';
import type { ActionClass, Survey } from './core/survey/document.ts';
import { findUnsupported } from './core/targeting/find-unsupported.ts';
import { askGates, type Gate, mayOpen } from './core/targeting/gates.ts';
import { historyOf, type Showing } from './core/targeting/history.ts';
import { chooseLanguage } from './core/targeting/language.ts';
import { isOutdated, toContinue } from './core/targeting/ledger.ts';
import { rollFor } from './core/targeting/sampling.ts';
import { matchesUrl } from './core/targeting/url-rules.ts';
import { newId } from './new-id.ts';
import { type Opening, type OpeningDeps, openSurvey } from './opening.ts';
import type { DeviceState, DueSurvey } from './session.ts';
import type { StoredRecord } from './store/record.ts';
import type { CloseReason } from './ui/contract.ts';

/** A delay that ran out while no page was open is honoured this long. */
const DUE_MS = 30 * 60_000;

/** What the presenter needs from the shell. */
export interface PresenterDeps extends OpeningDeps {
  readonly state: StoredRecord<DeviceState>;
  /** `meta.url`: the whole address instead of origin and path. */
  readonly isUrlFull: boolean;
}

/** Decides what to show and shows it: one survey, in one tab. */
export interface Presenter {
  /** An action fired. Opens the first survey in server order that every gate lets through. */
  fire: (action: ActionClass, hiddenFields: HiddenFields) => Promise<void>;
  /** The page's address is a new one: page-view actions fire, page-view delays that no longer match end. */
  pageView: () => Promise<void>;
  /** Goes on with what a former page left: a survey in progress, delays that wait. */
  resume: () => Promise<void>;
  show: (surveyId: string) => Promise<void>;
  close: (reason: CloseReason) => Promise<void>;
  explain: () => readonly Explanation[];
  stop: () => void;
}

/** What to open a survey with. */
interface Wish {
  readonly action: string;
  readonly hiddenFields: HiddenFields;
  /** Continue this showing instead of beginning one. */
  readonly from?: Showing | undefined;
  /** The site asked for this very survey: no gates. */
  readonly isForced?: boolean;
}

/** Makes the presenter of one environment. */
export function createPresenter(deps: PresenterDeps): Presenter {
  const { session, state, showings, events } = deps;
  /** Names of the actions that have fired at this address. */
  let fired: string[] = [];
  let address = '';
  /** What the last try found. Only `explain()` goes by it: the next try asks the lock itself. */
  let isOpenElsewhere = false;
  /** Set while a survey opens or is open. */
  let current: Opening | undefined;
  const timers = new Set<ReturnType<typeof setTimeout>>();

  const isPageView = (action: string): ActionClass | undefined =>
    session
      .environment()
      ?.actionClasses.find(({ name, noCodeConfig }) => name === action && noCodeConfig?.type === 'pageView');

  const gatesFor = (
    survey: Survey,
    names: readonly string[],
    isOpen: boolean,
    isElsewhere = false,
  ): readonly Gate[] => {
    const who = session.who();
    const environment = session.environment();
    const needsMemory = names.every((name) => isPageView(name));
    return askGates(survey, {
      now: Date.now(),
      who,
      segments: session.user()?.segments,
      history: historyOf(survey.id, who, showings.value().list, session.known()),
      roll: rollFor(who ?? state.value().seed, survey.id),
      settings: environment?.workspace ?? environment?.project ?? { recontactDays: 0 },
      hasRecaptcha: environment?.recaptchaSiteKey !== undefined,
      fired: names,
      isForgetful: needsMemory && !showings.isPersistent(),
      isOpen,
      isOpenElsewhere: isElsewhere,
    });
  };

  const find = (surveyId: string): Survey | undefined =>
    session.environment()?.surveys.find(({ id }) => id === surveyId);

  const open = async (survey: Survey, wish: Wish): Promise<void> => {
    if (current) return;
    const { from, isForced, action } = wish;
    const showing = from ?? begin(survey, wish);
    const opening = openSurvey(deps, {
      survey,
      showing,
      isContinued: from !== undefined,
      isStillAllowed: () =>
        from
          ? !isOutdated(showings.value(), showing)
          : isForced
            ? findUnsupported(survey, false) === undefined
            : mayOpen(gatesFor(survey, [action], false)),
      onLock: (isOurs) => {
        isOpenElsewhere = !isOurs;
      },
      onLeft: () => {
        current = undefined;
      },
    });
    current = opening;
    await opening.opened;
  };

  const begin = (survey: Survey, { action, hiddenFields }: Wish): Showing => {
    const now = Date.now();
    const { key, code } = chooseLanguage(survey, session.language());
    const source = new URLSearchParams(location.search).get('source');
    const { enabled, fieldIds = [] } = survey.hiddenFields ?? {};
    const allowed = Object.entries(hiddenFields).filter(([id]) => enabled && fieldIds.includes(id));
    return {
      id: newId(),
      displayId: newId(),
      surveyId: survey.id,
      who: session.who(),
      shownAt: now,
      activeAt: now,
      seq: 1,
      ackedSeq: 0,
      finished: false,
      closed: false,
      language: key,
      languageCode: code,
      hiddenFields: Object.fromEntries(allowed),
      meta: {
        url: deps.isUrlFull ? location.href : location.origin + location.pathname,
        source: source ?? undefined,
        action,
      },
    };
  };

  /** Writes only when there is something to drop: the record holds the whole environment. */
  const forgetDue = async (drop: (due: DueSurvey) => boolean): Promise<void> => {
    if (state.value().due.some(drop)) {
      await state.update((old) => ({ ...old, due: old.due.filter((due) => !drop(due)) }));
    }
  };

  const waitFor = (due: DueSurvey): void => {
    const timer = setTimeout(
      async () => {
        timers.delete(timer);
        // Another page of this site may have opened it, or the address may have ended it.
        await state.refresh();
        const isStillDue = state.value().due.some((other) => isSame(other, due));
        await forgetDue((other) => isSame(other, due));
        const survey = find(due.surveyId);
        if (!isStillDue || !survey) return;
        await session.settle();
        if (mayOpen(gatesFor(survey, [due.action], current !== undefined))) await open(survey, due);
      },
      Math.max(0, due.dueAt - Date.now()),
    );
    timers.add(timer);
  };

  const fire = async (action: ActionClass, hiddenFields: HiddenFields): Promise<void> => {
    const { name } = action;
    fired = [...fired, name];
    events.emit('action', { action: name });
    await session.settle();
    const survey = session
      .environment()
      ?.surveys.find((candidate) => mayOpen(safeGates(candidate, [name], current !== undefined)));
    if (!survey) return;
    const opening = { action: name, hiddenFields };
    if (!survey.delay) return open(survey, opening);
    const due = { ...opening, surveyId: survey.id, dueAt: Date.now() + survey.delay * 1000 };
    if (state.value().due.some(({ surveyId }) => surveyId === survey.id)) return;
    await state.update((old) => ({ ...old, due: [...old.due, due] }));
    waitFor(due);
  };

  /** A document that is broken in some unforeseen way disables that survey, not the page's other surveys. */
  const safeGates = (...facts: Parameters<typeof gatesFor>): readonly Gate[] => {
    try {
      return gatesFor(...facts);
    } catch (error) {
      return [{ code: 'unsupported', pass: false, used: `${error}` }];
    }
  };

  const pageView = async (): Promise<void> => {
    if (!session.environment() || address === location.href) return;
    address = location.href;
    fired = [];
    await forgetDue(({ action }) => {
      const config = isPageView(action)?.noCodeConfig;
      return config !== undefined && config !== null && !matchesUrl(config, address);
    });
    for (const action of session.environment()?.actionClasses ?? []) {
      const { noCodeConfig } = action;
      if (noCodeConfig?.type === 'pageView' && matchesUrl(noCodeConfig, address)) await fire(action, {});
    }
  };

  const resume = async (): Promise<void> => {
    const now = Date.now();
    const from = toContinue(showings.value(), session.who(), now);
    const survey = from && find(from.surveyId);
    // Before anything is awaited: what fires meanwhile must find the place taken.
    if (from && survey) void open(survey, { action: from.meta.action, hiddenFields: {}, from });
    await forgetDue(({ dueAt }) => now - dueAt > DUE_MS);
    for (const due of state.value().due) waitFor(due);
  };

  const onHide = (): void => current?.letGo();
  const onShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) void current?.takeBack();
  };
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);

  return {
    fire,
    pageView,
    resume,
    show: async (surveyId) => {
      await session.settle();
      const survey = find(surveyId);
      if (survey) await open(survey, { action: '', hiddenFields: {}, isForced: true });
      else events.emit('error', { code: 'unknown-survey', message: `There is no survey ${surveyId} here` });
    },
    close: async (reason) => {
      await forgetDue(() => reason === 'logout');
      current?.close(reason);
    },
    explain: () =>
      (session.environment()?.surveys ?? []).map((survey) => {
        const gates = safeGates(survey, fired, current !== undefined, isOpenElsewhere);
        const language = chooseLanguage(survey, session.language()).code;
        return { surveyId: survey.id, show: mayOpen(gates), language, gates };
      }),
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      removeEventListener('pagehide', onHide);
      removeEventListener('pageshow', onShow);
    },
  };
}

function isSame(one: DueSurvey, other: DueSurvey): boolean {
  return one.surveyId === other.surveyId && one.dueAt === other.dueAt;
}
