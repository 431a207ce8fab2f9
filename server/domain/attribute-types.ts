import type { AttributeType } from '../repo/attribute-keys.ts';
import type { AttributeEntry } from '../repo/contacts.ts';

const DATE_FORMAT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z?)?$/;
const NUMBER_FORMAT = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * Converts a stored value to another type (management-api.md 6). A text that is no number or date is kept as it is: it
 * counts as text until the site sends a fitting value, and comes back when the type is changed back.
 */
export function convertValue(value: string, dataType: AttributeType): AttributeEntry {
  const text = { value, number: null, date: null };
  if (dataType === 'string') return text;
  if (dataType === 'number') {
    const number = NUMBER_FORMAT.test(value) ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? { value: String(number), number, date: null } : text;
  }
  const date = toInstant(value);
  return date === undefined ? text : { value: new Date(date).toISOString(), number: null, date };
}

/** Parses a date, in UTC when it has no zone, as epoch ms; undefined for an invalid date such as 31 February. */
export function toInstant(text: string): number | undefined {
  if (!DATE_FORMAT.test(text)) return undefined;
  const zoned = text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text;
  const instant = Date.parse(zoned);
  if (Number.isNaN(instant)) return undefined;
  return new Date(instant).toISOString().startsWith(text.slice(0, 10)) ? instant : undefined;
}
