import { listen } from '../platform/listen.ts';

/**
 * Calls back after each change of the page's address without a load (SPA navigation, hash). Returns the release.
 *
 * The Navigation API tells without touching anything; only where it is missing is history wrapped, and unwrapped only
 * if our wrapper is still the outermost (design.md 5.10).
 */
export function watchNavigation(onChange: () => void): () => void {
  const { navigation } = window as { navigation?: EventTarget };
  // A page may call something else of its own `navigation`.
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
    // Frozen: SPA navigation goes unnoticed, but for back and forward.
  }
  return () => {
    if (history[name] !== wrapped) return;
    // The browser's own lies on the prototype, a former wrapper's where ours did.
    Reflect.deleteProperty(history, name);
    if (history[name] !== original) history[name] = original;
  };
}
