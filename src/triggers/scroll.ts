import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';

/**
 * Fires when the page is scrolled down to a percentage of the way (50 for `fiftyPercentScroll`), once until it is back
 * at its top. `fire` says whether the action applied: an address that it isn't for doesn't use it up. A page that doesn't
 * scroll never fires, nor do parts of a page that scroll by themselves. Returns the release.
 */
export function watchScroll({ percentage = 50 }: NoCodeConfig, fire: () => boolean): () => void {
  let isArmed = true;
  return listen('scroll', () => {
    if (scrollY <= 0) isArmed = true;
    // One pixel of patience: positions are fractions and heights are rounded, so the end may read as just before it.
    else if (isArmed && (scrollY + 1) / wayDown() >= percentage / 100) isArmed = !fire();
  });
}

/** How far the page can be scrolled, px; one that fits has no end to arrive at. */
function wayDown(): number {
  const { scrollHeight } = document.scrollingElement ?? document.documentElement;
  return scrollHeight - innerHeight || Number.POSITIVE_INFINITY;
}
