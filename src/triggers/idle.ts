import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';
import { watchDwell } from './dwell.ts';

/**
 * Fires once, when the tab has been visible for `timeInSeconds` without pointer, key, wheel or scroll events. A hidden tab
 * restarts the time when it becomes visible again. Returns an unsubscribe function.
 */
export function watchIdle(config: NoCodeConfig, fire: () => void): () => void {
  let stopWaiting = (): void => {};
  const restart = (): void => {
    stopWaiting();
    if (!document.hidden) stopWaiting = watchDwell(config, end);
  };
  const release = listen('pointermove pointerdown keydown wheel scroll visibilitychange', restart);
  const end = (): void => {
    release();
    fire();
  };
  restart();
  return () => {
    release();
    stopWaiting();
  };
}
