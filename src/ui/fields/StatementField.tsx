import type { JSX } from 'preact';
import type { CtaElement } from '../../core/survey/document.ts';
import { isSafeLink } from '../../core/survey/validate.ts';
import type { FieldProps } from '../base/field-props.ts';
import { say } from '../texts/strings.ts';

/** The external link of a statement, when its address is safe. A click on it is the answer; the card stays. */
export function StatementField({ element, onAnswer, t }: FieldProps<CtaElement>): JSX.Element | null {
  const { buttonExternal, buttonUrl, ctaButtonLabel } = element;
  if (!buttonExternal || !isSafeLink(buttonUrl)) return null;
  return (
    <a
      class="button quiet"
      href={buttonUrl ?? ''}
      target="_blank"
      rel="noopener noreferrer"
      title={say('open_in_new_tab')}
      onClick={() => onAnswer('clicked')}
    >
      {t(ctaButtonLabel)}
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M8 16 17 7M9 7h8v8" />
      </svg>
    </a>
  );
}
