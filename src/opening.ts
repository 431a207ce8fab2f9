import type { Survey } from './core/survey/document.ts';
import type { Showing } from './core/targeting/history.ts';
import { closeShowing, isOutdated, type Ledger, putShowing } from './core/targeting/ledger.ts';
import type { Events } from './events.ts';
import type { Delivery } from './net/delivery.ts';
import type { Release } from './net/tab-lock.ts';
import type { Session } from './session.ts';
import type { StoredRecord } from './store/record.ts';
import type { CloseReason, OpenSurvey, Renderer } from './ui/contract.ts';
import { atMost } from './wait.ts';

/** A card waits for its commit this long, then goes on from memory (design.md 5.2). */
const COMMIT_MS = 300;

/** What opening a survey needs from the shell. */
export interface OpeningDeps {
  readonly session: Session;
  readonly showings: StoredRecord<Ledger>;
  readonly events: Events;
  readonly delivery: Delivery;
  /** Undefined while another tab of the site has a survey. */
  readonly takeLock: () => Promise<Release | undefined>;
  /** With everything the survey needs; undefined when that could not be loaded. */
  readonly loadRenderer: (survey: Survey) => Promise<Renderer | undefined>;
}

/** One survey to open. */
export interface OpeningRequest {
  readonly survey: Survey;
  /** A new showing, or the one to continue. */
  readonly showing: Showing;
  readonly isContinued: boolean;
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
 * Opens one survey: lock, renderer, the gates once more, the display written ahead, the card. A showing is stored
 * before it is on screen and each answer before the card moves (design.md 5.2, 5.5).
 */
export function openSurvey(deps: OpeningDeps, request: OpeningRequest): Opening {
  const { session, showings, events, delivery } = deps;
  const { survey, isContinued } = request;
  const { id: responseId, surveyId } = request.showing;
  const host = document.createElement('inkling-survey');
  let { showing } = request;
  let view: OpenSurvey | undefined;
  let release: Release | undefined;
  let closedFor: CloseReason | undefined;

  const leave = (): void => {
    host.remove();
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
    appendHost(host);
    const renderer = await deps.loadRenderer(survey);
    await showings.refresh();
    const { workspace, project } = session.environment() ?? {};
    const settings = workspace ?? project;
    if (!renderer || !settings || closedFor || !request.isStillAllowed()) return leave();
    await save(showing);
    view = renderer.openSurvey({
      host,
      survey,
      settings,
      language: showing.language,
      locale: showing.languageCode,
      progress: showing.progress,
      hiddenFields: showing.hiddenFields ?? {},
      onStep: async ({ progress, data, elementIds }) => {
        const { finished, endingId } = progress;
        const seq = showing.seq + 1;
        await save({ ...showing, progress, answers: data, finished, seq, activeAt: Date.now() });
        void delivery.drain();
        events.emit('survey-answered', { surveyId, responseId, elementIds });
        if (finished) events.emit('survey-finished', { surveyId, responseId, endingId });
      },
      onClose: (reason) => {
        leave();
        // What was replaced goes on in another tab.
        if (reason !== 'replaced') void showings.update((old) => closeShowing(old, responseId));
        events.emit('survey-closed', { surveyId, reason });
      },
    });
    if (closedFor) return view.close(closedFor);
    void delivery.drain();
    if (!isContinued) events.emit('survey-shown', { surveyId });
  };

  const opened = open().catch((error: unknown) => {
    // A bug of ours costs this survey, not the next one.
    leave();
    events.emit('error', { code: 'internal', message: `${error}` });
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

/** Puts the host element on the page, with the status region a screen reader must know before it says anything. */
function appendHost(host: HTMLElement): void {
  const status = document.createElement('div');
  status.setAttribute('role', 'status');
  host.attachShadow({ mode: 'open' }).append(status);
  document.body.append(host);
}
