import type { JSX } from 'preact';
import { orderChoices, pickChoice, typeOther } from '../../core/survey/choices.ts';
import type { Choice, ChoiceElement } from '../../core/survey/document.ts';
import { picksOf } from '../../core/survey/picks.ts';
import type { FieldProps } from '../base/field-props.ts';
import { roveFocus } from '../base/roving-focus.ts';

/** A single or multiple choice as a list. `other` reveals a text box. */
export function ChoiceField(props: FieldProps<ChoiceElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t } = props;
  const { ids } = picksOf(value);
  const isSingle = element.type === 'multipleChoiceSingle';
  return (
    <fieldset
      class="list"
      aria-labelledby={id}
      aria-describedby={describedBy}
      onKeyDown={roveFocus}
      {...(isSingle && { role: 'radiogroup', 'aria-required': element.required, 'aria-invalid': isWrong })}
    >
      {orderOf(props, element).map((choice) => {
        const isPicked = ids.includes(choice.id);
        const isOther = choice.id === 'other';
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
                  // A click that deselects a radio also causes a change event, with nothing checked.
                  if (!isSingle || currentTarget.checked) pick(currentTarget);
                }}
                onClick={({ currentTarget }) => isSingle && isPicked && pick(currentTarget)}
              />
              <span>{t(choice.label)}</span>
            </label>
            {isPicked && isOther && <OtherBox {...props} />}
          </div>
        );
      })}
    </fieldset>
  );
}

/** The text box of `other`, labelled by the choice. */
export function OtherBox(props: FieldProps<ChoiceElement>): JSX.Element {
  const { element, value, isWrong, describedBy, onAnswer, t } = props;
  return (
    <input
      class="text other"
      value={picksOf(value).text}
      // The server refuses a longer one (survey-model.md 2.3).
      maxLength={250}
      aria-label={t(element.choices.find(({ id }) => id === 'other')?.label)}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      placeholder={t(element.otherOptionPlaceholder)}
      onInput={(event) => onAnswer(typeOther(value, event.currentTarget.value))}
    />
  );
}

/** Choices or rows in the order to draw them: shuffled once per survey, so that going back shows the same order. */
export function orderOf(
  { element, memory }: Pick<FieldProps<{ readonly id: string }>, 'element' | 'memory'>,
  list: Parameters<typeof orderChoices>[0],
): readonly Choice[] {
  memory[element.id] ??= orderChoices(list, Math.random);
  return memory[element.id] as readonly Choice[];
}

/** Focuses the text box of `other` once it is drawn. */
export function reveal(near: HTMLElement): void {
  // An option of a dropdown is removed by then.
  const section = near.closest('section');
  setTimeout(() => {
    const box = section?.querySelector<HTMLElement>('.other');
    box?.focus({ preventScroll: true });
    box?.scrollIntoView({ block: 'nearest' });
  });
}
