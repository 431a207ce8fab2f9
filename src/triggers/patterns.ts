import { MAX_ADDRESS_CHARS, MAX_ADDRESS_STEPS } from '../core/limits.ts';
import type { MatchPattern } from '../core/pattern.ts';
import type { MatchAddress } from '../core/targeting/url-rules.ts';
import { wait } from '../platform/wait.ts';

/** Longest task before yielding to the page, ms. */
const TURN_MS = 4;

/** Regular expressions of one page. */
export interface Patterns {
  readonly match: MatchAddress;
  /** Matches each pattern with an address, in tasks of 4 ms: `match` then has the results cached. */
  readonly learn: (patterns: readonly string[], address: string) => Promise<void>;
}

/** Creates the patterns of one page. The matcher is a chunk of its own, loaded when a URL rule has a pattern. */
export function createPatterns(matchPattern: MatchPattern): Patterns {
  const match: MatchAddress = (pattern, address) =>
    address.length > MAX_ADDRESS_CHARS
      ? undefined
      : matchPattern(pattern, address, { steps: MAX_ADDRESS_STEPS });
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
