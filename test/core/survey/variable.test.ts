import { expect, it } from 'vitest';
import { toVariable } from '../../../src/core/survey/variable.ts';

it.each<[string, string | number, string | number]>([
  ['a text', 'x', 'x'],
  ['the longest text', 'x'.repeat(4_096), 'x'.repeat(4_096)],
  ['a longer text', 'x'.repeat(4_097), 'x'.repeat(4_096)],
  ['a text that would be cut within a character', `${'x'.repeat(4_095)}😀`, 'x'.repeat(4_095)],
  ['a number', -1.5, -1.5],
  ['no finite number', Infinity, 0],
  ['no number', Number.NaN, 0],
])('%s', (_name, value, expected) => {
  expect(toVariable(value)).toBe(expected);
});
