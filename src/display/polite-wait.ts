import { listen } from '../platform/listen.ts';
import { focusPath, type Manners } from './interruption.ts';

/** Writing happens here. Which keys came before nobody listened isn't known, so a focused field counts as one. */
const FIELD = 'input,textarea,[contenteditable]';
/** What the visitor does that may have ended a reason. */
const EVENTS = 'keydown keyup pointerdown pointerup pointermove focusin focus visibilitychange close toggle';

/** Somebody waits for a polite moment. */
export interface Waiting {
  /** Settles then, or when `stop` is called; whoever waited looks at the world again. */
  readonly done: Promise<void>;
  readonly stop: () => void;
}

/** Waits until no reason is left (design.md 5.8). Listens only meanwhile, prevents nothing, never polls. */
export function waitPolitely({ reason, noteKey, rest }: Manners): Waiting {
  let stop = (): void => {};
  const done = new Promise<void>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** After what the page does about the event itself: closing its dialog, most of all. */
    const checkIn = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(check, ms);
    };
    const check = (): void => {
      // First: a reason that ends between the two questions must not leave nobody asking again.
      const restMs = rest();
      if (!reason()) stop();
      else if (restMs > 0) checkIn(restMs);
    };
    const release = listen(EVENTS, ({ type }) => {
      if (type === 'keydown') noteKey();
      checkIn(0);
    });
    stop = () => {
      clearTimeout(timer);
      release();
      resolve();
    };
    if (focusPath().some((element) => element.matches(FIELD))) noteKey();
    check();
  });
  return { done, stop };
}
