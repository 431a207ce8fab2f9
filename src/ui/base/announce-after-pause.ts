/** A visitor who types or moves something hears about it after this pause, once. */
const PAUSE_MS = 800;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something to screen readers by a `role="status"` that shows nothing, after a pause. */
export function announceAfterPause(region: Element | null, text: string | undefined, ms = PAUSE_MS): void {
  if (!region || !text || region.textContent === text) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = text;
  }, ms);
}
