/** An ending is read and gone after this long, unless the visitor stays with it. */
const ENDING_MS = 3000;
/** What counts as using the survey (survey-model.md 3.7); focus alone does not. */
const USES = ['pointerdown', 'pointerover', 'keydown', 'touchstart'];

/** Calls once when nobody has used the survey for so many seconds. Gives the release; `onUse` says it is off. */
export function waitForUse(
  box: HTMLElement,
  seconds: number,
  onUse: () => void,
  leave: () => void,
): () => void {
  const timer = setTimeout(leave, seconds * 1000);
  const stop = listen(box, USES, () => {
    release();
    onUse();
  });
  const release = (): void => {
    clearTimeout(timer);
    stop();
  };
  return release;
}

/** Calls once an ending was on screen for a while: later when the pointer moves over it, or focus is inside. */
export function waitForReading(box: HTMLElement, leave: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const wait = (): void => {
    clearTimeout(timer);
    const { activeElement } = box.getRootNode() as ShadowRoot;
    const isInside = activeElement !== null && activeElement !== box;
    if (!isOver && !isInside) timer = setTimeout(leave, ENDING_MS);
  };
  wait();
  const stop = listen(box, ['pointermove', 'pointerleave', 'focusin', 'focusout'], ({ type }) => {
    // A pointer that merely rests where "Finish" was stays with nothing; one that moves does.
    if (type === 'pointermove') isOver = true;
    if (type === 'pointerleave') isOver = false;
    // While focus moves, nothing has it: look a moment later.
    void Promise.resolve().then(wait);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function listen(box: HTMLElement, types: readonly string[], handle: (event: Event) => void): () => void {
  for (const type of types) box.addEventListener(type, handle);
  return () => {
    for (const type of types) box.removeEventListener(type, handle);
  };
}
