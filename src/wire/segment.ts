/** Every filter kind and what it may ask (client-api.md 5.3). */
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

/** What a filter is about. */
export type FilterKind = keyof typeof OPERATORS;
/** What a filter of this kind may ask. */
export type FilterOperator<K extends FilterKind = FilterKind> = (typeof OPERATORS)[K][number];

/** The devices a segment can tell apart. */
export const DEVICES = ['phone', 'desktop'] as const;
/** One of them. */
export type Device = (typeof DEVICES)[number];

/** Units of a span of time; the calendar is UTC's. */
export const UNITS = ['days', 'weeks', 'months', 'years'] as const;
/** One of them. */
export type TimeUnit = (typeof UNITS)[number];

/** A span of time that reaches back from now. */
export interface TimeSpan {
  readonly amount: number;
  readonly unit: TimeUnit;
}

/** How deeply lists may be nested: far more than anybody writes, far less than a stack holds. */
export const MAX_FILTER_DEPTH = 100;

/**
 * The instant (epoch ms) that a date in a filter means: `YYYY-MM-DD` is its midnight, a time without zone is UTC.
 * Undefined for what is no date, 31 February included.
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

/** Parsing alone lets 31 February pass as 3 March. */
function isRealDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}
