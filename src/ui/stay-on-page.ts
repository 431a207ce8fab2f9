import { attempt } from './attempt.ts';

/** Number of times a survey is put back into a page that replaced its content. */
const MOST_RETURNS = 20;

/**
 * Puts the host back when the page replaces its `<body>`, or everything in it (Turbo, Astro, htmx), and calls `show`.
 * When the page removes the host itself, or for the 21st time, calls `giveUp` instead. Returns a function that stops
 * watching.
 */
export function stayOnPage(host: HTMLElement, show: () => void, giveUp: () => void): () => void {
  if (host.parentNode !== document.body || !window.MutationObserver) return () => {};
  let times = MOST_RETURNS;
  const watch = (): void => {
    // A node that has left the page changes no more; observing one twice is observing it once.
    observer.observe(document.documentElement, { childList: true });
    observer.observe(document.body, { childList: true });
  };
  const observer = new MutationObserver((records) => {
    if (host.isConnected || !document.body) return;
    const isMeant = records.some(({ removedNodes }) => removedNodes.length === 1 && removedNodes[0] === host);
    if (isMeant || times-- === 0) return giveUp();
    document.body.append(host);
    attempt(show);
    watch();
  });
  watch();
  return () => observer.disconnect();
}
