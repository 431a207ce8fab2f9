import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchSending } from '../../src/ui/ending-timers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Watches an unsent answer, and records the calls. */
function setUp() {
  let isSent = false;
  const listeners = new Set<() => void>();
  const told: boolean[] = [];
  const stop = watchSending(
    () => isSent,
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    (isLate) => told.push(isLate),
  );
  const happen = (sent: boolean) => {
    isSent = sent;
    for (const listener of listeners) listener();
  };
  return { told, stop, happen, listeners };
}

it('an answer that is sent within a second is not late', () => {
  const { told, happen } = setUp();
  happen(false);
  vi.advanceTimersByTime(999);
  happen(true);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
});

it('a late answer is reported once, and once more when it was sent', () => {
  const { told, happen } = setUp();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([true]);
  happen(false);
  happen(false);
  expect(told).toEqual([true]);
  happen(true);
  happen(true);
  expect(told).toEqual([true, false]);
});

it('after stop nothing is reported, and no listener is left', () => {
  const { told, stop, listeners } = setUp();
  stop();
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
  expect(listeners.size).toBe(0);
});
