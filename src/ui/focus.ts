// A survey must never scroll the page.
const STILL: FocusOptions = { preventScroll: true };
/** Selector of the controls that take an answer, without links and other buttons. */
const CONTROL = ':is(input, textarea, [tabindex="0"], [aria-pressed])';

/** Focuses the first control of a new card, or the dialog when there is none. */
export function focusCard(box: HTMLElement): void {
  // Not when the visitor has gone back to the page while the card was saved.
  const { activeElement, body } = document;
  const { host } = box.getRootNode() as ShadowRoot;
  if (activeElement && activeElement !== body && activeElement !== host) return;
  (box.querySelector<HTMLElement>(`section ${CONTROL}, [type=submit]`) ?? box).focus(STILL);
}

/** Focuses the first invalid control after a refused submission. */
export function focusProblem(box: HTMLElement): void {
  const wrong = box.querySelector('.wrong');
  const find = (selector: string): HTMLElement | null | undefined => wrong?.querySelector(selector);
  const control = find('.text[aria-invalid=true]') ?? find('[aria-invalid=true] input') ?? find(CONTROL);
  control?.focus(STILL);
  // Scrolls the card, not the page: a card is always on screen. The error sticks to its lower edge.
  wrong?.scrollIntoView({ block: 'nearest' });
  control?.scrollIntoView({ block: 'nearest' });
}
