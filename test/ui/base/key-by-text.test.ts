import { expect, it } from 'vitest';
import { keyByText } from '../../../src/ui/base/key-by-text.ts';

const child = { type: 'b', props: {} };

it.each([
  ['no text', 'p', child, undefined, undefined],
  ['nothing', 'p', undefined, 'k', 'k'],
  ['a text', 'p', 'One', undefined, 'undefined One'],
  ['a number', 'p', 0, 'k', 'k 0'],
  ['an empty text', 'b', '', 'k', 'k '],
  ['texts between elements', 'p', [['One', child], false, null, ' two'], 'k', 'k One two'],
  ['a component', () => null, 'One', 'k', 'k'],
])('the key of an element with %s', (_, type, children, key, expected) => {
  expect(keyByText(type, children, key)).toBe(expected);
});
