import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchDwell } from '../../src/triggers/dwell.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('fires once after the time', () => {
  const fire = vi.fn();
  watchDwell({ type: 'pageDwell', timeInSeconds: 3 }, fire);
  vi.advanceTimersByTime(2_999);
  expect(fire).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(fire).toHaveBeenCalledTimes(1);
});

it('leaves no timer behind', () => {
  const fire = vi.fn();
  watchDwell({ type: 'pageDwell', timeInSeconds: 3 }, fire)();
  expect(vi.getTimerCount()).toBe(0);
});

it('an action without a time never fires', () => {
  const fire = vi.fn();
  watchDwell({ type: 'pageDwell' }, fire)();
  watchDwell({ type: 'pageDwell', timeInSeconds: Number.NaN }, fire);
  vi.advanceTimersByTime(10_000);
  expect(fire).not.toHaveBeenCalled();
});
