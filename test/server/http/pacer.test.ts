import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPacer } from '../../../server/http/pacer.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('starts one piece of work after another, each after a pause of a multiple of what the one before it took', async () => {
  let clock = 0;
  const pace = createPacer({ pauses: 3, now: () => clock });
  const started: number[] = [];
  for (const length of [20, 10, 1]) {
    void pace().then(() => {
      started.push(length);
      clock += length;
    });
  }
  await vi.advanceTimersByTimeAsync(59);
  expect(started).toEqual([20]);
  await vi.advanceTimersByTimeAsync(2);
  expect(started).toEqual([20, 10]);
  await vi.advanceTimersByTimeAsync(27);
  expect(started).toEqual([20, 10]);
  await vi.advanceTimersByTimeAsync(3);
  expect(started).toEqual([20, 10, 1]);
});

it('pauses for at least so long after a piece that took little', async () => {
  let clock = 0;
  const pace = createPacer({ pauses: 3, leastMs: 50, now: () => clock });
  const started: number[] = [];
  for (const length of [1, 20, 1]) {
    void pace().then(() => {
      started.push(length);
      clock += length;
    });
  }
  await vi.advanceTimersByTimeAsync(49);
  expect(started).toEqual([1]);
  await vi.advanceTimersByTimeAsync(2);
  expect(started).toEqual([1, 20]);
  await vi.advanceTimersByTimeAsync(58);
  expect(started).toEqual([1, 20]);
  await vi.advanceTimersByTimeAsync(3);
  expect(started).toEqual([1, 20, 1]);
});

it('starts a piece at once that comes when all others and their pauses are over', async () => {
  const pace = createPacer({ pauses: 3, now: () => 0 });
  await pace();
  await vi.advanceTimersByTimeAsync(1);
  const next = vi.fn();
  void pace().then(next);
  await Promise.resolve();
  expect(next).toHaveBeenCalled();
});
