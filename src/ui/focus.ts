import { useLayoutEffect, useRef } from 'preact/hooks';

// The page must never scroll because of a survey.
const STILL: FocusOptions = { preventScroll: true };

/** After a card changed: focus goes to the first control of the new one, to the dialog when there is none. */
export function useCardFocus(box: HTMLElement, card: string): void {
  const former = useRef(card);
  useLayoutEffect(() => {
    if (former.current === card) return;
    former.current = card;
    // A visitor who went back to the page while the card was saved keeps the page's focus.
    const { activeElement, body } = document;
    const { host } = box.getRootNode() as ShadowRoot;
    if (activeElement && activeElement !== body && activeElement !== host) return;
    const first = box.querySelector<HTMLElement>('section input, textarea, [type=submit]');
    (first ?? box).focus(STILL);
  }, [card]);
}

/** After a refused submission: focus goes to the first control that is wrong. */
export function useProblemFocus(box: HTMLElement, refusals: number): void {
  useLayoutEffect(() => {
    const wrong = refusals ? box.querySelector('.wrong') : null;
    const control = wrong?.querySelector<HTMLElement>('.text') ?? wrong?.querySelector<HTMLElement>('input');
    focusControl(control, wrong);
  }, [refusals]);
}

/** Focuses a control and scrolls the card, never the page, until all that belongs to it can be seen. */
export function focusControl(control: HTMLElement | null | undefined, around: Element | null): void {
  control?.focus(STILL);
  around?.scrollIntoView({ block: 'nearest' });
}
