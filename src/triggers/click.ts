import type { NoCodeConfig } from '../core/survey/document.ts';
import { listen } from '../platform/listen.ts';

/**
 * Fires at each click on what the config names: the target, or the closest element around it, that matches
 * `cssSelector`; its `innerHTML` must equal `innerHtml` (of the target, without a selector). Both given, both must hold
 * (client-api.md 6.10). Goes up through open shadow roots; clicks in what is ours don't count. A selector that the
 * browser refuses matches nothing. Returns the release.
 */
export function watchClick({ elementSelector = {} }: NoCodeConfig, fire: () => void): () => void {
  const { cssSelector, innerHtml } = elementSelector;
  return listen('click', (event) => {
    const around = event.composedPath().filter((node) => node instanceof Element);
    if (around.some(({ localName }) => localName.startsWith('inkling-'))) return;
    try {
      // By the prototype: a form's own `matches` is the field of that name, if it has one.
      const found = cssSelector
        ? around.find((element) => Element.prototype.matches.call(element, cssSelector))
        : innerHtml && around[0];
      if (found && (!innerHtml || found.innerHTML === innerHtml)) fire();
    } catch {
      // The selector is a mistake of this action alone.
    }
  });
}
