import type { JSX } from 'preact';
import { MAX_ENTERED_CHARS } from '../../core/limits.ts';
import type { OpenTextElement } from '../../core/survey/document.ts';
import type { FieldProps } from '../base/field-props.ts';

// Never type=number: it drops text that it can't parse, changes on scroll, and refuses some decimal separators.
const KEYBOARDS = { text: undefined, email: 'email', url: 'url', number: 'decimal', phone: 'tel' } as const;

/** A free text: a text area, or one line with the matching on-screen keyboard. */
export function TextField(props: FieldProps<OpenTextElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t, features } = props;
  const { inputType = 'text', longAnswer, required, placeholder, charLimit } = element;
  const text = typeof value === 'string' ? value : '';
  const max = inputType === 'text' ? charLimit?.max : undefined;
  const inputMode = KEYBOARDS[inputType];
  const Field = longAnswer === false ? 'input' : 'textarea';
  return (
    <>
      <Field
        class="text"
        value={text}
        maxLength={MAX_ENTERED_CHARS / 4}
        placeholder={t(placeholder)}
        inputMode={inputMode}
        autocomplete={inputMode === 'decimal' ? undefined : inputMode}
        autocapitalize={inputMode && 'none'}
        aria-labelledby={id}
        aria-describedby={describedBy}
        aria-required={required}
        aria-invalid={isWrong}
        onInput={(event) => onAnswer(event.currentTarget.value)}
      />
      {max && features.drawCounter?.(text, max)}
    </>
  );
}
