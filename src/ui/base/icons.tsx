import type { ComponentChildren, JSX } from 'preact';

// Inline SVG: an image address in the style sheet would need to be allowed by the page's content security policy.
function Icon({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      {children}
    </svg>
  );
}

/** The cross of the close button. */
export function CloseIcon(): JSX.Element {
  return (
    <Icon>
      <path d="m7 7 10 10M17 7 7 17" />
    </Icon>
  );
}

/** The check mark of an ending. */
export function CheckIcon(): JSX.Element {
  return (
    <Icon>
      <path d="m6 12.5 4 4 8-9" />
    </Icon>
  );
}

/** One star of a rating. */
export function StarIcon(): JSX.Element {
  return (
    <Icon>
      <path d="m12 3 2.7 5.8 6.3.8-4.6 4.4 1.2 6.3L12 17.2l-5.6 3.1 1.2-6.3L3 9.6l6.3-.8z" />
    </Icon>
  );
}

/** One face; only the curve of its mouth differs. `mood` is 0 (sad) to 1 (happy). */
export function FaceIcon({ mood }: { mood: number }): JSX.Element {
  const corner = 16.5 - 3 * mood;
  return (
    <Icon>
      <circle cx="12" cy="12" r="9" />
      <path d={`M9 9.5v.5m6-.5v.5M8 ${corner}q4 ${8 * mood - 4} 8 0`} />
    </Icon>
  );
}
