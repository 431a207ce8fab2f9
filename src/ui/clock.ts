import { uptime } from '../platform/wait.ts';

/** Measures the time a visitor spends on each element. */
export interface Clock {
  /** From now on the time belongs to this element: the first of a card, then whichever was changed last. */
  readonly turnTo: (elementId: string) => void;
  /** Milliseconds per element since the last reset. */
  readonly read: () => Readonly<Record<string, number>>;
  readonly reset: () => void;
}

/**
 * Starts a clock. Every moment counts for exactly one element, so a card's times add up to the time it was on screen.
 *
 * @example
 * const clock = startClock();
 */
export function startClock(): Clock {
  let spent: Record<string, number> = {};
  let current = '';
  let since = 0;
  const charge = (): void => {
    const now = uptime();
    if (current) spent[current] = (spent[current] ?? 0) + now - since;
    since = now;
  };
  return {
    turnTo: (elementId) => {
      charge();
      current = elementId;
    },
    read: () => {
      charge();
      return spent;
    },
    reset: () => {
      spent = {};
    },
  };
}
