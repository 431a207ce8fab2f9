import { MAX_VARIABLE_CHARS } from '../limits.ts';

/**
 * A value as a variable holds it: a long text is cut, since one that is appended to itself would soon fill the memory;
 * what is no finite number becomes 0.
 *
 * @example
 * toVariable('x'.repeat(5_000)).length; // 4096
 */
export function toVariable(value: string | number): string | number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : 0;
  // Half of a character outside of the first plane is no text.
  return value.length > MAX_VARIABLE_CHARS
    ? value.slice(0, MAX_VARIABLE_CHARS).replace(/[\ud800-\udbff]$/, '')
    : value;
}
