/** Debounce time of announcements: one after typing or moving items has paused. */
const PAUSE_MS = 800;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Announces a text to screen readers by a visually hidden `role="status"`, debounced by `ms`. */
export function announceAfterPause(region: Element | null, text: string | undefined, ms = PAUSE_MS): void {
  if (!region || !text || region.textContent === text) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = text;
  }, ms);
}
