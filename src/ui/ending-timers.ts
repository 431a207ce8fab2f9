import { listenTo } from './base/listen-to.ts';

/** An ending is read and gone after this long, unless the visitor stays with it. */
const ENDING_MS = 3000;
/** An answer that has not been sent by then is worth a word. */
const LATE_MS = 1000;
/**
 * Calls once an ending was on screen for a while: later when the pointer moves over it, or focus is inside. `again`
 * begins the while anew, for what has changed and is to be read, too.
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
    // A pointer that merely rests where "Finish" was stays with nothing; one that moves does.
    if (type === 'pointermove') isOver = true;
    if (type === 'pointerleave') isOver = false;
    // While focus moves, nothing has it: look a moment later.
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
 * Watches whether what was answered has been sent, while an ending is on screen: calls with true once it is late, and
 * with false when it has gone after all. Gives the release.
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
