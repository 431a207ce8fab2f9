import type { Explanation, HiddenFields } from './api.ts';
import type { Connected } from './chunk.ts';
import type { ActionClass, NoCodeConfig, Survey } from './core/survey/document.ts';
import { askGates, type Gate } from './core/targeting/gates.ts';
import { historyOf } from './core/targeting/history.ts';
import { chooseLanguage } from './core/targeting/language.ts';
import { type Ledger, toContinue } from './core/targeting/ledger.ts';
import { rollFor } from './core/targeting/sampling.ts';
import { matchesUrl, needsTriggers } from './core/targeting/url-rules.ts';
import type { Events } from './events.ts';
import type { Chunks } from './load-chunk.ts';
import type { Opening, Wish } from './opening.ts';
import type { Manners } from './polite.ts';
import type { Waiting } from './polite-wait.ts';
import type { DeviceState, DueSurvey, Session } from './session.ts';
import type { StoredRecord } from './store/record.ts';
import type { Triggers } from './triggers/index.ts';
import type { CloseReason } from './ui/contract.ts';

/** A delay that ran out while no page was open is honoured this long. */
const DUE_MS = 30 * 60_000;

/** What the presenter needs from the shell. */
export interface PresenterDeps {
  readonly session: Session;
  readonly showings: StoredRecord<Ledger>;
  readonly events: Events;
  readonly state: StoredRecord<DeviceState>;
  /** Fetches what opens surveys. Rejects when it can't be had. */
  readonly connect: () => Promise<Connected>;
  readonly loadTriggers: () => Promise<Chunks['triggers']>;
  readonly manners: Manners;
  readonly onFailure: (error: unknown) => void;
}

/** A survey that opens or is open. */
interface Place {
  /** Undefined while the chunk is fetched. */
  opening?: Opening;
  /** It was closed before it came on screen. */
  reason?: CloseReason;
}

/** A survey that waits for a polite moment. */
interface Offer {
  /** Undefined while the chunk is fetched. */
  waiting?: Waiting;
}

/** Decides what to show and shows it: one survey, in one tab. */
export interface Presenter {
  /** An action fired. Opens the first survey in server order that every gate lets through. */
  fire: (action: ActionClass, hiddenFields?: HiddenFields) => Promise<void>;
  /** The page's address may be a new one: page-view actions fire, page-view delays that no longer match end. */
  pageView: () => Promise<void>;
  /** Goes on with what a former page left: a survey in progress, delays that wait. */
  resume: () => Promise<void>;
  /** False for a survey that isn't here. */
  show: (surveyId: string) => Promise<boolean>;
  close: (reason: CloseReason) => Promise<void>;
  explain: () => readonly Explanation[];
  stop: () => void;
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
  let current: Place | undefined;
  let isStopped = false;
  /** A survey waits for a polite moment. */
  let offered: Offer | undefined;
  let triggers: Triggers | undefined;
  const timers = new Set<ReturnType<typeof setTimeout>>();

  const actions = (): readonly ActionClass[] => session.environment()?.actionClasses ?? [];
  const find = (surveyId: string): Survey | undefined =>
    session.environment()?.surveys.find(({ id }) => id === surveyId);
  /** The class of an action by its name. */
  const classOf = (name: string): ActionClass | undefined => actions().find((one) => one.name === name);

  const gatesFor = (
    survey: Survey,
    names: readonly string[],
    isOpen = current !== undefined,
    isElsewhere = false,
    impolite?: string,
  ): readonly Gate[] => {
    const who = session.who();
    const environment = session.environment();
    const { seed, counts } = state.value();
    try {
      return askGates(survey, {
        now: Date.now(),
        who,
        segments: session.user()?.segments,
        history: historyOf(survey.id, who, showings.value().list, session.known()),
        roll: rollFor(who ?? seed, survey.id),
        settings: environment?.workspace ?? environment?.project ?? { recontactDays: 0 },
        hasRecaptcha: environment?.recaptchaSiteKey !== undefined,
        fired: names,
        counts: counts ?? {},
        isForgetful:
          !showings.isPersistent() &&
          names.every((name) => {
            const { type, noCodeConfig } = classOf(name) ?? {};
            return type === 'noCode' && noCodeConfig?.type !== 'click';
          }),
        isOpen,
        isOpenElsewhere: isElsewhere,
        impolite,
      });
    } catch (error) {
      // A document that is broken in some unforeseen way disables that survey, not the page's other surveys.
      return [{ code: 'unsupported', pass: false, used: `${error}` }];
    }
  };
  const mayOpen = (survey: Survey, action: string): boolean =>
    gatesFor(survey, [action]).every(({ pass }) => pass);

  const matches = (config: NoCodeConfig): boolean => (triggers?.matches ?? matchesUrl)(config, location.href);
  /** Watches for what happens on the page, where an action needs it. Whatever asks `matches` comes after this. */
  const armTriggers = async (): Promise<void> => {
    try {
      if (!triggers && actions().some(needsTriggers)) {
        const { createTriggers } = await deps.loadTriggers();
        if (isStopped) return;
        triggers ??= createTriggers((action) => void fire(action));
      }
      await triggers?.arm(actions(), location.href);
    } catch (error) {
      deps.onFailure(error);
    }
  };

  /** A page-view action whose address the visitor has left. */
  const isLeft = (action: string): boolean => {
    const config = classOf(action)?.noCodeConfig;
    return config?.type === 'pageView' && !matches(config);
  };

  const open = async (survey: Survey, wish: Wish): Promise<void> => {
    if (current || isStopped) return;
    const mine: Place = {};
    current = mine;
    const host = appendHost();
    const onLeft = (): void => {
      host.remove();
      if (current === mine) current = undefined;
    };
    try {
      const { openSurvey } = await deps.connect();
      if (mine.reason) return onLeft();
      mine.opening = openSurvey({
        host,
        survey,
        wish,
        language: chooseLanguage(survey, session.language()),
        // Itself must not count as another one.
        isStillAllowed: () =>
          wish.from !== undefined ||
          gatesFor(survey, [wish.action], false).every(
            ({ pass, code }) => pass || (wish.isForced && code !== 'unsupported'),
          ),
        onLock: (isOurs) => {
          isOpenElsewhere = !isOurs;
        },
        onLeft,
      });
      await mine.opening.opened;
    } catch (error) {
      onLeft();
      deps.onFailure(error);
    }
  };

  /** Waits for a polite moment, then asks again. One survey at a time waits. */
  const offer = async (survey: Survey, wish: Wish): Promise<void> => {
    if (offered) return;
    const mine: Offer = {};
    offered = mine;
    try {
      mine.waiting = (await deps.connect()).waitPolitely();
      await mine.waiting.done;
    } catch (error) {
      if (offered === mine) offered = undefined;
      return deps.onFailure(error);
    }
    // Somebody has logged out or stopped everything meanwhile.
    if (offered !== mine) return;
    offered = undefined;
    if (deps.manners.reason()) return;
    if (wish.from || (!isLeft(wish.action) && mayOpen(survey, wish.action))) await open(survey, wish);
  };

  /** Writes only when there is something to drop: the record holds the whole environment. */
  const forgetDue = async (drop: (due: DueSurvey) => boolean): Promise<void> => {
    if (state.value().due.some(drop)) {
      await state.update((old) => ({ ...old, due: old.due.filter((due) => !drop(due)) }));
    }
  };

  const waitFor = (due: DueSurvey): void => {
    const isThis = ({ surveyId, dueAt }: DueSurvey): boolean =>
      surveyId === due.surveyId && dueAt === due.dueAt;
    const timer = setTimeout(
      async () => {
        timers.delete(timer);
        // Another page of this site may have opened it, or the address may have ended it.
        await state.refresh();
        if (!state.value().due.some(isThis)) return;
        await forgetDue(isThis);
        await session.settle();
        const survey = find(due.surveyId);
        if (survey) await offer(survey, due);
      },
      Math.max(0, due.dueAt - Date.now()),
    );
    timers.add(timer);
  };

  /** Counts only what some survey counts: the record holds the whole environment. */
  const count = async (name: string): Promise<void> => {
    const isCounted = session
      .environment()
      ?.surveys.some(({ triggers }) =>
        triggers?.some(({ actionClass, occurrence }) => occurrence && actionClass?.name === name),
      );
    if (!isCounted) return;
    await state.update((old) => ({
      ...old,
      counts: { ...old.counts, [name]: (old.counts?.[name] ?? 0) + 1 },
    }));
  };

  const fire = async ({ name }: ActionClass, hiddenFields: HiddenFields = {}): Promise<void> => {
    if (!fired.includes(name)) fired.push(name);
    events.emit('action', { action: name });
    await Promise.all([count(name), session.settle()]);
    const survey = session.environment()?.surveys.find((one) => mayOpen(one, name));
    if (!survey) return;
    const { id: surveyId, delay } = survey;
    const wish = { action: name, hiddenFields };
    if (!delay) return offer(survey, wish);
    const due = { ...wish, surveyId, dueAt: Date.now() + delay * 1000 };
    if (state.value().due.some((other) => other.surveyId === surveyId)) return;
    await state.update((old) => ({ ...old, due: [...old.due, due] }));
    waitFor(due);
  };

  const pageView = async (): Promise<void> => {
    await armTriggers();
    if (address === location.href) return;
    address = location.href;
    fired = [];
    await forgetDue(({ action }) => isLeft(action));
    for (const action of actions()) {
      const { noCodeConfig } = action;
      if (noCodeConfig?.type === 'pageView' && matches(noCodeConfig)) await fire(action);
    }
  };

  const resume = async (): Promise<void> => {
    const now = Date.now();
    const from = toContinue(showings.value(), session.who(), now);
    const survey = from && find(from.surveyId);
    // Before anything is awaited: what fires meanwhile must find the place taken.
    if (from && survey) void offer(survey, { action: from.meta.action, hiddenFields: {}, from });
    await forgetDue(({ dueAt }) => now - dueAt > DUE_MS);
    await armTriggers();
    for (const due of state.value().due) waitFor(due);
  };

  const onHide = (): void => current?.opening?.letGo();
  const onShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) void current?.opening?.takeBack();
  };
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);

  const close = async (reason: CloseReason): Promise<void> => {
    if (current) current.reason = reason;
    current?.opening?.close(reason);
    if (reason !== 'dismissed') {
      const { waiting } = offered ?? {};
      offered = undefined;
      waiting?.stop();
    }
    await forgetDue(() => reason === 'logout');
    // Read after the write: whoever waits for this may leave the page, and the survey does not come back.
    await showings.refresh();
  };

  return {
    fire,
    pageView,
    resume,
    show: async (surveyId) => {
      await session.settle();
      const survey = find(surveyId);
      if (survey) await open(survey, { action: '', hiddenFields: {}, isForced: true });
      return survey !== undefined;
    },
    close,
    explain: () =>
      (session.environment()?.surveys ?? []).map((survey) => {
        const gates = gatesFor(survey, fired, undefined, isOpenElsewhere, deps.manners.reason());
        return {
          surveyId: survey.id,
          show: gates.every(({ pass }) => pass),
          language: chooseLanguage(survey, session.language()).code,
          gates,
        };
      }),
    stop: () => {
      isStopped = true;
      void close('destroyed');
      triggers?.stop();
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
  document.body.append(host);
  return host;
}
