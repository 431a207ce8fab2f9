import { afterEach, expect, it, vi } from 'vitest';
import { rethrow } from '../../src/platform/rethrow.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('throws the error itself, in a task of its own', () => {
  vi.useFakeTimers();
  const error = new Error('the page');
  expect(() => rethrow(error)).not.toThrow();
  expect(() => vi.runAllTimers()).toThrow(error);
});
