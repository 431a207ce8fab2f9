import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';

/**
 * Fires when the page is scrolled down to a percentage of its scroll height (50 for `fiftyPercentScroll`), and again only
 * after it was back at its top. When `fire` returns false, because the action isn't for this address, it may fire later.
 * A page that can't scroll never fires, nor do scrollable parts of a page. Returns an unsubscribe function.
 */
export function watchScroll({ percentage = 50 }: NoCodeConfig, fire: () => boolean): () => void {
  let isArmed = true;
  return listen('scroll', () => {
    if (scrollY <= 0) isArmed = true;
    // One pixel of tolerance: positions are fractions and heights are rounded, so the end may be less than 100 %.
    else if (isArmed && (scrollY + 1) / wayDown() >= percentage / 100) isArmed = !fire();
  });
}

/** Distance that the page can be scrolled, px; infinite when it fits into the window. */
function wayDown(): number {
  const { scrollHeight } = document.scrollingElement ?? document.documentElement;
  return scrollHeight - innerHeight || Number.POSITIVE_INFINITY;
}
