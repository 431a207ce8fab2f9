const DARK = '(prefers-color-scheme: dark)';

/** Whether the page is dark, by its theme class, `data-theme` or `color-scheme`, else by the system's preference. */
export function isPageDark(): boolean {
  const { dataset, classList } = document.documentElement;
  const said = `${dataset.theme} ${classList} ${getComputedStyle(document.documentElement).colorScheme}`;
  const [isDark, isLight] = [/\bdark\b/.test(said), /\blight\b/.test(said)];
  return isDark === isLight ? window.matchMedia?.(DARK).matches : isDark;
}

/** Calls when the system's colour scheme changes. Returns an unsubscribe function. */
export function watchScheme(listener: () => void): () => void {
  const scheme = window.matchMedia?.(DARK);
  scheme?.addEventListener?.('change', listener);
  return () => scheme?.removeEventListener?.('change', listener);
}
