/** Pixels of a card that must be seen, and its distance from the edges. */
const SEEN = { width: 240, height: 160, edge: 16 };
/** The part of it that must be inside the window. */
const SEEN_SHARE = 0.9;

/**
 * Watches whether somebody can see the place of a card in a framed page: frames for silent sign-in are hidden, tiny or
 * outside of the window, and a frame as tall as its content has its corners there. Loaded in framed pages only. Calls back
 * after each change, with a function that says whether it is seen now; returns a function that stops it.
 */
export function watchPlace(placement: string, onChange: (isSeen: () => boolean) => void): () => void {
  const probe = document.createElement('div');
  probe.setAttribute('aria-hidden', 'true');
  probe.style.cssText = styleAt(placement);
  const observer = new IntersectionObserver(
    (entries) => {
      const entry = entries.at(-1) as (IntersectionObserverEntry & { isVisible?: boolean }) | undefined;
      // Where the browser knows it, nothing may cover the frame, or make it transparent.
      const isInside = !!entry && entry.intersectionRatio >= SEEN_SHARE && entry.isVisible !== false;
      // A frame that becomes visible where it is changes nothing that an observer is told.
      onChange(() => isInside && !isFrameHidden(window));
    },
    { threshold: SEEN_SHARE, trackVisibility: true, delay: 100 } as IntersectionObserverInit,
  );
  document.documentElement.append(probe);
  observer.observe(probe);
  return () => {
    observer.disconnect();
    probe.remove();
  };
}

/** Where the card would be: below, whatever its placement, in a narrow frame (card.css). */
function styleAt(placement: string): string {
  const { width, height, edge } = SEEN;
  const isNarrow = window.innerWidth < 640;
  const across = /Left$/.test(placement) ? 'left' : /Right$/.test(placement) ? 'right' : '';
  const x = across && !isNarrow ? `${across}:${edge}px` : `left:calc(50% - ${width / 2}px)`;
  const isCenter = placement === 'center' && !isNarrow;
  const side = /^top/.test(placement) && !isNarrow ? 'top' : 'bottom';
  const y = isCenter ? `top:calc(50% - ${height / 2}px)` : `${side}:${edge}px`;
  const rules = `all:initial;position:fixed;${x};${y};width:${width}px;height:${height}px;pointer-events:none;z-index:2147483647`;
  return rules.replace(/(;|$)/g, '!important$1');
}

/** Whether a frame of the same origin, or one around it, is not drawn. */
function isFrameHidden(from: Window): boolean {
  try {
    const { frameElement } = from;
    if (!frameElement) return false;
    const isDrawn = frameElement.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }) ?? true;
    return !isDrawn || isFrameHidden(from.parent);
  } catch {
    return false;
  }
}
