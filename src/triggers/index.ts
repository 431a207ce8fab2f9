import type { ActionClass, NoCodeConfig } from '../core/survey/document.ts';
import { matchesUrl, patternsOf } from '../core/targeting/url-rules.ts';
import { watchClick } from './click.ts';
import { watchDwell } from './dwell.ts';
import { watchExitIntent } from './exit-intent.ts';
import { watchIdle } from './idle.ts';
import { createPatterns, type Patterns } from './patterns.ts';
import { watchScroll } from './scroll.ts';

/** Watches for one action. `fire` returns whether the action applies at this address. Returns an unsubscribe function. */
type Watch = (config: NoCodeConfig, fire: () => boolean) => () => void;

const WATCHES = new Map<string, Watch>([
  ['click', watchClick],
  ['exitIntent', watchExitIntent],
  ['fiftyPercentScroll', watchScroll],
  ['scrollDepth', watchScroll],
  ['pageDwell', watchDwell],
  ['idle', watchIdle],
]);

/** Watches for the no-code actions of an environment; page views are watched by the presenter. */
export interface Triggers {
  /**
   * Watches for these actions at this address. To be called when the environment was loaded or refreshed, and after each
   * change of the address. State of unchanged actions is kept: a scroll that has fired, a dwell time at the same address.
   */
  readonly arm: (actions: readonly ActionClass[], href: string) => Promise<void>;
  /** `matchesUrl`, with the regular expressions of the armed actions. */
  readonly matches: (config: NoCodeConfig, href: string) => boolean;
  /** Removes every listener and timer. */
  readonly stop: () => void;
}

/**
 * Creates the triggers of one page. A chunk of its own: a page needs it only for no-code actions other than page views,
 * and for regular expressions.
 */
export function createTriggers(onFire: (action: ActionClass) => void): Triggers {
  let watched = new Map<string, () => void>();
  let address = '';
  let patterns: Patterns | undefined;

  const matches = (config: NoCodeConfig, href: string): boolean => matchesUrl(config, href, patterns?.match);

  const watch = (actions: readonly ActionClass[]): void => {
    const before = watched;
    watched = new Map();
    for (const action of actions) {
      const config = action.noCodeConfig;
      const begin = config && WATCHES.get(config.type);
      // The state of a scroll outlives a change of the address; that of every other action doesn't.
      const isScroll = begin === watchScroll;
      if (!begin || !(isScroll || matches(config, address))) continue;
      const key = JSON.stringify([action, isScroll || address]);
      const fire = (): boolean => {
        const isMeant = matches(config, address);
        if (isMeant) onFire(action);
        return isMeant;
      };
      watched.set(key, before.get(key) ?? begin(config, fire));
    }
    for (const [key, release] of before) if (!watched.has(key)) release();
  };

  return {
    matches,
    arm: async (actions, href) => {
      address = href;
      const found = patternsOf(actions);
      try {
        if (found.length > 0) {
          patterns ??= createPatterns((await import('../core/pattern.ts')).createPatternMatcher());
          await patterns.learn(found, href);
        }
      } finally {
        // The address may have changed meanwhile, or `stop` was called.
        if (address === href) watch(actions);
      }
    },
    stop: () => {
      address = '';
      watch([]);
    },
  };
}
