import type { Attributes } from '../api/types.ts';
import { reportMistake } from '../platform/report.ts';

/** Keeps the attributes that the server can hold; dates become ISO texts, others are reported and left out. */
export function toAttributes(attributes: Readonly<Record<string, unknown>> | undefined): Attributes {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value instanceof Date && !Number.isNaN(value.getTime())) kept[key] = value.toISOString();
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      kept[key] = value;
    else reportMistake(`the attribute ${key} needs a text, a number, a boolean or a date`);
  }
  return kept;
}
