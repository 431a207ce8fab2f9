import type { ActionClass, NoCodeConfig } from '../core/survey/document.ts';
import { matchesUrl } from '../core/targeting/url-rules.ts';
import { watchClick } from './click.ts';
import { watchDwell } from './dwell.ts';
import { watchExitIntent } from './exit-intent.ts';
import { watchIdle } from './idle.ts';
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
  readonly arm: (actions: readonly ActionClass[], href: string) => void;
  /** Nothing is watched any more, no listener and no timer is left. */
  readonly stop: () => void;
}

/** Makes the triggers of one page. `matches` decides an action's URL rules. */
export function createTriggers(
  onFire: (action: ActionClass) => void,
  matches: (config: NoCodeConfig, href: string) => boolean = matchesUrl,
): Triggers {
  let watched = new Map<string, () => void>();
  let address = '';

  const arm = (actions: readonly ActionClass[], href: string): void => {
    const before = watched;
    watched = new Map();
    address = href;
    for (const action of actions) {
      const config = action.noCodeConfig;
      const watch = config && WATCHES.get(config.type);
      if (!watch) continue;
      const fire = (): boolean => {
        const isMeant = matches(config, address);
        if (isMeant) onFire(action);
        return isMeant;
      };
      // Whether the page has been at its top since doesn't end with the address; everything else does.
      const isScroll = /scroll/i.test(config.type);
      if (!isScroll && !matches(config, href)) continue;
      const key = JSON.stringify([action, isScroll || href]);
      watched.set(key, before.get(key) ?? watch(config, fire));
    }
    for (const [key, release] of before) if (!watched.has(key)) release();
  };

  return { arm, stop: () => arm([], '') };
}
