/** Keeps a box above a phone's keyboard, by the height that it covers. Returns a function that stops it. */
export function stayAboveKeyboard(box: HTMLElement): () => void {
  const { visualViewport: seen } = window;
  const rise = (): void => {
    const hidden = seen ? Math.max(0, window.innerHeight - seen.height - seen.offsetTop) : 0;
    box.style.setProperty('--hidden', `${hidden}px`);
  };
  seen?.addEventListener('resize', rise);
  return () => seen?.removeEventListener('resize', rise);
}
