import { atMost } from '../platform/wait.ts';
import { listenTo } from './base/listen-to.ts';
import type { SurveyView } from './contract.ts';

/** Time an ending stays on screen, unless the visitor uses it. */
const ENDING_MS = 3000;
/** An answer that has not been sent after this time is late, and a note says so. */
const LATE_MS = 1000;
/** Longest time that the page stays for answers that have not been sent, before an ending takes the visitor elsewhere. */
const STAY_MS = 2000;

/**
 * Calls `leave` once an ending was shown for three seconds without a pointer moving over it or focus inside. `restart`
 * restarts that time, when the text has changed.
 */
export function closeAfterReading(
  box: HTMLElement,
  leave: () => void,
): { restart: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const wait = (): void => {
    clearTimeout(timer);
    const { activeElement } = box.getRootNode() as ShadowRoot;
    const isInside = activeElement !== null && activeElement !== box;
    if (!isOver && !isInside) timer = setTimeout(leave, ENDING_MS);
  };
  wait();
  const stop = listenTo(box, ['pointermove', 'pointerleave', 'focusin', 'focusout'], ({ type }) => {
    // Only a pointer that moves counts: one may merely rest where "Finish" was.
    if (type === 'pointermove') isOver = true;
    if (type === 'pointerleave') isOver = false;
    // While focus moves, no element has it: check in a microtask.
    void Promise.resolve().then(wait);
  });
  return {
    restart: wait,
    stop: () => {
      stop();
      clearTimeout(timer);
    },
  };
}

/**
 * Watches whether all answers have been sent, while an ending is on screen: calls `tell` with true once they are late, and
 * with false when they were sent after all. Returns a function that stops it.
 */
export function watchSending(
  isSent: () => boolean,
  onSent: (listener: () => void) => () => void,
  tell: (isLate: boolean) => void,
): () => void {
  let isLate = false;
  const look = (isDue: boolean): void => {
    const next = isDue && !isSent();
    if (next !== isLate) tell(next);
    isLate = next;
  };
  const timer = setTimeout(look, LATE_MS, true);
  const stop = onSent(() => look(isLate));
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/**
 * Settles once every answer was sent, or after two seconds: an ending that takes the visitor elsewhere waits for it, since
 * not every request survives the page that has sent it. Undefined when there is nothing to wait for.
 */
export function whenSent({
  isSent,
  onSent,
}: Pick<SurveyView, 'isSent' | 'onSent'>): Promise<void> | undefined {
  if (!isSent || isSent()) return undefined;
  let stop: (() => void) | undefined;
  const sent = new Promise<void>((resolve) => {
    stop = onSent?.(() => isSent() && resolve());
  });
  return atMost(STAY_MS, sent).then(stop);
}
