import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';
import { uptime } from '../platform/wait.ts';

/** Fingers that throw the page back up at this speed (px per ms, over at least so many ms) are on their way out. */
const FAST = 1.5;
const WINDOW_MS = 100;
/** Whoever scrolls up this soon has just arrived. */
const SETTLE_MS = 2_000;

/**
 * Fires once when the visitor is about to leave: the mouse goes out at the top of the window, or, where fingers are the
 * pointer, the page is scrolled up fast without arriving at its top (links and browsers jump there). Returns the
 * release.
 */
export function watchExitIntent(_config: NoCodeConfig, fire: () => void): () => void {
  const begunAt = uptime();
  let at = begunAt;
  let from = scrollY;
  const isFastScroll = (now: number): boolean => {
    const elapsed = now - at;
    if (elapsed < WINDOW_MS) return false;
    const isFast = from - scrollY > FAST * elapsed;
    at = now;
    from = scrollY;
    return isFast && scrollY > 0 && now - begunAt > SETTLE_MS;
  };
  // Chromium has no `mouseleave` for a listener on the window alone.
  const names = `mouseout mouseleave${matchMedia('(pointer: coarse)').matches ? ' scroll' : ''}`;
  const release = listen<MouseEvent>(names, ({ type, clientY, relatedTarget }) => {
    if (type === 'scroll' ? isFastScroll(uptime()) : clientY <= 0 && !relatedTarget) {
      release();
      fire();
    }
  });
  return release;
}
