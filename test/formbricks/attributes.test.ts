import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toAttributes } from '../../src/formbricks/attributes.ts';
import { watchConsole } from '../client/support.ts';

let lines: string[] = [];
beforeEach(() => {
  lines = watchConsole();
});
afterEach(() => {
  vi.restoreAllMocks();
});

it.each<[string, Record<string, unknown> | undefined, object]>([
  [
    'texts, numbers and booleans as they are',
    { plan: 'pro', seats: 3, isPaying: false },
    { plan: 'pro', seats: 3, isPaying: false },
  ],
  ['dates as ISO texts', { since: new Date(0) }, { since: '1970-01-01T00:00:00.000Z' }],
  ['none', undefined, {}],
])('keeps %s', (_name, given, kept) => {
  expect(toAttributes(given)).toEqual(kept);
  expect(lines).toEqual([]);
});

it.each([
  ['an object', {}],
  ['null', null],
  ['a date that is none', new Date('no')],
])('reports %s and keeps the rest', (_name, value) => {
  expect(toAttributes({ odd: value, plan: 'pro' })).toEqual({ plan: 'pro' });
  expect(lines).toEqual(['[inkling] the attribute odd needs a text, a number, a boolean or a date']);
});
