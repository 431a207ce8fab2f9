import type { JSX } from 'preact';
import { isWebAddress } from '../../core/survey/validate.ts';
import { say } from '../texts/strings.ts';

/** The link of an ending, opened by `open` where there is one, else by the browser. */
export function EndingLink(props: {
  readonly href: string;
  readonly label: string;
  readonly open: ((url: string) => void) | undefined;
}): JSX.Element | null {
  const { href, label, open } = props;
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
