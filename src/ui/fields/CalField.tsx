import type { JSX } from 'preact';
import type { CalElement } from '../../core/survey/document.ts';
import { isWebAddress } from '../../core/survey/validate.ts';
import type { FieldProps } from '../base/field-props.ts';
import { say } from '../texts/strings.ts';

/** A link to the booking page and a button to confirm: no third-party code in the page (differences.md 3.21). */
export function CalField(props: FieldProps<CalElement>): JSX.Element {
  const { element, value, isWrong, describedBy, onAnswer } = props;
  const { calHost, calUserName } = element;
  const url = `https://${(calHost || 'cal.com').replace(/^https?:\/\/|(?<!\/)\/+$/g, '')}/${calUserName}`;
  const isBooked = value === 'booked';
  return (
    <div class="list">
      {isWebAddress(url) && (
        <a
          class="button quiet"
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          title={say('open_in_new_tab')}
        >
          {say('book_appointment')}
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M8 16 17 7M9 7h8v8" />
          </svg>
        </a>
      )}
      <button
        type="button"
        class={isBooked ? 'button quiet on' : 'button quiet'}
        aria-pressed={isBooked}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        onClick={() => onAnswer(isBooked ? '' : 'booked')}
      >
        {say('i_have_booked')}
        {isBooked && (
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="m6 12.5 4 4 8-9" />
          </svg>
        )}
      </button>
    </div>
  );
}
