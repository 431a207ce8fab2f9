import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';

/**
 * Fires on each click on a matching element: the target or its closest ancestor that matches `cssSelector`, or the
 * target when there is no selector; its `innerHTML` must equal `innerHtml`, when that is given (client-api.md 6.10).
 * Ancestors include those outside of open shadow roots; clicks inside Inkling's own elements don't count. An invalid
 * selector matches nothing. Returns an unsubscribe function.
 */
export function watchClick({ elementSelector = {} }: NoCodeConfig, fire: () => void): () => void {
  const { cssSelector, innerHtml } = elementSelector;
  return listen('click', (event) => {
    const around = event.composedPath().filter((node) => node instanceof Element);
    if (around.some(({ localName }) => localName.startsWith('inkling-'))) return;
    try {
      // From the prototype: the `matches` of a form is its field of that name, if it has one.
      const found = cssSelector
        ? around.find((element) => Element.prototype.matches.call(element, cssSelector))
        : innerHtml && around[0];
      if (found && (!innerHtml || found.innerHTML === innerHtml)) fire();
    } catch {
      // An invalid selector must not stop the other actions.
    }
  });
}
