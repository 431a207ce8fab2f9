import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';
import { uptime } from '../platform/wait.ts';

/** Scrolling up by touch at this speed (px per ms, over at least `WINDOW_MS`) counts as leaving. */
const FAST = 1.5;
const WINDOW_MS = 100;
/** Scrolling up this soon after arrival doesn't count, ms. */
const SETTLE_MS = 2_000;

/**
 * Fires once when the visitor is about to leave: the mouse leaves the window at its top, or, on touch devices, the page is
 * scrolled up fast without reaching its top (links and browsers jump there). Returns an unsubscribe function.
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
  // Chromium doesn't send `mouseleave` to a listener on the window.
  const names = `mouseout mouseleave${matchMedia('(pointer: coarse)').matches ? ' scroll' : ''}`;
  const release = listen<MouseEvent>(names, ({ type, clientY, relatedTarget }) => {
    if (type === 'scroll' ? isFastScroll(uptime()) : clientY <= 0 && !relatedTarget) {
      release();
      fire();
    }
  });
  return release;
}
