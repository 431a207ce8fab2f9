import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchIdle } from '../../src/triggers/idle.ts';

let release = (): void => {};
let fire = vi.fn<() => void>();
const hide = (isHidden: boolean): void => {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
};

beforeEach(() => {
  vi.useFakeTimers();
  fire = vi.fn<() => void>();
  release = watchIdle({ type: 'idle', timeInSeconds: 10 }, fire);
});
afterEach(() => {
  release();
  Reflect.deleteProperty(document, 'hidden');
  vi.useRealTimers();
});

it('fires once after the time without events', () => {
  vi.advanceTimersByTime(9_999);
  expect(fire).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  document.dispatchEvent(new Event('pointermove', { bubbles: true }));
  vi.advanceTimersByTime(60_000);
  expect(fire).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

it.each(['pointermove', 'pointerdown', 'keydown', 'wheel', 'scroll'])('%s restarts the time', (name) => {
  vi.advanceTimersByTime(9_000);
  // On an element and not bubbling, like its `scroll`.
  document.body.dispatchEvent(new Event(name));
  vi.advanceTimersByTime(9_999);
  expect(fire).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(fire).toHaveBeenCalledTimes(1);
});

it('the time of a hidden tab does not count', () => {
  vi.advanceTimersByTime(9_000);
  hide(true);
  vi.advanceTimersByTime(60_000);
  expect(fire).not.toHaveBeenCalled();
  hide(false);
  vi.advanceTimersByTime(9_999);
  expect(fire).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(fire).toHaveBeenCalledTimes(1);
});

it('leaves no timer behind', () => {
  release();
  expect(vi.getTimerCount()).toBe(0);
  document.body.dispatchEvent(new Event('keydown'));
  expect(vi.getTimerCount()).toBe(0);
});
