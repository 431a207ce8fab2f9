import { uptime } from '../platform/wait.ts';

/** Measures the time that a visitor spends on each element. */
export interface Clock {
  /** Counts the time from now on for this element: the first of a card, then the one changed last. */
  readonly turnTo: (elementId: string) => void;
  /** Milliseconds per element since the last reset. */
  readonly read: () => Readonly<Record<string, number>>;
  readonly reset: () => void;
}

/**
 * Starts a clock. Time counts for one element at a time, so the times of a card's elements add up to its time on screen.
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
