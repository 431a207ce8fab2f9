import type { JSX } from 'preact';
import { isWebAddress } from '../../core/survey/validate.ts';
import type { EndingLinkProps } from '../base/features.ts';
import { say } from '../texts/strings.ts';

/** Draws the link of an ending, opened by `open` where there is one, else by the browser. */
export function drawEndingLink({ href, label, open }: EndingLinkProps): JSX.Element | null {
  if (!isWebAddress(href)) return null;
  return (
    <a
      class="button"
      href={href}
      target="_top"
      onClick={(event) => {
        if (!open) return;
        event.preventDefault();
        open(href);
      }}
    >
      {label || say('next')}
    </a>
  );
}
