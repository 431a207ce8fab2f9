import type { JSX } from 'preact';
import type { ConsentElement } from '../../core/survey/document.ts';
import type { FieldProps } from '../base/field-props.ts';

/** One checkbox; unchecked again, the answer is an empty text. */
export function ConsentField(props: FieldProps<ConsentElement>): JSX.Element {
  const { element, value, isWrong, describedBy, onAnswer, rich } = props;
  const isAccepted = value === 'accepted';
  return (
    <label class={isAccepted ? 'row on' : 'row'}>
      <input
        type="checkbox"
        checked={isAccepted}
        aria-describedby={describedBy}
        aria-required={element.required}
        aria-invalid={isWrong}
        onChange={(event) => onAnswer(event.currentTarget.checked ? 'accepted' : '')}
      />
      <span>{rich(element.label)}</span>
    </label>
  );
}
