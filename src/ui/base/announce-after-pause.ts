/** Debounce time of announcements: one after typing or moving items has paused. */
const PAUSE_MS = 800;

let timer: ReturnType<typeof setTimeout> | undefined;
/** The last text of each region: what stands in it may be a translation. */
const said = new WeakMap<Element, string>();

/** Announces a text to screen readers by a visually hidden `role="status"`, debounced by `ms`. */
export function announceAfterPause(region: Element | null, text: string | undefined, ms = PAUSE_MS): void {
  if (!region || !text || said.get(region) === text) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = text;
    said.set(region, text);
  }, ms);
}
