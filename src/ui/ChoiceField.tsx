import type { JSX } from 'preact';
import { orderChoices, pickChoice, typeOther } from '../core/survey/choices.ts';
import type { Choice, ChoiceElement } from '../core/survey/document.ts';
import { picksOf } from '../core/survey/picks.ts';
import type { FieldProps } from './field.ts';

/** One or several of a list. `other` reveals a box for its text. */
export function ChoiceField(props: FieldProps<ChoiceElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t, memory } = props;
  const { ids, text } = picksOf(value);
  const isSingle = element.type === 'multipleChoiceSingle';
  // Mixed once per survey, so that going back shows the order that was read.
  memory[element.id] ??= orderChoices(element, Math.random);
  const choices = memory[element.id] as readonly Choice[];
  return (
    <fieldset
      class="list"
      aria-labelledby={id}
      aria-describedby={describedBy}
      {...(isSingle && { role: 'radiogroup', 'aria-required': element.required, 'aria-invalid': isWrong })}
    >
      {choices.map((choice) => {
        const isPicked = ids.includes(choice.id);
        const isOther = choice.id === 'other';
        const label = t(choice.label);
        const pick = (input: HTMLInputElement): void => {
          onAnswer(pickChoice(element, value, choice.id));
          if (isOther && !isPicked) reveal(input);
        };
        return (
          <div key={choice.id}>
            <label class={isPicked ? 'row on' : 'row'}>
              <input
                type={isSingle ? 'radio' : 'checkbox'}
                name={id}
                checked={isPicked}
                aria-invalid={isSingle ? undefined : isWrong}
                onChange={({ currentTarget }) => {
                  // A click that takes a radio back also ends in a change event, with nothing checked.
                  if (!isSingle || currentTarget.checked) pick(currentTarget);
                }}
                onClick={({ currentTarget }) => isSingle && isPicked && pick(currentTarget)}
              />
              <span>{label}</span>
            </label>
            {isPicked && isOther && (
              <input
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

/**
 * Gives focus to the box of `other` once it is drawn. Not on the keyboard within radios: arrow keys pick as they pass
 * by, and a visitor on the way to the next choice must not be thrown into the box.
 */
function reveal(input: HTMLInputElement): void {
  if (input.type === 'radio' && input.matches(':focus-visible')) return;
  setTimeout(() => {
    const box = input.parentElement?.nextElementSibling;
    if (!(box instanceof HTMLElement)) return;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: 'nearest' });
  });
}
