import type { JSX } from 'preact';
import type { AddressElement, ContactElement, PartField } from '../../core/survey/document.ts';
import { listOf } from '../../core/survey/picks.ts';
import type { FieldProps } from '../base/field-props.ts';
import { say } from '../texts/strings.ts';

/** The lines in the order of the answer, each with its `autocomplete` (survey-model.md 2). */
const LINES = {
  address: [
    ['addressLine1', 'address-line1'],
    ['addressLine2', 'address-line2'],
    ['city', 'address-level2'],
    ['state', 'address-level1'],
    ['zip', 'postal-code'],
    ['country', 'country-name'],
  ],
  contactInfo: [
    ['firstName', 'given-name'],
    ['lastName', 'family-name'],
    ['email', 'email'],
    ['phone', 'tel'],
    ['company', 'organization'],
  ],
} as const;

/** An address or contact details: the lines that the document shows, each labelled by its placeholder. */
export function LinesField(props: FieldProps<AddressElement | ContactElement>): JSX.Element {
  const { element, id, value, isWrong, wrongField, describedBy, onAnswer, rich } = props;
  const lines = LINES[element.type];
  const parts = element as unknown as Readonly<Record<string, PartField | undefined>>;
  const texts = listOf(value);
  // When no line is required itself, a required element needs all of them (survey-model.md 2.13).
  const areAll = element.required && !lines.some(([name]) => parts[name]?.show && parts[name]?.required);
  return (
    <fieldset class="list lines" aria-labelledby={id} aria-describedby={describedBy}>
      {lines.map(([name, autocomplete], index) => {
        const part = parts[name];
        if (!part?.show) return null;
        const text = texts[index] ?? '';
        const isRequired = areAll || part.required;
        const isMissing = isWrong && !wrongField && isRequired && !text.trim();
        return (
          <label key={name} class={name}>
            <span class="note">
              {rich(part.placeholder)}
              {isRequired && <b aria-hidden="true">{'\u00a0*'}</b>}
            </span>
            <input
              class="text"
              value={text}
              autocomplete={autocomplete}
              inputMode={autocomplete === 'email' || autocomplete === 'tel' ? autocomplete : undefined}
              autocapitalize={autocomplete === 'email' ? 'none' : undefined}
              aria-describedby={describedBy}
              aria-required={isRequired}
              aria-invalid={isMissing || (isWrong && wrongField === name)}
              onInput={({ currentTarget }) =>
                onAnswer(lines.map((_, at) => (at === index ? currentTarget.value : (texts[at] ?? ''))))
              }
            />
            {/* The error is below the last line; this repeats it beside each line that it is about. */}
            {isMissing && (
              <span class="note lack" aria-hidden="true">
                {say('please_fill_in')}
              </span>
            )}
          </label>
        );
      })}
    </fieldset>
  );
}
