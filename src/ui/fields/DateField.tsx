// biome-ignore-all lint/a11y/useSemanticElements: a day is one button and one cell of the grid at once
// biome-ignore-all lint/a11y/useFocusableInteractive: focus goes to the days, as in the ARIA pattern for grids
import type { JSX, TargetedKeyboardEvent } from 'preact';
import type { DateElement } from '../../core/survey/document.ts';
import type { FieldProps } from '../base/field-props.ts';
import { stepOf } from '../base/roving-focus.ts';
import { addDays, addMonths, columnOf, firstDayOf, isDay, toDate, todayOf, weeksOf } from './calendar.ts';

/** Number of years back and ahead in the list of years. */
const YEARS = 100;

/** The keyboard's position in the calendar. */
interface Cursor {
  readonly day: string;
  /** Whether a key moved it there, so that focus follows. */
  isMoved: boolean;
}

/** A calendar of one month, and lists to choose another. The answer is `YYYY-MM-DD` in every language. */
export function DateField(props: FieldProps<DateElement>): JSX.Element {
  const { element, id, value, isWrong, describedBy, onAnswer, memory, redraw } = props;
  const locale = localeOf(props.locale);
  const today = todayOf(new Date());
  const chosen = isDay(value) ? value : undefined;
  memory[element.id] ??= { day: chosen ?? today, isMoved: false };
  const cursor = memory[element.id] as Cursor;
  const { day } = cursor;
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  const thisYear = Number(today.slice(0, 4));
  const [from, to] = [thisYear - YEARS, thisYear + YEARS];
  const firstDay = firstDayOf(locale);
  const weeks = weeksOf(day, firstDay);

  const write = (options: Intl.DateTimeFormatOptions): ((one: string) => string) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', calendar: 'gregory', ...options });
    return (one) => format.format(toDate(one));
  };
  const writeDay = write({ dateStyle: 'full' });
  const writeNumber = write({ day: 'numeric' });
  const writeMonth = write({ month: 'long' });
  const writeYear = write({ year: 'numeric' });
  const [writeShort, writeWeekday] = [write({ weekday: 'short' }), write({ weekday: 'long' })];
  const nameOf = new Intl.DisplayNames(locale, { type: 'dateTimeField' });

  const show = (next: string, isMoved = false): void => {
    const [first, last] = [`${from}-01-01`, `${to}-12-31`];
    memory[element.id] = { day: next < first ? first : next > last ? last : next, isMoved };
    redraw();
  };
  const pick = (one: string): void => {
    show(one);
    if (one !== chosen) onAnswer(one);
    else if (!element.required) onAnswer('');
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const { key, shiftKey, currentTarget } = event;
    const step = stepOf(key, currentTarget);
    const page = key === 'PageDown' ? 1 : key === 'PageUp' ? -1 : 0;
    const column = columnOf(day, firstDay);
    const days =
      key === 'Home' ? -column : key === 'End' ? 6 - column : /Up$|Down$/.test(key) ? 7 * step : step;
    if (!page && !step && key !== 'Home' && key !== 'End') return;
    event.preventDefault();
    show(page ? addMonths(day, shiftKey ? 12 * page : page) : addDays(day, days), true);
  };

  const arrow = (by: number, path: string): JSX.Element => {
    const there = addMonths(day, by);
    return (
      <button
        type="button"
        class="icon"
        aria-label={`${writeMonth(there)} ${writeYear(there)}`}
        onClick={() => show(there)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={path} />
        </svg>
      </button>
    );
  };
  return (
    <div class="calendar">
      <div class="months">
        {arrow(-1, 'm14 7-5 5 5 5')}
        <select
          aria-label={nameOf.of('month')}
          value={month}
          onChange={({ currentTarget }) => show(addMonths(day, Number(currentTarget.value) - month))}
        >
          {[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((one) => (
            <option key={one} value={one}>
              {writeMonth(`2024-${`${one}`.padStart(2, '0')}-01`)}
            </option>
          ))}
        </select>
        <select
          aria-label={nameOf.of('year')}
          value={year}
          onChange={({ currentTarget }) => show(addMonths(day, 12 * (Number(currentTarget.value) - year)))}
        >
          {Array.from({ length: to - from + 1 }, (_, index) => from + index).map((one) => (
            <option key={one} value={one}>
              {writeYear(`${one}-01-01`)}
            </option>
          ))}
        </select>
        {arrow(1, 'm10 7 5 5-5 5')}
      </div>
      <div
        class="days"
        role="grid"
        aria-labelledby={id}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        onKeyDown={onKeyDown}
      >
        <div role="row">
          {weeks[1]?.map((one = day) => (
            <span key={one} role="columnheader" aria-label={writeWeekday(one)}>
              {writeShort(one)}
            </span>
          ))}
        </div>
        {weeks.map((week) => (
          <div key={week.join()} role="row">
            {week.map((one, column) =>
              one ? (
                <button
                  key={one}
                  type="button"
                  role="gridcell"
                  tabIndex={one === day ? 0 : -1}
                  class={one === chosen ? 'on' : undefined}
                  aria-label={writeDay(one)}
                  aria-selected={one === chosen}
                  aria-current={one === today ? 'date' : undefined}
                  ref={(node) => {
                    if (!node || one !== day || !cursor.isMoved) return;
                    cursor.isMoved = false;
                    node.focus({ preventScroll: true });
                  }}
                  onClick={() => pick(one)}
                >
                  {writeNumber(one)}
                </button>
              ) : (
                <i key={column} />
              ),
            )}
          </div>
        ))}
      </div>
      {chosen && <p class="note">{writeDay(chosen)}</p>}
    </div>
  );
}

/** The first valid language tag of the survey, the page and the browser. */
function localeOf(tag: string | undefined): string {
  const candidates = [tag, document.documentElement.lang, navigator.language].filter(Boolean) as string[];
  for (const candidate of candidates) {
    try {
      return new Intl.Locale(candidate).toString();
    } catch {
      // A page's `lang` may be invalid.
    }
  }
  return 'en';
}
