import type { JSX } from 'preact';
import { isWebAddress } from '../../core/survey/validate.ts';
import type { EndingLinkProps } from '../base/features.ts';
import { say } from '../texts/strings.ts';

/** Draws the link of an ending, opened by `open` where there is one, else by the browser, once every answer was sent. */
export function drawEndingLink({ href, label, open, whenSent }: EndingLinkProps): JSX.Element | null {
  if (!isWebAddress(href)) return null;
  return (
    <a
      class="button"
      href={href}
      target="_top"
      onClick={(event) => {
        // The page stays when another tab or window is opened.
        const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
        const sent = whenSent();
        if (!open && (isElsewhere || !sent)) return;
        event.preventDefault();
        // A copy out of the page: no listener hears of its click.
        const link = event.currentTarget.cloneNode() as HTMLElement;
        void Promise.resolve(sent).then(() => (open ? open(href) : link.click()));
      }}
    >
      {label || say('next')}
    </a>
  );
}
