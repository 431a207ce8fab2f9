import { attempt } from './attempt.ts';

/** Number of times a survey is put back into a page that takes it away. */
const MOST_RETURNS = 20;
/** A page that takes nothing but the survey away, again, this soon after it came back, means it; ms. */
const MEANT_MS = 1000;

/**
 * Puts the host back when the page replaces its `<body>`, everything in it, or what differs from a new version of it
 * (Turbo, Astro, htmx, morphing libraries, a framework's root), and calls `show`; the focus that was inside returns, too.
 *
 * Calls `giveUp` instead when the page means the survey: when nothing but the host was removed in that task, by the host's
 * own `remove()`, or for the second time within a second; and for the 21st time. Returns a function that stops watching.
 */
export function stayOnPage(host: HTMLElement, show: () => void, giveUp: () => void): () => void {
  if (host.parentNode !== document.body || !window.MutationObserver) return () => {};
  let times = MOST_RETURNS;
  let meantUntil = 0;
  let focused: Element | null | undefined;
  const noteFocus = (): void => {
    focused = host.shadowRoot?.activeElement;
  };
  host.addEventListener('focusin', noteFocus);
  host.addEventListener('focusout', async () => {
    // A browser may tell of it while the host is being taken away: after the microtask in which it is put back.
    await undefined;
    await undefined;
    noteFocus();
  });
  // Turbo leaves it where it is when it morphs the page.
  host.setAttribute('data-turbo-permanent', '');
  host.remove = () => {
    meantUntil = Number.POSITIVE_INFINITY;
    Element.prototype.remove.call(host);
  };

  const observer = new MutationObserver((records) => {
    if (host.isConnected || !document.body) return;
    const isAlone = records.every(
      ({ addedNodes, removedNodes }) =>
        addedNodes.length + removedNodes.length === 1 && (addedNodes[0] ?? removedNodes[0]) === host,
    );
    if ((isAlone && Date.now() < meantUntil) || times-- === 0) return giveUp();
    meantUntil = Date.now() + MEANT_MS;
    // Copies that the page has kept of its own markup are empty.
    for (const copy of document.querySelectorAll(host.localName)) if (!copy.shadowRoot) copy.remove();
    document.body.append(host);
    attempt(show);
    (focused as HTMLElement | undefined)?.focus({ preventScroll: true });
  });
  observer.observe(document, { childList: true, characterData: true, subtree: true });
  return () => observer.disconnect();
}
