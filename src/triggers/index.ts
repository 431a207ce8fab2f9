import type { ActionClass, NoCodeConfig } from '../core/survey/document.ts';
import { matchesUrl, patternsOf } from '../core/targeting/url-rules.ts';
import { watchClick } from './click.ts';
import { watchDwell } from './dwell.ts';
import { watchExitIntent } from './exit-intent.ts';
import { watchIdle } from './idle.ts';
import type { Patterns } from './patterns.ts';
import { watchScroll } from './scroll.ts';

/** Starts watching for one action; `fire` says whether the action is for this address. Returns the release. */
type Watch = (config: NoCodeConfig, fire: () => boolean) => () => void;

const WATCHES = new Map<string, Watch>([
  ['click', watchClick],
  ['exitIntent', watchExitIntent],
  ['fiftyPercentScroll', watchScroll],
  ['scrollDepth', watchScroll],
  ['pageDwell', watchDwell],
  ['idle', watchIdle],
]);

/** The no-code actions of an environment that the page itself makes happen; page views are the presenter's. */
export interface Triggers {
  /**
   * Watches for these actions at this address: when the environment is known, was refreshed, and after each change of the
   * address. What goes on is left alone: a scroll that has fired, a dwell time that runs at the same address.
   */
  readonly arm: (actions: readonly ActionClass[], href: string) => Promise<void>;
  /** `matchesUrl` with the regular expressions of the actions that are armed. */
  readonly matches: (config: NoCodeConfig, href: string) => boolean;
  /** Nothing is watched any more, no listener and no timer is left. */
  readonly stop: () => void;
}

/**
 * Makes the triggers of one page. A chunk of its own: a page needs it only where an action is more than a call or a page
 * view, or has a regular expression.
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
      // Whether the page has been at its top since doesn't end with the address; everything else does.
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
          patterns ??= (await import('./patterns.ts')).createPatterns();
          await patterns.learn(found, href);
        }
      } finally {
        // The page may have gone on meanwhile, or we may be gone.
        if (address === href) watch(actions);
      }
    },
    stop: () => {
      address = '';
      watch([]);
    },
  };
}
