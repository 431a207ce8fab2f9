import { useEffect, useState } from 'preact/hooks';
import type { CloseReason } from './contract.ts';

/** An ending is read and gone after this long, unless the visitor stays with it. */
const ENDING_MS = 3000;
/** What counts as using the survey (survey-model.md 3.7); focus alone does not. */
const USES = ['pointerdown', 'pointerover', 'keydown', 'touchstart'];

type Leave = (reason: CloseReason) => void;

/**
 * Closes a survey that nobody touches. Gives the seconds it waits, or 0 once that is off the table.
 *
 * @param seconds - 0 where the survey waits for ever, and on every card but the first.
 */
export function useAutoClose(seconds: number, box: HTMLElement, leave: Leave): number {
  const [isUsed, setUsed] = useState(false);
  const wait = isUsed ? 0 : seconds;
  useEffect(() => {
    if (!wait) return;
    const timer = setTimeout(() => leave('timeout'), wait * 1000);
    return both(
      () => clearTimeout(timer),
      listen(box, USES, () => setUsed(true)),
    );
  }, [wait]);
  return wait;
}

/** Closes a finished survey after a while: later when the pointer moves over it, or focus is inside. */
export function useEnding(isFinished: boolean, box: HTMLElement, leave: Leave): void {
  useEffect(() => {
    if (!isFinished) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const wait = (): void => {
      clearTimeout(timer);
      const { activeElement } = box.getRootNode() as ShadowRoot;
      const isInside = activeElement !== null && activeElement !== box;
      if (!isOver && !isInside) timer = setTimeout(() => leave('finished'), ENDING_MS);
    };
    wait();
    return both(
      () => clearTimeout(timer),
      // A pointer that merely rests where "Finish" was stays with nothing; one that moves does.
      listen(box, ['pointermove', 'pointerleave'], ({ type }) => {
        isOver = type === 'pointermove';
        wait();
      }),
      // While focus moves, nothing has it: look a moment later.
      listen(box, ['focusin', 'focusout'], () => void Promise.resolve().then(wait)),
    );
  }, [isFinished]);
}

function listen(box: HTMLElement, types: readonly string[], handle: (event: Event) => void): () => void {
  for (const type of types) box.addEventListener(type, handle);
  return () => {
    for (const type of types) box.removeEventListener(type, handle);
  };
}

function both(...releases: readonly (() => void)[]): () => void {
  return () => {
    for (const release of releases) release();
  };
}
