import type { JSX } from 'preact';
import type { AnswerValue, MatrixElement } from '../../core/survey/document.ts';
import type { FieldProps } from '../base/field-props.ts';
import { roveFocus } from '../base/roving-focus.ts';
import { orderOf } from './ChoiceField.tsx';

/** Most columns, and most letters of their labels, for a table on a narrow card. */
const NARROW = { columns: 3, letters: 12 };

/** A matrix with one choice per row: a table on a wide card, one list per row on a narrow one. */
export function MatrixField(props: FieldProps<MatrixElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t, rich } = props;
  const { columns, rows, required, shuffleOption = 'none' } = element;
  const picked = isRows(value) ? value : {};
  const names = columns.map(({ label }) => t(label));
  const isSlim = names.length <= NARROW.columns && names.every((name) => name.length <= NARROW.letters);
  const pick = (rowId: string, columnId: string): void => {
    const { [rowId]: former, ...others } = picked;
    if (former !== columnId) onAnswer({ ...others, [rowId]: columnId });
    else if (!required) onAnswer(others);
  };
  return (
    <fieldset class="matrix" aria-labelledby={id} aria-describedby={describedBy}>
      <div class={isSlim ? 'table slim' : 'table'} style={{ '--columns': names.length }}>
        <div class="line heads" aria-hidden="true">
          <span />
          {columns.map((column) => (
            <span key={column.id}>{rich(column.label)}</span>
          ))}
        </div>
        {orderOf(props, { choices: rows, shuffleOption }).map((row, index) => (
          <div
            key={row.id}
            class="line"
            role="radiogroup"
            aria-labelledby={`${id}-${index}`}
            aria-describedby={describedBy}
            aria-required={required}
            aria-invalid={isWrong && !picked[row.id]}
            onKeyDown={roveFocus}
          >
            <span class="name" id={`${id}-${index}`}>
              {rich(row.label)}
            </span>
            {columns.map((column) => {
              const isPicked = picked[row.id] === column.id;
              return (
                <label key={column.id} class={isPicked ? 'row on' : 'row'}>
                  <input
                    type="radio"
                    name={`${id}-${index}`}
                    checked={isPicked}
                    // A click that deselects a radio also causes a change event, with nothing checked.
                    onChange={({ currentTarget }) => currentTarget.checked && pick(row.id, column.id)}
                    onClick={() => isPicked && pick(row.id, column.id)}
                  />
                  <span>{rich(column.label)}</span>
                </label>
              );
            })}
          </div>
        ))}
      </div>
    </fieldset>
  );
}

/** Whether an answer is one of a matrix. */
function isRows(value: AnswerValue | undefined): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && !Array.isArray(value);
}
