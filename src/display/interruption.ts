import { listen } from '../platform/listen.ts';
import { uptime } from '../platform/wait.ts';

/** Why a survey should not appear at this moment. */
export type BlockReason = 'quiet' | 'hidden' | 'typing' | 'modal';

/** What keeps a survey from interrupting (design.md 5.8). */
export interface InterruptionGuard {
  /** Why nothing should open now; undefined when something may. */
  readonly reason: () => BlockReason | undefined;
  /** A key was pressed, or may have been: whoever types is left alone for a second. */
  readonly noteKey: () => void;
  /** How long the reasons that end by themselves hold on, ms; negative when they are over. */
  readonly rest: () => number;
}

/** Whoever typed is left alone so long after the last key, ms. */
const TYPING_MS = 1_000;
/**
 * What shuts off the rest of the page: a modal dialog, something in full screen, a dialog of the page's own making that
 * says so. Popovers don't: the page stays usable, and toasts are popovers.
 */
const MODAL = ':modal,[aria-modal=true]:not([aria-hidden=true],[inert])';
/** Makes the guard of a page that stays quiet until then, on the clock of `uptime`. */
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

/** A dialog in an open shadow root is found by the focus that it took. */
function isModalShown(): boolean {
  const shown = [
    ...document.querySelectorAll(MODAL),
    ...focusPath().map((element) => element.closest?.(MODAL)),
  ];
  return shown.some((element) => element?.checkVisibility?.(SEEN) ?? element?.getClientRects().length);
}
/** Under the names that every browser with the method knows. */
const SEEN = { checkOpacity: true, checkVisibilityCSS: true };

/** What has the focus, from the page into open shadow roots, outermost first. */
function focusPath(): Element[] {
  const path: Element[] = [];
  for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) path.push(at);
  return path;
}

/** Writing happens here. Which keys came before nobody listened isn't known, so a focused field counts as one. */
const FIELD = 'input,textarea,[contenteditable]';
/** What the visitor does that may have ended a reason. */
const EVENTS = 'keydown keyup pointerdown pointerup pointermove focusin focus visibilitychange close toggle';

/** Somebody waits for a polite moment. */
export interface Waiting {
  /** Settles then, or when `stop` is called; whoever waited looks at the world again. */
  readonly done: Promise<void>;
  readonly stop: () => void;
}

/** Waits until no reason is left (design.md 5.8). Listens only meanwhile, prevents nothing, never polls. */
export function waitForQuiet({ reason, noteKey, rest }: InterruptionGuard): Waiting {
  let stop = (): void => {};
  const done = new Promise<void>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** After what the page does about the event itself: closing its dialog, most of all. */
    const checkIn = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(check, ms);
    };
    const check = (): void => {
      // First: a reason that ends between the two questions must not leave nobody asking again.
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
