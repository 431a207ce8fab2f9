import type { HiddenFields } from './api.ts';
import type { Answers, Survey } from './core/survey/document.ts';
import type { Showing } from './core/targeting/history.ts';
import type { ChosenLanguage } from './core/targeting/language.ts';
import {
  closeShowing,
  isOutdated,
  type Ledger,
  nextSeq,
  putShowing,
  waiting,
} from './core/targeting/ledger.ts';
import type { Events } from './events.ts';
import type { Delivery } from './net/delivery.ts';
import type { Release } from './net/tab-lock.ts';
import type { newId } from './new-id.ts';
import type { Session } from './session.ts';
import type { StoredRecord } from './store/record.ts';
import type { CloseReason, OpenSurvey, Upload } from './ui/contract.ts';
import { openSurvey as draw, prepare } from './ui/index.tsx';
import { atMost } from './wait.ts';

/** A card waits for its commit this long, then goes on from memory (design.md 5.2). */
const COMMIT_MS = 300;

/** What a survey is opened with. */
export interface Wish {
  readonly action: string;
  readonly hiddenFields: HiddenFields;
  /** Continue this showing instead of beginning one. */
  readonly from?: Showing | undefined;
  /** The site asked for this very survey: no gates. */
  readonly isForced?: boolean;
}

/** Adds what the page attaches to every answer (client-api.md 6.2). */
export type FillHidden = (declared: Survey['hiddenFields'] | undefined, given: Answers) => Answers;

/** What opening a survey needs from the shell. Grows, but never changes: `contract` in chunk.ts says so. */
export interface OpeningDeps {
  readonly session: Session;
  readonly showings: StoredRecord<Ledger>;
  readonly events: Events;
  readonly delivery: Delivery;
  readonly newId: typeof newId;
  /** Undefined while another tab of the site has a survey. */
  readonly takeLock: () => Promise<Release | undefined>;
  /** `meta.url`: the whole address instead of origin and path. */
  readonly isUrlFull: boolean;
  /** What a new showing's hidden fields start with, from those that `track` named and the survey declares. */
  readonly fillHidden?: FillHidden | undefined;
  /** Stores a file that a visitor answers with. */
  readonly upload: (surveyId: string, file: Parameters<Upload>[0]) => ReturnType<Upload>;
}

/** One survey to open. */
export interface OpeningRequest {
  /** On the page already, with an open shadow root that holds a `role="status"`. */
  readonly host: HTMLElement;
  readonly survey: Survey;
  readonly wish: Wish;
  /** What it is shown in when it begins. */
  readonly language: ChosenLanguage;
  /** Asked when everything is there: another tab, an identification or a delay may have changed the answer. */
  readonly isStillAllowed: () => boolean;
  /** Whether this tab got the lock. */
  readonly onLock: (isOurs: boolean) => void;
  /** It is off the screen, or never came on. */
  readonly onLeft: () => void;
}

/** A survey that opens or is open. */
export interface Opening {
  /** Settles when it is on screen, or won't be. */
  readonly opened: Promise<void>;
  readonly close: (reason: CloseReason) => void;
  /** The page goes away, perhaps into the back/forward cache: another page may continue the survey. */
  readonly letGo: () => void;
  /** The page is back: goes on, unless another page has. */
  readonly takeBack: () => Promise<void>;
}

/**
 * Opens one survey: lock, what its document needs, the gates once more, the display written ahead, the card. A
 * showing is stored before it is on screen and each answer before the card moves (design.md 5.2, 5.5).
 */
export function openSurvey(deps: OpeningDeps, request: OpeningRequest): Opening {
  const { session, showings, events, delivery } = deps;
  const { host, survey, wish } = request;
  let showing = wish.from ?? begin(deps, request);
  const { id: responseId, surveyId } = showing;
  let view: OpenSurvey | undefined;
  let release: Release | undefined;
  let closedFor: CloseReason | undefined;

  const leave = (): void => {
    release?.();
    request.onLeft();
  };

  const close = (reason: CloseReason): void => {
    closedFor = reason;
    view?.close(reason);
  };

  const save = (next: Showing): Promise<void> => {
    showing = next;
    return atMost(
      COMMIT_MS,
      showings.update((old) => putShowing(old, next)),
    );
  };

  const open = async (): Promise<void> => {
    release = await deps.takeLock();
    request.onLock(release !== undefined);
    if (!release) return leave();
    const { workspace, project } = session.environment() ?? {};
    const settings = workspace ?? project;
    await prepare(survey, showing.progress?.card, settings);
    await showings.refresh();
    const isOutrun = wish.from !== undefined && isOutdated(showings.value(), showing);
    if (!settings || closedFor || isOutrun || !request.isStillAllowed()) return leave();
    await save(showing);
    view = draw({
      host,
      survey,
      settings,
      language: showing.language,
      locale: showing.languageCode,
      progress: showing.progress,
      hiddenFields: showing.hiddenFields ?? {},
      onStep: async ({ progress, data, elementIds, language, locale: languageCode }) => {
        const { finished, endingId } = progress;
        const now = Date.now();
        const seq = nextSeq(showing, now);
        await save({
          ...{ ...showing, progress, answers: data, finished, seq, activeAt: now, language, languageCode },
        });
        void delivery.drain();
        events.emit('survey-answered', { surveyId, responseId, elementIds });
        if (finished) events.emit('survey-finished', { surveyId, responseId, endingId });
      },
      isSent: () => !waiting(showings.value()).some(({ id }) => id === responseId),
      onSent: delivery.watch,
      upload: (file) => deps.upload(surveyId, file),
      onClose: (reason) => {
        leave();
        // What was replaced goes on in another tab.
        if (reason !== 'replaced') void showings.update((old) => closeShowing(old, responseId));
        events.emit('survey-closed', { surveyId, reason });
      },
    });
    if (closedFor) return view.close(closedFor);
    void delivery.drain();
    if (!wish.from) events.emit('survey-shown', { surveyId });
  };

  const opened = open().catch((error: unknown) => {
    leave();
    throw error;
  });

  return {
    opened,
    close,
    letGo: () => release?.(),
    takeBack: async () => {
      release = await deps.takeLock();
      await showings.refresh();
      if (!release || isOutdated(showings.value(), showing)) close('replaced');
    },
  };
}

function begin(deps: OpeningDeps, { survey, language, wish }: OpeningRequest): Showing {
  const now = Date.now();
  const { session, isUrlFull, fillHidden, newId } = deps;
  const { action, hiddenFields } = wish;
  const source = new URL(location.href).searchParams.get('source');
  const { enabled, fieldIds = [] } = survey.hiddenFields ?? {};
  const given = Object.fromEntries(
    Object.entries(hiddenFields).filter(([id]) => enabled && fieldIds.includes(id)),
  );
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
    language: language.key,
    languageCode: language.code,
    hiddenFields: fillHidden?.(survey.hiddenFields, given) ?? given,
    meta: {
      url: isUrlFull ? location.href : location.origin + location.pathname,
      source: source ?? undefined,
      action,
    },
  };
}
