import type { JSX, TargetedKeyboardEvent } from 'preact';
import { pickChoice } from '../../core/survey/choices.ts';
import type { Choice, ChoiceElement } from '../../core/survey/document.ts';
import { picksOf } from '../../core/survey/picks.ts';
import type { FieldProps } from '../base/field-props.ts';
import { stepOf } from '../base/roving-focus.ts';
import { say } from '../texts/strings.ts';
import { OtherBox, orderOf, reveal } from './ChoiceField.tsx';

/** Up to this number of choices there is no search: the box only opens the list, and phones show no keyboard. */
const FEW = 3;

/** State of the list; `query` is undefined while it is closed. */
interface Menu {
  query: string | undefined;
  active: number;
}

/** A single or multiple choice as a combobox: a search box with a list below it. */
export function DropdownField(props: FieldProps<ChoiceElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, t, memory, redraw } = props;
  const isSingle = element.type === 'multipleChoiceSingle';
  const { ids } = picksOf(value);
  const order = orderOf(props, element);
  const key = `${element.id} menu`;
  const menu = (memory[key] ?? {}) as Menu;
  const { query } = menu;
  const isOpen = query !== undefined;
  const shown = order.filter(({ label }) =>
    t(label)
      .toLowerCase()
      .includes((query ?? '').toLowerCase()),
  );
  const chosen = ids.map((one) => t(order.find((choice) => choice.id === one)?.label)).join(', ');
  const change = (next: Menu): void => {
    memory[key] = next;
    redraw();
  };
  const close = (): void => change({ query: undefined, active: -1 });
  const pick = ({ id: choiceId }: Choice, near: HTMLElement): void => {
    onAnswer(pickChoice(element, value, choiceId));
    if (choiceId === 'other' && !ids.includes('other')) reveal(near);
    if (isSingle) close();
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    const { key: pressed, currentTarget } = event;
    const active = isOpen ? shown[menu.active] : undefined;
    const step = /^Arrow(Up|Down)$/.test(pressed) ? stepOf(pressed, currentTarget) : 0;
    if (step) {
      const first = step > 0 ? 0 : shown.length - 1;
      const next = isOpen && menu.active >= 0 ? (menu.active + step + shown.length) % shown.length : first;
      change({ query: query ?? '', active: next });
    } else if (isOpen && pressed === 'Enter' && !event.ctrlKey && !event.metaKey) {
      if (active) pick(active, currentTarget);
      else close();
    } else if (!isOpen && pressed === ' ') {
      change({ query: '', active: 0 });
    } else if (isOpen && pressed === 'Escape') {
      // Escape clears the search first, then closes the list, then the survey.
      event.stopPropagation();
      if (query) change({ query: '', active: -1 });
      else close();
    } else return;
    event.preventDefault();
  };

  return (
    <div class="menu">
      <input
        class="text"
        role="combobox"
        autocomplete="off"
        aria-labelledby={id}
        aria-describedby={describedBy}
        aria-required={element.required}
        aria-invalid={isWrong}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-activedescendant={isOpen && shown[menu.active] ? `${id}-${menu.active}` : undefined}
        readOnly={order.length <= FEW}
        value={query ?? chosen}
        placeholder={chosen || say(isSingle ? 'select_option' : 'select_options')}
        onClick={() => (isOpen ? close() : change({ query: '', active: -1 }))}
        // While the list is closed, the box shows the selection, marked so that typing replaces it and begins a search.
        ref={(box) => {
          if (!isOpen && isActive(box)) box?.select();
        }}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onInput={({ currentTarget, data, isComposing }) => {
          // What is being composed must not be written to.
          const entered = isOpen || isComposing ? currentTarget.value : (data ?? '');
          change({ query: entered, active: 0 });
        }}
        onBlur={() => isOpen && close()}
        onKeyDown={onKeyDown}
      />
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m7 10 5 5 5-5" />
      </svg>
      {isOpen && (
        <div
          id={`${id}-list`}
          role="listbox"
          aria-labelledby={id}
          aria-multiselectable={!isSingle}
          // A press on the list must not take focus from the box.
          onMouseDown={(event) => event.preventDefault()}
        >
          {shown.map((choice, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the box, which names the active option
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              key={choice.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={ids.includes(choice.id)}
              class={index === menu.active ? 'active' : undefined}
              ref={(item) => {
                if (index === menu.active) item?.scrollIntoView({ block: 'nearest' });
              }}
              onClick={({ currentTarget }) => pick(choice, currentTarget)}
            >
              {t(choice.label)}
            </div>
          ))}
        </div>
      )}
      <p class="note" aria-live="polite">
        {isOpen && shown.length === 0 && say('no_results_found')}
      </p>
      {ids.includes('other') && <OtherBox {...props} />}
    </div>
  );
}

/** Whether a control has the focus. */
function isActive(control: HTMLElement | null): boolean {
  return (control?.getRootNode() as ShadowRoot | undefined)?.activeElement === control;
}
