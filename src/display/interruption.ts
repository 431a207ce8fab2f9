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
}

/** Nothing opens this long after the last key, ms. */
const TYPING_MS = 1_000;
/**
 * Elements that make the rest of the page unusable: modal dialogs, elements in full screen, and the page's own dialogs
 * marked `aria-modal`. Popovers don't: the page stays usable, and toasts are popovers.
 */
const MODAL = ':modal,[aria-modal=true]:not([aria-hidden=true],[inert])';

/** Makes the guard of a page on which nothing opens before `quietUntil`, on the clock of `uptime`. */
export function createInterruptionGuard(quietUntil: number): InterruptionGuard {
  let typingUntil = 0;

  const reason = (): BlockReason | undefined => {
    const now = uptime();
    if (now < quietUntil) return 'quiet';
    if (document.hidden) return 'hidden';
    if (now < typingUntil) return 'typing';
    return isModalShown() ? 'modal' : undefined;
  };
  return {
    reason,
    noteKey: () => {
      typingUntil = uptime() + TYPING_MS;
    },
    rest: () => Math.max(quietUntil, typingUntil) - uptime(),
  };
}

/** Whether the page shows a modal. One in an open shadow root is found by the focus that it took. */
function isModalShown(): boolean {
  const shown = [
    ...document.querySelectorAll(MODAL),
    ...focusPath().map((element) => element.closest?.(MODAL)),
  ];
  return shown.some((element) => element?.checkVisibility?.(SEEN) ?? element?.getClientRects().length);
}
/** Options of `checkVisibility`, under the names that every browser with the method knows. */
const SEEN = { checkOpacity: true, checkVisibilityCSS: true };

/** The focused elements, from the page into open shadow roots, outermost first. */
function focusPath(): Element[] {
  const path: Element[] = [];
  for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) path.push(at);
  return path;
}

/** Fields for text. Keys pressed before the listener was added aren't known, so a focused field counts as a key. */
const FIELD = 'input,textarea,[contenteditable]';
/** Events after which a reason may have ended. */
const EVENTS = 'keydown keyup pointerdown pointerup pointermove focusin focus visibilitychange close toggle';

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
export function waitForQuiet({ reason, noteKey, rest }: InterruptionGuard): Waiting {
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
      if (!reason()) stop();
      else if (restMs > 0) checkIn(restMs);
    };
    const release = listen(EVENTS, ({ type }) => {
      if (type === 'keydown') noteKey();
      checkIn(0);
    });
    stop = () => {
      clearTimeout(timer);
      release();
      resolve();
    };
    if (focusPath().some((element) => element.matches(FIELD))) noteKey();
    check();
  });
  return { done, stop };
}
