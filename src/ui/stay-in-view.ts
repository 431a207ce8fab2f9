/** Below this height of what is seen, in px, a card scrolls as a whole: its buttons would leave no room for a question. */
const LOW = 360;

/**
 * Keeps a box within the part of the window that is seen, above a phone's keyboard, whatever the page's zoom. A pinch
 * moves nothing: the visitor looks where they like. Returns a function that stops it.
 */
export function stayInView(box: HTMLElement): () => void {
  const { visualViewport: seen } = window;
  const adjust = (event?: Event): void => {
    const { height, offsetTop, scale } = seen ?? { height: innerHeight, offsetTop: 0, scale: 1 };
    const isPinched = scale > 1.01;
    // Lengths in a page with a CSS zoom are multiplied by it.
    const zoom = (box as { currentCSSZoom?: number }).currentCSSZoom || 1;
    const set = (name: string, px: number): void =>
      box.style.setProperty(name, `${Math.max(0, px / zoom)}px`);
    const room = isPinched ? innerHeight : height;
    const above = isPinched ? 0 : offsetTop;
    set('--room', room);
    set('--above', above);
    set('--hidden', innerHeight - room - above);
    box.classList.toggle('low', room / zoom < LOW);
    // In the page, a survey is scrolled by its visitor alone.
    const isFixed = event?.type === 'resize' && !isPinched && !box.matches('.inline');
    if (isFixed) (box.getRootNode() as ShadowRoot).activeElement?.scrollIntoView({ block: 'nearest' });
  };
  const events = ['resize', 'scroll'] as const;
  for (const name of events) seen?.addEventListener(name, adjust);
  adjust();
  return () => {
    for (const name of events) seen?.removeEventListener(name, adjust);
  };
}
