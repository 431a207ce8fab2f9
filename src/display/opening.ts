import type { CloseReason } from '../api/close-reason.ts';
import type { Events } from '../api/events.ts';
import type { HiddenFields } from '../api/types.ts';
import type { Answers, Survey } from '../core/survey/document.ts';
import { acceptFields } from '../core/survey/hidden-fields.ts';
import type { Showing } from '../core/targeting/history.ts';
import type { ChosenLanguage } from '../core/targeting/language.ts';
import {
  closeShowing,
  isOutdated,
  type Ledger,
  nextSeq,
  putShowing,
  waiting,
} from '../core/targeting/ledger.ts';
import type { Delivery } from '../outbox/delivery.ts';
import type { newId } from '../platform/new-id.ts';
import { atMost, wait } from '../platform/wait.ts';
import type { Session } from '../session/session.ts';
import type { Release } from '../store/lease.ts';
import type { StoredRecord } from '../store/record.ts';
import type { OpenSurvey } from '../ui/contract.ts';
import { openSurvey as draw, prepare } from '../ui/index.tsx';
import type { Upload } from '../wire/upload.ts';

/** A card waits for its commit this long, then goes on from memory (design.md 5.2). */
const COMMIT_MS = 300;
/** The first one waits longer: what other tabs have shown is read with it. */
const BEGIN_MS = 800;

/** What a survey is opened with. */
export interface OpenReason {
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
  readonly wish: OpenReason;
  /** What it is shown in when it begins. */
  readonly language: ChosenLanguage;
  /**
   * Asked when everything is there, with what all tabs have shown: another tab, an identification or a delay may have
   * changed the answer.
   */
  readonly isStillAllowed: (ledger: Ledger) => boolean;
  /** Whether this tab got the lock. */
  readonly onLock: (hasLock: boolean) => void;
  /** It is off the screen, or never came on. */
  readonly onLeft: () => void;
}

/** A survey that opens or is open. */
export interface Opening {
  /** Settles when it is on screen, or won't be. */
  readonly opened: Promise<void>;
  readonly close: (reason: CloseReason) => void;
  /** The page goes away, perhaps into the back/forward cache: another page may continue the survey. */
  readonly suspend: () => void;
  /** The page is back: goes on, unless another page has. */
  readonly resume: () => Promise<void>;
}

/**
 * Opens one survey: lock, what its document needs, the gates once more, the display written ahead, the card. A
 * showing is stored before it is on screen and each answer before the card moves (design.md 5.2, 5.5); it is drawn out
 * of sight while the disk writes.
 */
export function openSurvey(deps: OpeningDeps, request: OpeningRequest): Opening {
  const { session, showings, events, delivery } = deps;
  const { host, survey, wish } = request;
  let showing = wish.from ?? begin(deps, request);
  const { id: responseId, surveyId } = showing;
  let view: OpenSurvey | undefined;
  let locked: Promise<Release | undefined> = Promise.resolve(undefined);
  let closedFor: CloseReason | undefined;
  /** It is stored, and on screen. */
  let isBegun = false;

  const suspend = (): void => void locked.then((release) => release?.());
  const leave = (): void => {
    suspend();
    request.onLeft();
  };

  const end = async (reason: CloseReason): Promise<void> => {
    // What was replaced goes on in another tab. The page hears of it once it is stored: it may well leave at once.
    if (reason !== 'replaced')
      await atMost(
        COMMIT_MS,
        showings.update((old) => closeShowing(old, responseId)),
      );
    events.emit('survey-closed', { surveyId, reason });
  };

  const close = (reason: CloseReason): void => {
    closedFor = reason;
    // One that is not stored yet is closed when it is, or goes without a word.
    if (isBegun) view?.close(reason);
  };

  const save = (next: Showing): Promise<void> => {
    showing = next;
    return atMost(
      COMMIT_MS,
      showings.update((old) => putShowing(old, next)),
    );
  };
  /** One transaction asks the gates and writes: no other tab comes between. False when it may not begin. */
  const claim = async (): Promise<boolean> => {
    const mayBegin = (ledger: Ledger): boolean =>
      wish.from ? !isOutdated(ledger, showing) : request.isStillAllowed(ledger);
    let mayShow = false;
    await atMost(
      BEGIN_MS,
      showings.update((old) => {
        // A disk that answers after all records what is on screen.
        mayShow = isBegun || mayBegin(old);
        return mayShow ? putShowing(old, showing) : old;
      }),
    );
    return mayShow;
  };

  const open = async (): Promise<void> => {
    const { workspace, project } = session.environment() ?? {};
    const settings = workspace ?? project;
    if (!settings) return leave();
    locked = deps.takeLock();
    const features = await prepare(survey, showing.progress?.card, settings);
    // A task of its own, while the lock is on its way.
    await wait();
    view = draw({
      host,
      survey,
      settings,
      features,
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
        closedFor = reason;
        leave();
        if (isBegun) void end(reason);
      },
    });
    const isLocked = (await locked) !== undefined;
    request.onLock(isLocked);
    const mayShow = isLocked && !closedFor && (await claim());
    // Closed, or failed, while it was stored: that counts, though nobody has seen it.
    if (mayShow && closedFor) void end(closedFor);
    if (!mayShow || closedFor) return view.close('destroyed');
    isBegun = true;
    view.show();
    // After the card has been painted.
    await wait();
    void delivery.drain();
    if (!(wish.from || closedFor)) events.emit('survey-shown', { surveyId });
  };

  const opened = open().catch((error: unknown) => {
    leave();
    throw error;
  });

  return {
    opened,
    close,
    suspend,
    resume: async () => {
      locked = deps.takeLock();
      await showings.refresh();
      if (!(await locked) || isOutdated(showings.value(), showing)) close('replaced');
    },
  };
}

function begin(deps: OpeningDeps, { survey, language, wish }: OpeningRequest): Showing {
  const now = Date.now();
  const { session, isUrlFull, fillHidden, newId } = deps;
  const { action, hiddenFields } = wish;
  const source = new URL(location.href).searchParams.get('source');
  const given = acceptFields(survey.hiddenFields, hiddenFields);
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
