// The page must never scroll because of a survey.
const STILL: FocusOptions = { preventScroll: true };
/** What answers: links and the buttons around an answer don't. */
const CONTROL = ':is(input, textarea, [tabindex="0"], [aria-pressed])';

/** After a card changed: focus goes to the first control of the new one, to the dialog when there is none. */
export function focusCard(box: HTMLElement): void {
  // A visitor who went back to the page while the card was saved keeps the page's focus.
  const { activeElement, body } = document;
  const { host } = box.getRootNode() as ShadowRoot;
  if (activeElement && activeElement !== body && activeElement !== host) return;
  (box.querySelector<HTMLElement>(`section ${CONTROL}, [type=submit]`) ?? box).focus(STILL);
}

/** After a refused submission: focus goes to the first control that is wrong. */
export function focusProblem(box: HTMLElement): void {
  const wrong = box.querySelector('.wrong');
  const find = (selector: string): HTMLElement | null | undefined => wrong?.querySelector(selector);
  const control = find('.text[aria-invalid=true]') ?? find('[aria-invalid=true] input') ?? find(CONTROL);
  control?.focus(STILL);
  // Scrolls the card, never the page: a card is always on screen.
  wrong?.scrollIntoView({ block: 'nearest' });
}
