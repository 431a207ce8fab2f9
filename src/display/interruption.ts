import { documentOf, listenInFrames } from '../platform/frames.ts';
import { listen } from '../platform/listen.ts';
import { uptime } from '../platform/wait.ts';

/** Why a survey should not appear at this moment. */
export type BlockReason = 'quiet' | 'hidden' | 'typing' | 'modal';

/** Whether a survey would interrupt the visitor now (architecture.md 5.8). */
export interface InterruptionGuard {
  /** Why nothing should open now; undefined when something may. */
  readonly reason: () => BlockReason | undefined;
  /** Notes that a key was pressed, or may have been: nothing opens for a second. */
  readonly noteKey: () => void;
  /** Time until the reasons that end by themselves are over, ms; 0 or less when they are. */
  readonly rest: () => number;
  /** Watches whether a card at a placement could be seen, in a page in a frame. Returns a function that stops it. */
  readonly watchPlace: (placement: string, onChange: () => void) => () => void;
}

/** Nothing opens this long after the last key, ms. */
const TYPING_MS = 1_000;
/**
 * Elements that make the rest of the page unusable: modal dialogs, elements in full screen, and the page's own dialogs
 * marked `aria-modal`. Popovers don't: the page stays usable, and toasts are popovers.
 */
const MODAL = ':modal,:is([aria-modal=true],[role=alertdialog]):not([aria-hidden=true],[inert])';
/** Dialogs that are modal when they take the rest of the page away, as those of Radix and Angular CDK do. */
const DIALOG = '[role=dialog],dialog[open]';
/** Parts of a page that are taken away from everybody, or from screen readers. */
const TAKEN = ':is([inert],[aria-hidden=true])';
/** What makes such a part more than an ornament. */
const CONTENT = 'a,button,input,select,textarea,main,h1,h2';

/** Makes the guard of a page on which nothing opens before `quietUntil`, on the clock of `uptime`. */
export function createInterruptionGuard(quietUntil: number): InterruptionGuard {
  let typingUntil = 0;
  // A page in a frame is seen once that is known.
  let isSeen = (): boolean => window.parent === window;

  const reason = (): BlockReason | undefined => {
    const now = uptime();
    if (now < quietUntil) return 'quiet';
    if (document.hidden || !isSeen()) return 'hidden';
    if (now < typingUntil) return 'typing';
    return isModalShown() ? 'modal' : undefined;
  };
  return {
    reason,
    watchPlace: (placement, onChange) => {
      if (window.parent === window) return () => {};
      const stop = import('./visible-place.ts').then(({ watchPlace }) =>
        watchPlace(placement, (isNow) => {
          isSeen = isNow;
          onChange();
        }),
      );
      // A frame without the chunk stays unseen.
      return () => void stop.then((end) => end()).catch(() => {});
    },
    noteKey: () => {
      typingUntil = uptime() + TYPING_MS;
    },
    rest: () => Math.max(quietUntil, typingUntil) - uptime(),
  };
}

/** Whether the page shows a modal. One in an open shadow root is found by the focus that it took. */
function isModalShown(): boolean {
  const find = (selector: string): (Element | null)[] => [
    ...document.querySelectorAll(selector),
    ...focusPath().map((element) => element.closest?.(selector)),
  ];
  return (
    document.body?.closest?.('[inert]') != null ||
    find(MODAL).some(isDrawn) ||
    find(DIALOG).some((element) => isDrawn(element) && takesPage(element))
  );
}

/** Whether a part of the page beside a dialog, with content in it, is taken away. */
function takesPage(dialog: Element | null): boolean {
  const parent = dialog?.parentElement;
  if (!parent) return false;
  const isTaken = [...parent.children].some(
    (part) => part !== dialog && part.matches(TAKEN) && isDrawn(part) && part.querySelector(CONTENT),
  );
  return isTaken || takesPage(parent);
}

function isDrawn(element: Element | null): boolean {
  return !!(element?.checkVisibility?.(SEEN) ?? element?.getClientRects().length);
}
/** Options of `checkVisibility`, under the names that every browser with the method knows. */
const SEEN = { checkOpacity: true, checkVisibilityCSS: true };

/** The focused elements, from the page into open shadow roots and its own frames, outermost first. */
function focusPath(): Element[] {
  const path: Element[] = [];
  let at = document.activeElement;
  while (at) {
    path.push(at);
    at = (at.shadowRoot ?? documentOf(at))?.activeElement ?? null;
  }
  return path;
}

/** Fields for text. Keys pressed before the listener was added aren't known, so a focused field counts as a key. */
const FIELD = 'input,textarea,[contenteditable],iframe';
/** Events after which a reason may have ended. */
const EVENTS =
  'keydown keyup pointerdown pointerup pointermove focusin focus blur resize visibilitychange close toggle';

/** A wait until nothing would be interrupted. */
export interface Waiting {
  /** Settles then, or when `stop` is called; the caller must ask the guard again. */
  readonly done: Promise<void>;
  readonly stop: () => void;
}

/**
 * Waits until no reason is left (architecture.md 5.8). Has listeners only during the wait, prevents no event's default,
 * never polls.
 */
export function waitForQuiet(
  { reason, noteKey, rest, watchPlace }: InterruptionGuard,
  placement = '',
): Waiting {
  let stop = (): void => {};
  const done = new Promise<void>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** Checks in a later task: after the page's own handlers of the event, which may close its dialog. */
    const checkIn = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(check, ms);
    };
    const check = (): void => {
      // Read first: a reason that ends between the two calls must not leave the wait without a timer.
      const restMs = rest();
      noteFrames();
      if (!reason()) stop();
      else if (restMs > 0) checkIn(restMs);
    };
    const onEvent = ({ type }: Event): void => {
      if (type === 'keydown') noteKey();
      noteFrames();
      checkIn(0);
    };
    const frames = listenInFrames('keydown', onEvent);
    /** A frame that has come with the focus in it may have been typed in. */
    const noteFrames = (): void => {
      if (frames.attachNew() && document.activeElement?.matches('iframe')) noteKey();
    };
    const release = listen(EVENTS, onEvent);
    const leave = watchPlace(placement, () => checkIn(0));
    stop = () => {
      clearTimeout(timer);
      release();
      frames.release();
      leave();
      resolve();
    };
    noteFrames();
    if (focusPath().some((element) => element.matches(FIELD))) noteKey();
    check();
  });
  return { done, stop };
}
