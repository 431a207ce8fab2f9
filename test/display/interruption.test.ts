import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createInterruptionGuard, waitForQuiet } from '../../src/display/interruption.ts';
import { uptime } from '../../src/platform/wait.ts';
import { countListeners } from '../triggers/support.ts';

const press = (): boolean => document.body.dispatchEvent(new Event('keydown', { bubbles: true }));
const hide = (isHidden: boolean): void => {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
};
/** Begins a wait and records whether it is over. */
const begin = (guard = createInterruptionGuard(0)) => {
  const waiting = waitForQuiet(guard);
  const story = { isOver: false };
  void waiting.done.then(() => {
    story.isOver = true;
  });
  return { ...waiting, story };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  Reflect.deleteProperty(document, 'hidden');
  document.body.innerHTML = '';
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('does not wait on a page where nothing would be interrupted', async () => {
  const listeners = countListeners();
  const guard = createInterruptionGuard(0);
  expect(guard.reason()).toBeUndefined();
  const { story } = begin(guard);
  await vi.advanceTimersByTimeAsync(0);
  expect(story.isOver).toBe(true);
  expect(listeners.left()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('waits until the tab is in view', async () => {
  hide(true);
  const guard = createInterruptionGuard(0);
  expect(guard.reason()).toBe('hidden');
  const { story } = begin(guard);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(story.isOver).toBe(false);
  hide(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(story.isOver).toBe(true);
});

it('waits until 1 s after the last key', async () => {
  hide(true);
  const guard = createInterruptionGuard(0);
  const { story } = begin(guard);
  press();
  hide(false);
  expect(guard.reason()).toBe('typing');
  await vi.advanceTimersByTimeAsync(900);
  press();
  await vi.advanceTimersByTimeAsync(999);
  expect(story.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(story.isOver).toBe(true);
});

it('a focused field counts as a key just pressed', async () => {
  document.body.innerHTML = '<input>';
  document.querySelector('input')?.focus();
  const { story } = begin();
  await vi.advanceTimersByTimeAsync(999);
  expect(story.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(story.isOver).toBe(true);
});

it('waits for as long as the site wants the page to be quiet', async () => {
  const guard = createInterruptionGuard(uptime() + 5_000);
  expect(guard.reason()).toBe('quiet');
  const { story } = begin(guard);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(story.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(story.isOver).toBe(true);
  expect(guard.reason()).toBeUndefined();
});

const DIALOG = '<div role="dialog" aria-modal="true">Wait</div>';
it.each([
  ['a modal dialog of the page', DIALOG, 'modal'],
  ['a dialog that is not displayed', `<div style="display: none">${DIALOG}</div>`, undefined],
  ['a dialog with aria-hidden', '<div aria-modal="true" aria-hidden="true"></div>', undefined],
  ['an inert dialog', '<div aria-modal="true" inert></div>', undefined],
  ['a dialog that leaves the page usable', '<div role="dialog" aria-modal="false"></div>', undefined],
])('%s', (_name, markup, reason) => {
  document.body.innerHTML = markup;
  expect(createInterruptionGuard(0).reason()).toBe(reason);
});

it('checks again after the next event, and does not poll', async () => {
  document.body.innerHTML = DIALOG;
  const { story } = begin();
  expect(vi.getTimerCount()).toBe(0);
  document.body.innerHTML = '';
  await vi.advanceTimersByTimeAsync(60_000);
  expect(story.isOver).toBe(false);
  document.body.dispatchEvent(new Event('pointerup', { bubbles: true }));
  await vi.advanceTimersByTimeAsync(0);
  expect(story.isOver).toBe(true);
});

it('checks after the page’s own handlers of the event', async () => {
  document.body.innerHTML = DIALOG;
  const { story } = begin();
  const close = (): void => document.body.replaceChildren();
  document.body.addEventListener('pointerdown', close);
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  document.body.removeEventListener('pointerdown', close);
  await vi.advanceTimersByTimeAsync(0);
  expect(story.isOver).toBe(true);
});

it('a stopped wait settles and leaves no listener or timer behind', async () => {
  const listeners = countListeners();
  hide(true);
  const { story, stop } = begin();
  press();
  expect(listeners.left()).toBeGreaterThan(0);
  expect(listeners.passive()).toBe(true);
  stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(story.isOver).toBe(true);
  expect(listeners.left()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
