/** Filter kinds with their operators (client-api.md 5.3). */
export const OPERATORS = {
  attribute: [
    'equals',
    'notEquals',
    'contains',
    'doesNotContain',
    'startsWith',
    'endsWith',
    'isSet',
    'isNotSet',
    'lessThan',
    'lessEqual',
    'greaterThan',
    'greaterEqual',
    'isOlderThan',
    'isNewerThan',
    'isBefore',
    'isAfter',
    'isBetween',
    'isSameDay',
  ],
  person: [
    'equals',
    'notEquals',
    'isSet',
    'isNotSet',
    'contains',
    'doesNotContain',
    'startsWith',
    'endsWith',
  ],
  segment: ['userIsIn', 'userIsNotIn'],
  device: ['equals', 'notEquals'],
  surveyInteraction: [
    'haveSeen',
    'haveNotSeen',
    'haveStartedRespondingTo',
    'haveCompleted',
    'haveNotCompleted',
  ],
} as const;

/** Kind of a filter. */
export type FilterKind = keyof typeof OPERATORS;
/** Operator of a filter of this kind. */
export type FilterOperator<K extends FilterKind = FilterKind> = (typeof OPERATORS)[K][number];

/** Device types of a filter. */
export const DEVICES = ['phone', 'desktop'] as const;
/** One of them. */
export type Device = (typeof DEVICES)[number];

/** Units of a span of time; the calendar is UTC's. */
export const UNITS = ['days', 'weeks', 'months', 'years'] as const;
/** One of them. */
export type TimeUnit = (typeof UNITS)[number];

/** A span of time before now. */
export interface TimeSpan {
  readonly amount: number;
  readonly unit: TimeUnit;
}

/**
 * The instant (epoch ms) that a date in a filter means: `YYYY-MM-DD` is its midnight, a time without zone is UTC.
 * Undefined for an invalid date, 31 February included.
 */
export function readFilterDate(text: string): number | undefined {
  const parts = DATE.exec(text);
  if (!parts) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = parts;
  if (!isRealDay(day)) return undefined;
  const instant = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** `Date` alone parses 31 February as 3 March. */
function isRealDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}
