import { listen } from './listen.ts';
import { uptime } from './wait.ts';

/** Why a survey should not appear at this moment. */
export type Impoliteness = 'quiet' | 'hidden' | 'typing' | 'modal';

/** What keeps a survey from interrupting (design.md 5.8). */
export interface Manners {
  /** Why nothing should open now; undefined when something may. */
  readonly reason: () => Impoliteness | undefined;
  /**
   * Waits until no reason is left. `done` resolves then, or when `stop` is called; whoever waited looks at the world again.
   * Listens only meanwhile.
   */
  readonly wait: () => { readonly done: Promise<void>; readonly stop: () => void };
}

/** Whoever typed is left alone so long after the last key, ms. */
const TYPING_MS = 1_000;
/** Writing happens here. Which keys came before nobody listened isn't known, so a focused field counts as one. */
const FIELD = 'input,textarea,[contenteditable]';
/**
 * What shuts off the rest of the page: a modal dialog, something in full screen, a dialog of the page's own making that
 * says so. Popovers don't: the page stays usable, and toasts are popovers.
 */
const MODAL = ':modal,[aria-modal=true]:not([aria-hidden=true],[inert])';
/** What the visitor does that may have ended a reason. */
const EVENTS = 'keydown keyup pointerdown pointerup pointermove focusin focus visibilitychange close toggle';

/** Makes the manners of a page that stays quiet for `quietMs` from now. */
export function createManners(quietMs: number): Manners {
  const quietUntil = uptime() + quietMs;
  let typingUntil = 0;

  const reason = (): Impoliteness | undefined => {
    const now = uptime();
    if (now < quietUntil) return 'quiet';
    if (document.hidden) return 'hidden';
    if (now < typingUntil) return 'typing';
    return isModalShown() ? 'modal' : undefined;
  };
  const noteKey = (): void => {
    typingUntil = uptime() + TYPING_MS;
  };

  const wait: Manners['wait'] = () => {
    let stop = (): void => {};
    const done = new Promise<void>((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      /** After what the page does about the event itself: closing its dialog, most of all. */
      const checkIn = (ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(check, ms);
      };
      const check = (): void => {
        const knownEnd = Math.max(quietUntil, typingUntil) - uptime();
        if (!reason()) stop();
        else if (knownEnd > 0) checkIn(knownEnd);
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
  };

  return { reason, wait };
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

/** What has the focus, from the page into open shadow roots. */
function focusPath(): Element[] {
  const path: Element[] = [];
  for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) path.push(at);
  return path;
}
