import { uptime } from '../platform/wait.ts';

/** Why a survey should not appear at this moment. */
export type Impoliteness = 'quiet' | 'hidden' | 'typing' | 'modal';

/** What keeps a survey from interrupting (design.md 5.8). */
export interface Manners {
  /** Why nothing should open now; undefined when something may. */
  readonly reason: () => Impoliteness | undefined;
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
/** Makes the manners of a page that stays quiet until then, on the clock of `uptime`. */
export function createManners(quietUntil: number): Manners {
  let typingUntil = 0;

  const reason = (): Impoliteness | undefined => {
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
export function focusPath(): Element[] {
  const path: Element[] = [];
  for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) path.push(at);
  return path;
}
