import type { Events } from '../api/events.ts';
import type { Explanation, HiddenFields } from '../api/types.ts';
import type { ActionClass, NoCodeConfig, Survey } from '../core/survey/document.ts';
import type { Gate, Moment } from '../core/targeting/gates.ts';
import { type ChosenLanguage, chooseLanguage } from '../core/targeting/language.ts';
import { type Ledger, toContinue } from '../core/targeting/ledger.ts';
import { matchesUrl, needsTriggers } from '../core/targeting/url-rules.ts';
import type { SlotDeps, SurveySlot } from '../display/slot.ts';
import type { Session } from '../session/session.ts';
import type { DeviceState } from '../session/state.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Triggers } from '../triggers/index.ts';
import { decide, doRepeat, findAction, isCounted } from './decision.ts';
import type { Chunks } from './load-chunk.ts';

/** Dependencies passed in by the client. */
export interface PresenterDeps {
  readonly session: Session;
  readonly showings: StoredRecord<Ledger>;
  readonly events: Events;
  readonly state: StoredRecord<DeviceState>;
  /** Reason that keeps every survey from opening at this moment. */
  readonly moment: () => Moment;
  /** Fetches what opens surveys and calls `work` with it, in the order of the calls. Never rejects. */
  readonly useSlot: (work: (slot: SurveySlot) => unknown) => Promise<void>;
  readonly load: (name: 'triggers') => Promise<Chunks['triggers']>;
  /** A chunk could not be loaded. */
  readonly onFailure: (error: unknown) => void;
}

/** Decides which survey to show, and when. */
export interface Presenter extends Pick<SlotDeps, 'mayOpen' | 'isLeft' | 'languageOf'> {
  /** Fires a code action by its key. False for one that the environment doesn't have. */
  track: (key: string, hiddenFields?: HiddenFields) => Promise<boolean>;
  /**
   * Called when the page's address may be a new one, and after each refresh of the environment. Once per address,
   * page-view actions fire and delays of page views that no longer match end.
   */
  pageView: () => Promise<void>;
  /** Continues the survey that was in progress on the previous page, if there is one. */
  resume: () => void;
  /** Opens a survey now, ignoring its targeting. False for one that the environment doesn't have. */
  show: (surveyId: string) => Promise<boolean>;
  /** Explains each survey of the environment. */
  explain: () => readonly Explanation[];
  /** Stops the triggers of the page. */
  stop: () => void;
}

/** Makes the presenter of one environment: what to do about decisions, which `decide` makes. */
export function createPresenter(deps: PresenterDeps): Presenter {
  /** Names of the actions that have fired at this address. */
  let fired: string[] = [];
  let address = '';
  let isStopped = false;
  let triggers: Triggers | undefined;

  const actions = (): readonly ActionClass[] => deps.session.environment()?.actionClasses ?? [];
  const surveys = (): readonly Survey[] => deps.session.environment()?.surveys ?? [];
  const gatesFor = (
    survey: Survey,
    names: readonly string[],
    ledger = deps.showings.value(),
    now?: Moment,
  ): readonly Gate[] =>
    decide(survey, deps.state.value(), {
      ...now,
      ...{ fired: names, showings: ledger.list, now: Date.now() },
      isForgetful: !deps.showings.isPersistent() && doRepeat(actions(), names),
    });
  const mayOpen: Presenter['mayOpen'] = (survey, action, isForced, ledger) =>
    gatesFor(survey, [action], ledger).every(
      (gate) => gate.pass || (isForced && gate.code !== 'unsupported'),
    );

  const languageOf = (survey: Survey): ChosenLanguage => chooseLanguage(survey, deps.session.language());

  const matches = (config: NoCodeConfig): boolean => (triggers?.matches ?? matchesUrl)(config, location.href);
  /** Starts the triggers that an action needs. To be awaited before `matches` is asked. */
  const armTriggers = async (): Promise<void> => {
    try {
      if (!triggers && actions().some(needsTriggers)) {
        const chunk = await deps.load('triggers');
        if (isStopped) return;
        triggers ??= chunk.createTriggers((action) => void fire(action));
      }
      await triggers?.arm(actions(), location.href);
    } catch (error) {
      deps.onFailure(error);
    }
  };

  /** Counts an action, if a survey counts it: each write is one of the whole environment. */
  const count = async (name: string): Promise<void> => {
    if (!isCounted(surveys(), name)) return;
    await deps.state.update((old) => ({
      ...old,
      counts: { ...old.counts, [name]: (old.counts?.[name] ?? 0) + 1 },
    }));
  };

  /** Starts the timers of the delays that run, if any: the chunk that opens surveys is fetched meanwhile. */
  const armDelays = async (): Promise<void> => {
    if (deps.state.value().due[0]) await deps.useSlot((slot) => slot.armDelays());
  };

  /** Fires an action. Opens the first survey in server order whose gates all pass, or starts its delay. */
  const fire = async ({ name }: ActionClass, hiddenFields: HiddenFields = {}): Promise<void> => {
    if (!fired.includes(name)) fired.push(name);
    deps.events.emit('action', { action: name });
    await Promise.all([count(name), deps.session.settle()]);
    const survey = deps.moment().isOpen ? undefined : surveys().find((one) => mayOpen(one, name));
    if (!survey) return;
    const { id: surveyId, delay } = survey;
    if (!delay) return deps.useSlot((slot) => slot.enqueue(surveyId, name, hiddenFields));
    const due = { action: name, hiddenFields, surveyId, dueAt: Date.now() + delay * 1000 };
    if (deps.state.value().due.some((other) => other.surveyId === surveyId)) return;
    await deps.state.update((old) => ({ ...old, due: [...old.due, due] }));
    await armDelays();
  };

  const pageView = async (): Promise<void> => {
    await armTriggers();
    if (address === location.href) return;
    address = location.href;
    fired = [];
    await armDelays();
    for (const action of actions()) {
      const { noCodeConfig } = action;
      if (noCodeConfig?.type === 'pageView' && matches(noCodeConfig)) await fire(action);
    }
  };

  return {
    mayOpen,
    languageOf,
    isLeft: (action) => {
      const config = findAction(actions(), action)?.noCodeConfig;
      return config?.type === 'pageView' && !matches(config);
    },
    track: async (key, hiddenFields) => {
      const action = actions().find((one) => one.type === 'code' && one.key === key);
      if (action) await fire(action, hiddenFields);
      return !!action;
    },
    pageView,
    resume: () => {
      const from = toContinue(deps.showings.value(), deps.session.who(), Date.now());
      if (from) void deps.useSlot((slot) => slot.resume(from));
    },
    show: async (surveyId) => {
      await deps.session.settle();
      const isKnown = surveys().some((survey) => survey.id === surveyId);
      if (isKnown) await deps.useSlot((slot) => slot.force(surveyId));
      return isKnown;
    },
    explain: () =>
      surveys().map((survey) => {
        const gates = gatesFor(survey, fired, undefined, deps.moment());
        return {
          surveyId: survey.id,
          show: gates.every((gate) => gate.pass),
          language: languageOf(survey).code,
          gates,
        };
      }),
    stop: () => {
      isStopped = true;
      triggers?.stop();
    },
  };
}
