import type { JSX } from 'preact';
import type { NpsElement, RatingElement } from '../../core/survey/document.ts';
import type { FieldProps } from '../base/field-props.ts';
import { FaceIcon, StarIcon } from '../base/icons.tsx';
import { roveFocus } from '../base/roving-focus.ts';

/** A score in one row: 0 to 10, or 1 to `range` as numbers, stars or faces. */
export function ScaleField(props: FieldProps<NpsElement | RatingElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t, rich, features } = props;
  const isNps = element.type === 'nps';
  const scale = isNps ? 'number' : element.scale;
  const last = isNps ? 10 : element.range;
  const scores = [...Array(isNps ? 11 : last).keys()].map((index) => (isNps ? index : index + 1));
  return (
    <>
      <div
        class={`scale ${scale}`}
        role="radiogroup"
        aria-labelledby={id}
        aria-describedby={`${describedBy} ${id}-ends`}
        aria-required={element.required}
        aria-invalid={isWrong}
        onKeyDown={roveFocus}
      >
        {scores.map((score) => (
          <label
            key={score}
            class={[
              'cell',
              score === value && 'on',
              scale === 'star' && score <= Number(value) && 'full',
              element.isColorCodingEnabled && scale !== 'star' && features.toneOf?.(score, last),
            ]
              .filter(Boolean)
              .join(' ')}
          >
            <input
              type="radio"
              name={id}
              aria-label={`${score}`}
              checked={score === value}
              onChange={() => onAnswer(score)}
            />
            {scale === 'number' && score}
            {scale === 'star' && <StarIcon />}
            {scale === 'smiley' && <FaceIcon mood={(score - 1) / (last - 1)} />}
          </label>
        ))}
      </div>
      {(t(element.lowerLabel) || t(element.upperLabel)) && (
        <p class="note ends" id={`${id}-ends`}>
          <span>{rich(element.lowerLabel)}</span> <span>{rich(element.upperLabel)}</span>
        </p>
      )}
    </>
  );
}
