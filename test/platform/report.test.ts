import { afterEach, expect, it, vi } from 'vitest';
import { reportMistake } from '../../src/platform/report.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('writes one line that names Inkling', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  reportMistake('the id is wrong');
  expect(error.mock.calls).toEqual([['[inkling] the id is wrong']]);
});

it.each([
  ['no console', undefined],
  ['a console without errors', {}],
])('throws nothing on a page with %s', (_name, page) => {
  vi.stubGlobal('console', page);
  expect(() => reportMistake('x')).not.toThrow();
});
