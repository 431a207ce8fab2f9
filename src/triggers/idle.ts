import type { NoCodeConfig } from '../core/survey/document.ts';
import { listenInFrames } from '../platform/frames.ts';
import { listen } from '../platform/listen.ts';
import { watchDwell } from './dwell.ts';

/** Events by which a visitor is busy, in the page or in one of its own frames. */
const EVENTS = 'pointermove pointerdown keydown wheel scroll';

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
  const frames = listenInFrames(EVENTS, restart);
  const stopListening = listen(`${EVENTS} visibilitychange`, restart);
  const release = (): void => {
    stopListening();
    frames.release();
  };
  const end = (): void => {
    // In a frame that has been added meanwhile, the visitor may have been busy.
    if (frames.attachNew()) restart();
    else {
      release();
      fire();
    }
  };
  frames.attachNew();
  restart();
  return () => {
    release();
    stopWaiting();
  };
}
