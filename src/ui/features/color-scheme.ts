const DARK = '(prefers-color-scheme: dark)';

/** What the page says about itself wins over what the system says. */
export function isPageDark(): boolean {
  const { dataset, classList } = document.documentElement;
  const said = `${dataset.theme} ${classList} ${getComputedStyle(document.documentElement).colorScheme}`;
  const [isDark, isLight] = [/\bdark\b/.test(said), /\blight\b/.test(said)];
  return isDark === isLight ? window.matchMedia?.(DARK).matches : isDark;
}

/** Calls when the system turns dark or light. Gives what ends it. */
export function watchScheme(listener: () => void): () => void {
  const scheme = window.matchMedia?.(DARK);
  scheme?.addEventListener?.('change', listener);
  return () => scheme?.removeEventListener?.('change', listener);
}
