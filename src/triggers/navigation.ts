import { listen } from '../platform/listen.ts';

/**
 * Calls `onChange` after each change of the page's address without a load (SPA navigation, hash). Returns an unsubscribe
 * function.
 *
 * Uses the Navigation API. Only where it is missing are the methods of `history` wrapped, and unwrapped only if Inkling's
 * wrapper is still the outermost (architecture.md 5.10).
 */
export function watchNavigation(onChange: () => void): () => void {
  const { navigation } = window as { navigation?: EventTarget };
  // A page may have a global of its own called `navigation`.
  if (navigation?.addEventListener) {
    navigation.addEventListener('currententrychange', onChange);
    return () => navigation.removeEventListener('currententrychange', onChange);
  }
  const releases = [
    wrap('pushState', onChange),
    wrap('replaceState', onChange),
    listen('popstate hashchange', onChange),
  ];
  return () => {
    for (const release of releases) release();
  };
}

function wrap(name: 'pushState' | 'replaceState', onChange: () => void): () => void {
  const original = history[name];
  const wrapped: History['pushState'] = function (this: History, ...args) {
    original.apply(this, args);
    onChange();
  };
  try {
    history[name] = wrapped;
  } catch {
    // A frozen `history`: only back, forward and hash changes are seen.
  }
  return () => {
    if (history[name] !== wrapped) return;
    // The browser's method is on the prototype, another wrapper was an own property of `history`.
    Reflect.deleteProperty(history, name);
    if (history[name] !== original) history[name] = original;
  };
}
