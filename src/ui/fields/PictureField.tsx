import type { JSX } from 'preact';
import type { PictureElement } from '../../core/survey/document.ts';
import { listOf } from '../../core/survey/picks.ts';
import type { FieldProps } from '../base/field-props.ts';
import { roveFocus } from '../base/roving-focus.ts';
import { say } from '../texts/strings.ts';

/** A choice of one or several pictures. The answer is a list of ids, also for a single one, which can't be deselected. */
export function PictureField(props: FieldProps<PictureElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer } = props;
  const { allowMulti: isMulti, choices, required } = element;
  const ids = listOf(value);
  const pick = (choiceId: string): void => {
    const others = isMulti ? ids.filter((one) => one !== choiceId) : [];
    onAnswer(ids.includes(choiceId) ? others : [...others, choiceId]);
  };
  return (
    <fieldset
      class="pictures"
      aria-labelledby={id}
      aria-describedby={describedBy}
      onKeyDown={roveFocus}
      {...(!isMulti && { role: 'radiogroup', 'aria-required': required, 'aria-invalid': isWrong })}
    >
      {choices.map(({ id: choiceId, imageUrl }, index) => (
        <label key={choiceId} class={ids.includes(choiceId) ? 'row on' : 'row'}>
          <img
            src={imageUrl}
            alt={altOf(imageUrl) || say('option_number', index + 1)}
            referrerpolicy="no-referrer"
          />
          <input
            type={isMulti ? 'checkbox' : 'radio'}
            name={id}
            checked={ids.includes(choiceId)}
            aria-invalid={isMulti ? isWrong : undefined}
            onChange={() => pick(choiceId)}
          />
        </label>
      ))}
    </fieldset>
  );
}

/** The alternative text of a picture, from its file name (survey-model.md 2.9). */
function altOf(url: string): string {
  const file =
    url
      .replace(/[?#].*/, '')
      .split('/')
      .pop() ?? '';
  let name = file;
  try {
    name = decodeURIComponent(file);
  } catch {
    // A name that isn't properly encoded is used as it is.
  }
  return name
    .replace(/--fid--.*|\.\w+$/, '')
    .replace(/[-_+\s]+/g, ' ')
    .trim();
}
