import { expect, it } from 'vitest';
import { isSafeLink, isWebAddress } from '../../../src/core/survey/links.ts';

it.each<[string | undefined, boolean, boolean]>([
  ['https://example.org', true, true],
  ['HTTP://example.org/a?b#c', true, true],
  ['mailto:ada@example.org', false, true],
  ['tel:+49301234', false, true],
  ['javascript:alert(1)', false, false],
  [' java\nscript:alert(1)', false, false],
  ['data:text/html,x', false, false],
  ['ftp://example.org', false, false],
  ['example.org', false, false],
  ['/storage/x', false, false],
  ['', false, false],
  [undefined, false, false],
])('%j', (text, isWeb, isSafe) => {
  expect([isWebAddress(text), isSafeLink(text)]).toEqual([isWeb, isSafe]);
});
