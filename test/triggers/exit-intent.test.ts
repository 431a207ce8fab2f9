import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchExitIntent } from '../../src/triggers/exit-intent.ts';
import { scrollTo } from './support.ts';

const CONFIG = { type: 'exitIntent' };
let release = (): void => {};
let fire = vi.fn<() => void>();
const isTouch = (matches: boolean): void => {
  vi.stubGlobal('matchMedia', () => ({ matches }));
};
const start = (): void => {
  release = watchExitIntent(CONFIG, fire);
};
const leaveAt = (clientY: number, relatedTarget: Element | null = null): void => {
  document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY, relatedTarget }));
};

beforeEach(() => {
  fire = vi.fn<() => void>();
  vi.useFakeTimers();
});
afterEach(() => {
  release();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a mouse', () => {
  beforeEach(() => {
    isTouch(false);
    start();
  });
  it('that leaves at the top fires once', () => {
    leaveAt(-1);
    leaveAt(0);
    expect(fire).toHaveBeenCalledTimes(1);
  });
  it.each(['mouseout', 'mouseleave'])('is detected by %s', (name) => {
    document.body.dispatchEvent(new MouseEvent(name, { clientY: -1, bubbles: name === 'mouseout' }));
    expect(fire).toHaveBeenCalledTimes(1);
  });
  it.each([
    ['leaves at the side or below', () => leaveAt(500)],
    ['goes to another element', () => leaveAt(0, document.body)],
  ])('that %s does not', (_name, act) => {
    act();
    expect(fire).not.toHaveBeenCalled();
  });
  it('does not fire after it was unsubscribed', () => {
    release();
    leaveAt(-1);
    expect(fire).not.toHaveBeenCalled();
  });
  it('that scrolls fast does not', () => {
    vi.advanceTimersByTime(5_000);
    scrollUp(2_000, 100, 10);
    expect(fire).not.toHaveBeenCalled();
  });
});

/** Scrolls from `from` to `to`, by `px` in each frame of 16 ms. */
function scrollUp(from: number, to: number, px: number): void {
  for (let top = from; top >= to; top -= px) {
    scrollTo(top);
    vi.advanceTimersByTime(16);
  }
}

describe('touch', () => {
  beforeEach(() => {
    isTouch(true);
    scrollTo(2_000);
    start();
    vi.advanceTimersByTime(5_000);
  });
  it('that scrolls up fast fires once', () => {
    scrollUp(2_000, 200, 40);
    expect(fire).toHaveBeenCalledTimes(1);
  });
  it('that scrolls up slowly does not', () => {
    scrollUp(2_000, 200, 16);
    expect(fire).not.toHaveBeenCalled();
  });
  it('that scrolls down fast does not', () => {
    for (let top = 0; top < 2_000; top += 60) {
      scrollTo(top);
      vi.advanceTimersByTime(16);
    }
    expect(fire).not.toHaveBeenCalled();
  });
  it('that jumps to the top does not', () => {
    scrollTo(2_000);
    vi.advanceTimersByTime(120);
    scrollTo(0);
    expect(fire).not.toHaveBeenCalled();
  });
  it('that scrolls up right after arrival does not', () => {
    release();
    start();
    scrollUp(2_000, 200, 40);
    expect(fire).not.toHaveBeenCalled();
  });
  it('devices also react to a mouse', () => {
    leaveAt(-1);
    expect(fire).toHaveBeenCalledTimes(1);
  });
});
