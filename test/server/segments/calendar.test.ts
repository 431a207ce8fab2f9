import { describe, expect, it } from 'vitest';
import { isSameDay, subtractSpan } from '../../../server/segments/calendar.ts';
import { readFilterDate, type TimeSpan } from '../../../src/wire/segment.ts';

describe('subtractSpan', () => {
  const rows: [now: string, amount: number, unit: TimeSpan['unit'], then: string][] = [
    ['2026-03-31T12:00:00.000Z', 1, 'days', '2026-03-30T12:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 2, 'weeks', '2026-03-17T12:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 1, 'months', '2026-02-28T12:00:00.000Z'],
    ['2024-03-31T23:59:59.999Z', 1, 'months', '2024-02-29T23:59:59.999Z'],
    ['2026-03-30T12:00:00.000Z', 1, 'months', '2026-02-28T12:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', 1, 'months', '2026-02-28T12:00:00.000Z'],
    ['2026-05-31T00:00:00.000Z', 1, 'months', '2026-04-30T00:00:00.000Z'],
    ['2026-05-31T00:00:00.000Z', 2, 'months', '2026-03-31T00:00:00.000Z'],
    ['2026-01-31T00:00:00.000Z', 2, 'months', '2025-11-30T00:00:00.000Z'],
    ['2026-01-15T00:00:00.000Z', 13, 'months', '2024-12-15T00:00:00.000Z'],
    ['2024-02-29T08:00:00.000Z', 1, 'years', '2023-02-28T08:00:00.000Z'],
    ['2024-02-29T08:00:00.000Z', 4, 'years', '2020-02-29T08:00:00.000Z'],
    ['2000-02-29T08:00:00.000Z', 100, 'years', '1900-02-28T08:00:00.000Z'],
    ['0050-03-31T08:00:00.000Z', 1, 'months', '0050-02-28T08:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 1.5, 'days', '2026-03-30T00:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 1.9, 'months', '2026-02-28T12:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 0.5, 'years', '2025-09-30T12:00:00.000Z'],
    // The last Sundays of March and October, when clocks change in Europe, but not in UTC.
    ['2026-03-29T12:00:00.000Z', 1, 'days', '2026-03-28T12:00:00.000Z'],
    ['2026-10-25T12:00:00.000Z', 1, 'days', '2026-10-24T12:00:00.000Z'],
  ];
  it.each(rows)('%s − %d %s = %s', (now, amount, unit, then) => {
    expect(new Date(subtractSpan(Date.parse(now), { amount, unit })).toISOString()).toBe(then);
  });

  it('returns infinity for instants beyond the range of dates', () => {
    for (const unit of ['days', 'weeks', 'months', 'years'] as const) {
      expect(subtractSpan(0, { amount: 1e15, unit })).toBeLessThan(-8.64e15);
    }
  });
});

it('isSameDay compares days in UTC', () => {
  const at = Date.parse;
  expect(isSameDay(at('2026-03-31T00:00:00.000Z'), at('2026-03-31T23:59:59.999Z'))).toBe(true);
  expect(isSameDay(at('2026-03-31T23:59:59.999Z'), at('2026-04-01T00:00:00.000Z'))).toBe(false);
  expect(isSameDay(at('1969-12-31T23:00:00.000Z'), at('1969-12-31T01:00:00.000Z'))).toBe(true);
  expect(isSameDay(at('1969-12-31T23:00:00.000Z'), at('1970-01-01T01:00:00.000Z'))).toBe(false);
});

describe('readFilterDate', () => {
  const rows: [text: string, instant: string | undefined][] = [
    ['2026-03-31', '2026-03-31T00:00:00.000Z'],
    ['2026-03-31T10:20', '2026-03-31T10:20:00.000Z'],
    ['2026-03-31T10:20:30', '2026-03-31T10:20:30.000Z'],
    ['2026-03-31T10:20:30.456', '2026-03-31T10:20:30.456Z'],
    ['2026-03-31T10:20:30Z', '2026-03-31T10:20:30.000Z'],
    ['2026-03-31T10:20:30.5+02:00', '2026-03-31T08:20:30.500Z'],
    ['2026-03-31T23:00:00-05:30', '2026-04-01T04:30:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-02-29', undefined],
    ['2026-02-31T10:00:00Z', undefined],
    ['2026-13-01', undefined],
    ['2026-03-31T25:00:00Z', undefined],
    ['31/03/2026', undefined],
    ['2026-3-31', undefined],
    ['March 31, 2026', undefined],
    ['2026-03-31 10:20', undefined],
    ['1774958400000', undefined],
    ['', undefined],
  ];
  it.each(rows)('%s is %s', (text, instant) => {
    expect(readFilterDate(text)).toBe(instant === undefined ? undefined : Date.parse(instant));
  });
});
