import type { TimeSpan } from '../../src/wire/segment.ts';

const DAY_MS = 86_400_000;
const DAYS = { days: 1, weeks: 7 } as const;
const MONTHS = { months: 1, years: 12 } as const;

/**
 * The instant (epoch ms) that lies a span before `now`, in UTC (client-api.md 5.4, 5.5).
 *
 * Days and weeks are exact; months and years keep the time of day and the day of the month, or end on the last day of
 * a shorter month: a month before 31 March is 28 or 29 February. Of months only whole ones count. A result before
 * the first instant of `Date` is minus infinity.
 */
export function subtractSpan(now: number, { amount, unit }: TimeSpan): number {
  if (unit === 'days' || unit === 'weeks') return now - amount * DAYS[unit] * DAY_MS;

  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - Math.trunc(amount * MONTHS[unit]));
  if (Number.isNaN(date.getTime())) return Number.NEGATIVE_INFINITY;
  return date.setUTCDate(Math.min(day, daysInMonth(date)));
}

/** Whether two instants fall on the same day in UTC. */
export function isSameDay(a: number, b: number): boolean {
  return Math.floor(a / DAY_MS) === Math.floor(b / DAY_MS);
}

function daysInMonth(date: Date): number {
  const next = new Date(date);
  next.setUTCMonth(date.getUTCMonth() + 1, 0);
  return next.getUTCDate();
}
