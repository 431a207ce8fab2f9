import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  addDays,
  addMonths,
  columnOf,
  firstDayOf,
  isDay,
  todayOf,
  weeksOf,
} from '../../../src/ui/fields/calendar.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  ['2024-02-29', true],
  ['2023-02-29', false],
  ['2024-13-01', false],
  ['2024-00-10', false],
  ['25-12-2024', false],
  ['2024-1-1', false],
  ['', false],
  [20240101, false],
])('%s is a day: %s', (text, outcome) => expect(isDay(text)).toBe(outcome));

it.each([
  ['2024-02-28', 1, '2024-02-29'],
  ['2024-12-31', 1, '2025-01-01'],
  ['2024-03-01', -1, '2024-02-29'],
  // Clocks change in Europe on this day.
  ['2024-03-30', 2, '2024-04-01'],
])('%s and %i days is %s', (day, days, outcome) => expect(addDays(day, days)).toBe(outcome));

it.each([
  ['2024-01-31', 1, '2024-02-29'],
  ['2024-01-31', -2, '2023-11-30'],
  ['2024-02-29', 12, '2025-02-28'],
  ['2024-05-15', 0, '2024-05-15'],
  ['2024-12-15', 1, '2025-01-15'],
])('%s and %i months is %s', (day, months, outcome) => expect(addMonths(day, months)).toBe(outcome));

it.each([
  ['a Sunday in weeks from Monday', '2024-09-01', 1, 6],
  ['a Sunday in weeks from Sunday', '2024-09-01', 7, 0],
  ['a Sunday in weeks from Saturday', '2024-09-01', 6, 1],
  ['a Saturday in weeks from Saturday', '2024-08-31', 6, 0],
])('%s stands in its column', (_name, day, firstDay, column) => expect(columnOf(day, firstDay)).toBe(column));

describe('the weeks of a month', () => {
  it('begin and end with empty days', () => {
    const weeks = weeksOf('2024-02-10', 1);
    expect(weeks).toHaveLength(5);
    expect(weeks[0]).toEqual([
      undefined,
      undefined,
      undefined,
      '2024-02-01',
      '2024-02-02',
      '2024-02-03',
      '2024-02-04',
    ]);
    expect(weeks[4]?.slice(2)).toEqual(['2024-02-28', '2024-02-29', undefined, undefined, undefined]);
  });

  it('are four when they fit exactly, and six when they must', () => {
    expect([weeksOf('2027-02-01', 1).length, weeksOf('2024-09-01', 1).length]).toEqual([4, 6]);
  });
});

it('today is the day of the visitor’s own clock', () => {
  expect(todayOf(new Date(2024, 0, 31, 23, 59))).toBe('2024-01-31');
  expect(todayOf(new Date(2024, 0, 31, 0, 1))).toBe('2024-01-31');
});

describe('the first day of a week', () => {
  const cases: [string, number][] = [
    ['en-US', 7],
    ['de', 1],
    ['en-GB', 1],
    ['ar-EG', 6],
    ['pt-BR', 7],
    ['he', 7],
  ];
  it.each(cases)('in %s is %i', (locale, day) => expect(firstDayOf(locale)).toBe(day));

  it.each(cases)('in %s is %i where the browser can’t say', (locale, day) => {
    const prototype = Intl.Locale.prototype as { getWeekInfo?: unknown; weekInfo?: unknown };
    const former = Object.getOwnPropertyDescriptors(prototype);
    delete prototype.getWeekInfo;
    delete prototype.weekInfo;
    const outcome = firstDayOf(locale);
    Object.defineProperties(prototype, former);
    expect(outcome).toBe(day);
  });
});
