/**
 * Calendar dates as `YYYY-MM-DD`, without a time zone: a day is the same day everywhere. `Date` is only used to
 * calculate, in UTC.
 */

const DAY_MS = 86_400_000;

/** Larger regions whose weeks begin on Sunday or Saturday (CLDR), for browsers without `getWeekInfo`; others: Monday. */
const SUNDAYS = /^(B[DR]|C[AO]|HK|I[DLN]|JP|KR|MX|P[EHK]|SA|T[HW]|US|VE|ZA)$/;
const SATURDAYS = /^(AE|AF|BH|DJ|DZ|EG|IQ|IR|JO|KW|LY|OM|QA|SD|SY)$/;

/** The day as a `Date` at midnight UTC. */
export function toDate(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** The day of a `Date` in UTC. */
export function toDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Whether a value is a date that exists. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = toDate(text);
  return !Number.isNaN(+date) && toDay(date) === text;
}

/** The current day in the visitor's time zone. */
export function todayOf(now: Date): string {
  return toDay(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
}

/**
 * The day that is a number of days later.
 *
 * @example
 * addDays('2024-02-28', 2); // '2024-03-01'
 */
export function addDays(day: string, days: number): string {
  return toDay(new Date(+toDate(day) + days * DAY_MS));
}

/**
 * The same day a number of months later; the last day of that month where it is shorter.
 *
 * @example
 * addMonths('2024-01-31', 1); // '2024-02-29'
 */
export function addMonths(day: string, months: number): string {
  const date = toDate(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return toDay(new Date(Date.UTC(year, month, Math.min(date.getUTCDate(), last))));
}

/**
 * The weeks of the month of a day: seven days each, undefined outside of the month.
 *
 * @param firstDay 1 is Monday, 7 Sunday
 */
export function weeksOf(day: string, firstDay: number): readonly (readonly (string | undefined)[])[] {
  const first = `${day.slice(0, 7)}-01`;
  const start = addDays(first, -columnOf(first, firstDay));
  const end = addMonths(first, 1);
  const weeks: (string | undefined)[][] = [];
  for (let week = start; week < end; week = addDays(week, 7)) {
    const days = [0, 1, 2, 3, 4, 5, 6].map((column) => addDays(week, column));
    weeks.push(days.map((one) => (one.slice(0, 7) === day.slice(0, 7) ? one : undefined)));
  }
  return weeks;
}

/** Column of a day in its week, 0 to 6. */
export function columnOf(day: string, firstDay: number): number {
  return (toDate(day).getUTCDay() - firstDay + 14) % 7;
}

/** The first day of the week in a language's region: 1 is Monday, 7 Sunday. */
export function firstDayOf(locale: string): number {
  const tag = new Intl.Locale(locale);
  const { weekInfo, getWeekInfo } = tag as { weekInfo?: WeekInfo; getWeekInfo?: () => WeekInfo };
  const known = getWeekInfo?.call(tag) ?? weekInfo;
  if (known) return known.firstDay;
  const { region = '' } = tag.maximize();
  return SUNDAYS.test(region) ? 7 : SATURDAYS.test(region) ? 6 : 1;
}

interface WeekInfo {
  readonly firstDay: number;
}
