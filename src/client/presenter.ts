import type { Events } from '../api/events.ts';
import type { Explanation, HiddenFields } from '../api/types.ts';
import type { ActionClass, NoCodeConfig, Survey } from '../core/survey/document.ts';
import { askGates, type Gate, type Moment } from '../core/targeting/gates.ts';
import { historyOf } from '../core/targeting/history.ts';
import { type ChosenLanguage, chooseLanguage } from '../core/targeting/language.ts';
import { type Ledger, toContinue } from '../core/targeting/ledger.ts';
import { rollFor } from '../core/targeting/sampling.ts';
import { matchesUrl, needsTriggers } from '../core/targeting/url-rules.ts';
import type { SlotDeps, SurveySlot } from '../display/slot.ts';
import type { DeviceState, Session } from '../session/session.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Triggers } from '../triggers/index.ts';
import type { Chunks } from './load-chunk.ts';

/** What the presenter needs from the shell. */
export interface PresenterDeps {
  readonly session: Session;
  readonly showings: StoredRecord<Ledger>;
  readonly events: Events;
  readonly state: StoredRecord<DeviceState>;
  /** What opens surveys, if it has been fetched. */
  readonly slot: () => SurveySlot | undefined;
  /** Fetches it and has it do something, in the order of the calls. Never rejects. */
  readonly useSlot: (work: (slot: SurveySlot) => unknown) => Promise<void>;
  /** `quiet` while the site wants it so. Of the other reasons the slot knows. */
  readonly quiet: () => string | undefined;
  readonly loadTriggers: () => Promise<Chunks['triggers']>;
  readonly onFailure: (error: unknown) => void;
}

/** Decides what to show. */
export interface Presenter extends Pick<SlotDeps, 'mayOpen' | 'isLeft' | 'languageOf'> {
  /** An action fired. Opens the first survey in server order that every gate lets through. */
  fire: (action: ActionClass, hiddenFields?: HiddenFields) => Promise<void>;
  /** The page's address may be a new one: page-view actions fire, page-view delays that no longer match end. */
  pageView: () => Promise<void>;
  /** Goes on with what a former page left: a survey in progress. */
  resume: () => void;
  /** False for a survey that isn't here. */
  show: (surveyId: string) => Promise<boolean>;
  explain: () => readonly Explanation[];
  stop: () => void;
}

/** Makes the presenter of one environment. */
export function createPresenter(deps: PresenterDeps): Presenter {
  const { session, state, showings, events, slot, useSlot } = deps;
  /** Names of the actions that have fired at this address. */
  let fired: string[] = [];
  let address = '';
  let isStopped = false;
  let triggers: Triggers | undefined;

  const actions = (): readonly ActionClass[] => session.environment()?.actionClasses ?? [];
  const surveys = (): readonly Survey[] => session.environment()?.surveys ?? [];
  /** The class of an action by its name. */
  const classOf = (name: string): ActionClass | undefined => actions().find((one) => one.name === name);

  const gatesFor = (
    survey: Survey,
    names: readonly string[],
    ledger = showings.value(),
    moment?: Moment,
  ): readonly Gate[] => {
    const who = session.who();
    const environment = session.environment();
    const { seed, counts } = state.value();
    try {
      return askGates(survey, {
        now: Date.now(),
        who,
        segments: session.user()?.segments,
        history: historyOf(survey.id, who, ledger.list, session.known()),
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
        ...moment,
      });
    } catch (error) {
      // A document that is broken in some unforeseen way disables that survey, not the page's other surveys.
      return [{ code: 'unsupported', pass: false, used: `${error}` }];
    }
  };
  const mayOpen: Presenter['mayOpen'] = (survey, action, isForced, ledger) =>
    gatesFor(survey, [action], ledger).every(
      ({ pass, code }) => pass || (isForced && code !== 'unsupported'),
    );

  const languageOf = (survey: Survey): ChosenLanguage => chooseLanguage(survey, session.language());

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

  /** Counts only what some survey counts: the record holds the whole environment. */
  const count = async (name: string): Promise<void> => {
    const isCounted = surveys().some(({ triggers }) =>
      triggers?.some(({ actionClass, occurrence }) => occurrence && actionClass?.name === name),
    );
    if (!isCounted) return;
    await state.update((old) => ({
      ...old,
      counts: { ...old.counts, [name]: (old.counts?.[name] ?? 0) + 1 },
    }));
  };

  /** A delay that runs opens a survey soon: what opens it is fetched meanwhile. */
  const armDelays = async (): Promise<void> => {
    if (state.value().due.length > 0) await useSlot((slot) => slot.armDelays());
  };

  const fire = async ({ name }: ActionClass, hiddenFields: HiddenFields = {}): Promise<void> => {
    if (!fired.includes(name)) fired.push(name);
    events.emit('action', { action: name });
    await Promise.all([count(name), session.settle()]);
    const survey = slot()?.moment().isOpen ? undefined : surveys().find((one) => mayOpen(one, name));
    if (!survey) return;
    const { id: surveyId, delay } = survey;
    if (!delay) return useSlot(({ enqueue }) => enqueue(surveyId, name, hiddenFields));
    const due = { action: name, hiddenFields, surveyId, dueAt: Date.now() + delay * 1000 };
    if (state.value().due.some((other) => other.surveyId === surveyId)) return;
    await state.update((old) => ({ ...old, due: [...old.due, due] }));
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
      const config = classOf(action)?.noCodeConfig;
      return config?.type === 'pageView' && !matches(config);
    },
    fire,
    pageView,
    resume: () => {
      const from = toContinue(showings.value(), session.who(), Date.now());
      if (from) void useSlot(({ resume }) => resume(from));
    },
    show: async (surveyId) => {
      await session.settle();
      const isKnown = surveys().some(({ id }) => id === surveyId);
      if (isKnown) await useSlot(({ force }) => force(surveyId));
      return isKnown;
    },
    explain: () =>
      surveys().map((survey) => {
        const gates = gatesFor(survey, fired, undefined, slot()?.moment() ?? { impolite: deps.quiet() });
        return {
          surveyId: survey.id,
          show: gates.every(({ pass }) => pass),
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
