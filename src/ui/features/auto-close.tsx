import type { JSX } from 'preact';
import { MAX_TIMER_MS } from '../../core/limits.ts';
import { listenTo } from '../base/listen-to.ts';

/** Events that count as using the survey (survey-model.md 3.7); focus alone does not. */
const USES = ['pointerdown', 'pointerover', 'keydown', 'touchstart'];

/**
 * Calls `leave` once when nobody has used the survey for `seconds`; the first use calls `onUse` instead, and ends the
 * countdown. Returns a function that stops it.
 */
export function closeUnused(
  box: HTMLElement,
  seconds: number,
  onUse: () => void,
  leave: () => void,
): () => void {
  const timer = setTimeout(leave, Math.min(seconds * 1000, MAX_TIMER_MS));
  const stop = listenTo(box, USES, () => {
    release();
    onUse();
  });
  const release = (): void => {
    clearTimeout(timer);
    stop();
  };
  return release;
}

/** Draws the bar of the time that is left before a survey closes by itself. */
export function drawCountdown(seconds: number): JSX.Element {
  return (
    <div class="bar time" aria-hidden="true">
      <i style={{ '--time': `${seconds}s` }} />
    </div>
  );
}
