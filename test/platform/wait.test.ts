import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atMost, uptime, wait } from '../../src/platform/wait.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Where a promise stands. */
function watch(work: Promise<unknown>): { state: string } {
  const story = { state: 'pending' };
  work.then(
    () => {
      story.state = 'done';
    },
    (error) => {
      story.state = `${error}`;
    },
  );
  return story;
}

it('waits as long as it is asked to', async () => {
  const story = watch(wait(50));
  await vi.advanceTimersByTimeAsync(49);
  expect(story.state).toBe('pending');
  await vi.advanceTimersByTimeAsync(1);
  expect(story.state).toBe('done');
});

describe('waiting for work', () => {
  it('ends with the work, and leaves no timer behind', async () => {
    const story = watch(atMost(1_000, wait(50)));
    await vi.advanceTimersByTimeAsync(50);
    expect(story.state).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends when the time is over, and leaves no timer behind', async () => {
    const story = watch(atMost(1_000, new Promise(() => {})));
    await vi.advanceTimersByTimeAsync(999);
    expect(story.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(story.state).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects as the work does, and leaves no timer behind', async () => {
    const story = watch(atMost(1_000, Promise.reject(new Error('broken'))));
    await vi.advanceTimersByTimeAsync(0);
    expect(story.state).toBe('Error: broken');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the uptime', () => {
  it('is not moved by a clock that is set', () => {
    vi.useRealTimers();
    const before = uptime();
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    expect(Math.abs(uptime() - before)).toBeLessThan(60_000);
  });

  it('is the device’s clock where a page has another object of the name `performance`', () => {
    vi.stubGlobal('performance', {});
    vi.setSystemTime(1_234);
    expect(uptime()).toBe(1_234);
  });
});
