import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchSending, whenSent } from '../../src/ui/ending-timers.ts';

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

/** Waits for an unsent answer, and records whether it is over. */
function waitForIt() {
  let isSent = false;
  const listeners = new Set<() => void>();
  const page = { isOver: false, listeners };
  const onSent = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  void whenSent({ isSent: () => isSent, onSent })?.then(() => {
    page.isOver = true;
  });
  const happen = (sent: boolean) => {
    isSent = sent;
    for (const listener of listeners) listener();
    return vi.advanceTimersByTimeAsync(0);
  };
  return { page, happen };
}

it('an ending that leads away waits until every answer was sent', async () => {
  const { page, happen } = waitForIt();
  await happen(false);
  expect(page.isOver).toBe(false);
  await happen(true);
  expect([page.isOver, page.listeners.size]).toEqual([true, 0]);
});

it('it waits for two seconds at most', async () => {
  const { page } = waitForIt();
  await vi.advanceTimersByTimeAsync(1_990);
  expect(page.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(20);
  expect([page.isOver, page.listeners.size]).toEqual([true, 0]);
});

it.each([
  ['nobody knows whether answers were sent', {}],
  ['every answer was sent', { isSent: () => true, onSent: () => () => {} }],
])('it does not wait when %s', (_, view) => {
  expect(whenSent(view)).toBeUndefined();
});
