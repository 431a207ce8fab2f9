import { createPatternMatcher, type MatchPattern } from '../core/targeting/pattern.ts';
import { wait } from '../platform/wait.ts';

/** Work goes on for so long before the page has its turn, ms. */
const TURN_MS = 4;

/** Regular expressions of one page. Fetched where an action has one among its URL rules. */
export interface Patterns {
  readonly match: MatchPattern;
  /** Asks each pattern about an address, in turns: the same question is then answered from memory. */
  readonly learn: (patterns: readonly string[], address: string) => Promise<void>;
}

/** Makes the patterns of one page. */
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
