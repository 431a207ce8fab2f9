import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { pickChoice, picksOf, typeOther } from '../core/survey/choices.ts';
import type { Choice, ChoiceElement } from '../core/survey/document.ts';
import type { FieldProps } from './field.ts';
import { focusControl } from './focus.ts';

/** One or several of a list, in the order given. `other` reveals a box for its text. */
export function ChoiceField(
  props: FieldProps<ChoiceElement> & { readonly choices: readonly Choice[] },
): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t, choices } = props;
  const { ids, text } = picksOf(value);
  const isSingle = element.type === 'multipleChoiceSingle';
  const box = useRef<HTMLInputElement>(null);
  // Arrow keys select as they pass by; a visitor on the way to the next choice must not be thrown into the box.
  const isPassing = useRef(false);
  const hasOther = ids.includes('other');
  const hadOther = useRef(hasOther);
  useEffect(() => {
    if (hasOther && !hadOther.current && !isPassing.current) focusControl(box.current, box.current);
    hadOther.current = hasOther;
  }, [hasOther]);

  const pick = (choice: string): void => onAnswer(pickChoice(element, value, choice));
  return (
    <fieldset
      class="list"
      aria-labelledby={id}
      aria-describedby={describedBy}
      {...(isSingle && { role: 'radiogroup', 'aria-required': element.required, 'aria-invalid': isWrong })}
      onKeyDown={(event) => {
        isPassing.current = event.key.startsWith('Arrow');
      }}
      onPointerDown={() => {
        isPassing.current = false;
      }}
    >
      {choices.map((choice) => {
        const isPicked = ids.includes(choice.id);
        const label = t(choice.label);
        return (
          <div key={choice.id}>
            <label class={isPicked ? 'row on' : 'row'}>
              <input
                type={isSingle ? 'radio' : 'checkbox'}
                name={id}
                checked={isPicked}
                aria-invalid={isSingle ? undefined : isWrong}
                onChange={(event) => {
                  // A click that takes a radio back also ends in a change event, with nothing checked.
                  if (!isSingle || event.currentTarget.checked) pick(choice.id);
                }}
                onClick={() => isSingle && isPicked && pick(choice.id)}
              />
              <span>{label}</span>
            </label>
            {isPicked && choice.id === 'other' && (
              <input
                ref={box}
                class="text"
                value={text}
                // The server takes no longer one (survey-model.md 2.3).
                maxLength={250}
                aria-label={label}
                aria-describedby={describedBy}
                aria-invalid={isWrong}
                placeholder={t(element.otherOptionPlaceholder)}
                onInput={(event) => onAnswer(typeOther(value, event.currentTarget.value))}
              />
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
