import type { CloseReason } from '../api/close-reason.ts';
import type { Events } from '../api/events.ts';
import { closeShowing, isOutdated, type Ledger, putShowing, waiting } from '../core/targeting/ledger.ts';
import type { Delivery } from '../outbox/delivery.ts';
import { atMost, wait } from '../platform/wait.ts';
import type { Session } from '../session/session.ts';
import type { Release } from '../store/lease.ts';
import type { StoredRecord } from '../store/record.ts';
import type { OpenSurvey, Step } from '../ui/contract.ts';
import { openSurvey as draw, prepare, toCurrent } from '../ui/index.tsx';
import type { Upload } from '../wire/upload.ts';
import type { ClosingNote } from './closing-note.ts';
import { afterStep, type Beginning, type NewShowingDeps, newShowing } from './showing.ts';

/** A card waits for its commit this long, then goes on from memory (architecture.md 5.2). */
const COMMIT_MS = 300;
/** The first commit may take longer: what other tabs have shown is read with it. */
const BEGIN_MS = 800;

/** Dependencies of an opening, passed in by the core. May grow; a change of meaning raises `contract` (index.ts). */
export interface OpeningDeps extends NewShowingDeps {
  readonly session: Pick<Session, 'environment' | 'who'>;
  readonly showings: Pick<StoredRecord<Ledger>, 'value' | 'refresh' | 'update'>;
  readonly events: Pick<Events, 'emit'>;
  readonly delivery: Pick<Delivery, 'drain' | 'watch'>;
  readonly closingNote: Pick<ClosingNote, 'write' | 'remove'>;
  /** Undefined while another tab of the site has a survey. */
  readonly takeLock: () => Promise<Release | undefined>;
  /** Stores a file that a visitor answers with. */
  readonly upload: (surveyId: string, file: Parameters<Upload>[0]) => ReturnType<Upload>;
}

/** One survey to open. */
export interface OpeningRequest extends Beginning {
  /** On the page already, with an open shadow root that holds a `role="status"`. */
  readonly host: HTMLElement;
  /**
   * Whether the gates let it begin, given what all tabs have shown. Asked when everything is loaded: another tab, an
   * identification or a delay may have changed the answer.
   */
  readonly mayBegin: (ledger: Ledger) => boolean;
  /** Called once this tab has the lock, or can't have it. */
  readonly onLock: (hasLock: boolean) => void;
  /** Called when it is off the screen, or will never be on it. */
  readonly onEnd: () => void;
}

/** A survey that opens or is open. */
export interface Opening {
  /** Settles when it is on screen, or won't be. Rejects when it can't be drawn. */
  readonly opened: Promise<void>;
  readonly close: (reason: CloseReason) => void;
  /** Gives the lock back while the page is hidden in the back/forward cache: another page may continue the survey. */
  readonly suspend: () => void;
  /** Takes the lock again; closes the survey as `replaced` when another page has continued it. */
  readonly resume: () => Promise<void>;
}

/**
 * Opens one survey: takes the lock, loads what its document needs, asks the gates once more, stores the display, shows
 * the card. A showing is stored before it is on screen and each answer before the card moves (architecture.md 5.2, 5.5);
 * it is drawn out of sight while the disk writes.
 */
export function openSurvey(deps: OpeningDeps, request: OpeningRequest): Opening {
  const { showings, events, delivery, closingNote } = deps;
  const { cause } = request;
  let showing = cause.from ?? newShowing(deps, request);
  const { id: responseId, surveyId } = showing;
  let view: OpenSurvey | undefined;
  let locked: Promise<Release | undefined> | undefined;
  let closedFor: CloseReason | undefined;
  /** It is stored, and on screen. */
  let isBegun = false;

  const write = (change: (old: Ledger) => Ledger, ms = COMMIT_MS): Promise<void> =>
    atMost(ms, showings.update(change));
  const suspend = (): void => void locked?.then((release) => release?.());
  const leave = (): void => {
    suspend();
    request.onEnd();
  };
  const end = async (reason: CloseReason): Promise<void> => {
    // A replaced survey goes on in another tab. The event comes once the closing is stored: the page may leave on it.
    if (reason !== 'replaced') {
      closingNote.write(responseId);
      const stored = showings.update((old) => closeShowing(old, responseId));
      void stored.then(closingNote.remove);
      await atMost(COMMIT_MS, stored);
    }
    events.emit('survey-closed', { surveyId, reason });
  };
  const close = (reason: CloseReason): void => {
    closedFor = reason;
    // One that is not stored yet is closed when it is, or goes without an event.
    if (isBegun) view?.close(reason);
  };
  const onClose = (reason: CloseReason): void => {
    closedFor = reason;
    leave();
    if (isBegun) void end(reason);
  };
  const onStep = async (step: Step): Promise<void> => {
    const { finished, endingId } = step.progress;
    const next = afterStep(showing, step, Date.now());
    showing = next;
    await write((old) => putShowing(old, next));
    void delivery.drain();
    events.emit('survey-answered', { surveyId, responseId, elementIds: step.elementIds });
    if (finished) events.emit('survey-finished', { surveyId, responseId, endingId });
  };

  /** Asks the gates and stores the showing in one transaction, so that no other tab comes between. */
  const claim = async (): Promise<boolean> => {
    let mayShow = false;
    await write((old) => {
      // A commit that comes after those 800 ms records what is on screen.
      mayShow = isBegun || (cause.from ? !isOutdated(old, showing) : request.mayBegin(old));
      return mayShow ? putShowing(old, showing) : old;
    }, BEGIN_MS);
    return mayShow;
  };
  const begin = async (drawn: OpenSurvey): Promise<void> => {
    const hasLock = (await locked) !== undefined;
    request.onLock(hasLock);
    const mayShow = hasLock && !closedFor && (await claim());
    // Closed, or failed, while it was stored: that counts, though nobody has seen it.
    if (mayShow && closedFor) void end(closedFor);
    if (!mayShow || closedFor) return drawn.close('destroyed');
    isBegun = true;
    drawn.show();
    // After the card has been painted.
    await wait();
    void delivery.drain();
    if (!(cause.from || closedFor)) events.emit('survey-shown', { surveyId });
  };
  const open = async (): Promise<void> => {
    const { workspace, project } = deps.session.environment() ?? {};
    const settings = workspace ?? project;
    if (!settings) return leave();
    locked = deps.takeLock();
    const survey = await toCurrent(request.survey);
    const features = await prepare(survey, showing.progress?.card, settings);
    // A task of its own, while the lock is on its way.
    await wait();
    view = draw({
      host: request.host,
      survey,
      settings,
      features,
      language: showing.language,
      locale: showing.languageCode,
      progress: showing.progress,
      hiddenFields: showing.hiddenFields ?? {},
      onStep,
      isSent: () => !waiting(showings.value()).some(({ id }) => id === responseId),
      onSent: delivery.watch,
      upload: (file) => deps.upload(surveyId, file),
      onClose,
    });
    await begin(view);
  };

  return {
    opened: open().catch((error: unknown) => {
      leave();
      throw error;
    }),
    close,
    suspend,
    resume: async () => {
      locked = deps.takeLock();
      await showings.refresh();
      if (!(await locked) || isOutdated(showings.value(), showing)) close('replaced');
    },
  };
}
