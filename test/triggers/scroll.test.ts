import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchScroll } from '../../src/triggers/scroll.ts';
import { scrollTo } from './support.ts';

let release = (): void => {};
let fire = vi.fn<() => boolean>();
const start = (percentage?: number): void => {
  release = watchScroll({ type: 'scrollDepth', ...(percentage ? { percentage } : {}) }, fire);
};

beforeEach(() => {
  fire = vi.fn<() => boolean>(() => true);
  scrollTo(0);
});
afterEach(() => {
  release();
  vi.unstubAllGlobals();
});

// The page of `scrollTo` can be scrolled by 2,000 px.
it.each([
  [undefined, 998, 0],
  [undefined, 1_000, 1],
  [undefined, 2_000, 1],
  [10, 198, 0],
  [10, 200, 1],
  [100, 1_998, 0],
  [100, 1_999.4, 1],
  [100, 2_000, 1],
])('%s percent, scrolled to %s px: fires %s times', (percentage, top, times) => {
  start(percentage);
  scrollTo(top);
  expect(fire).toHaveBeenCalledTimes(times);
});

it('fires once, and again only after the top was reached', () => {
  start();
  for (const top of [1_200, 1_500, 400, 1_300]) scrollTo(top);
  expect(fire).toHaveBeenCalledTimes(1);
  // Overscroll bounces above the top.
  scrollTo(-20);
  scrollTo(1_100);
  expect(fire).toHaveBeenCalledTimes(2);
});

it('is not used up at an address where the action does not apply', () => {
  fire.mockReturnValueOnce(false);
  start();
  scrollTo(1_200);
  scrollTo(1_300);
  expect(fire).toHaveBeenCalledTimes(2);
  scrollTo(1_400);
  expect(fire).toHaveBeenCalledTimes(2);
});

it.each([1_000, 600])('never fires on a page of %s px in a window of 1,000', (height) => {
  start(1);
  scrollTo(0, height);
  scrollTo(5, height);
  expect(fire).not.toHaveBeenCalled();
});

it('does not fire after it was unsubscribed', () => {
  start();
  release();
  scrollTo(2_000);
  expect(fire).not.toHaveBeenCalled();
});
