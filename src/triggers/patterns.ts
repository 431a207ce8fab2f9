import { createPatternMatcher, type MatchPattern } from '../core/targeting/pattern.ts';
import { wait } from '../platform/wait.ts';

/** Longest task before yielding to the page, ms. */
const TURN_MS = 4;

/** Regular expressions of one page. A chunk of its own, loaded when a URL rule has one. */
export interface Patterns {
  readonly match: MatchPattern;
  /** Matches each pattern with an address, in tasks of 4 ms: `match` then has the results cached. */
  readonly learn: (patterns: readonly string[], address: string) => Promise<void>;
}

/** Creates the patterns of one page. */
export function createPatterns(): Patterns {
  const match = createPatternMatcher();
  return {
    match,
    learn: async (patterns, address) => {
      let began = performance.now();
      for (const pattern of patterns) {
        match(pattern, address);
        if (performance.now() - began < TURN_MS) continue;
        await wait();
        began = performance.now();
      }
    },
  };
}
