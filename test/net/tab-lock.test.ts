import { afterEach, expect, it, vi } from 'vitest';
import { type Leases, takeLock, type UpdateLeases } from '../../src/net/tab-lock.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Leases that two tabs of a plain-http site share. */
function shared(): UpdateLeases {
  let leases: Leases = {};
  return async (change) => {
    leases = change(leases);
  };
}

it('one tab gets the lease, the other doesn’t, until it is released', async () => {
  vi.stubGlobal('navigator', {});
  const leases = shared();
  const release = await takeLock('survey', leases);
  expect(release).toBeDefined();
  expect(await takeLock('survey', leases)).toBeUndefined();
  expect(await takeLock('delivery', leases)).toBeDefined();
  release?.();
  await vi.waitFor(async () => expect(await takeLock('survey', leases)).toBeDefined());
});

it('a lease is renewed while it is held, and a dead tab’s runs out', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', {});
  const leases = shared();
  const release = await takeLock('survey', leases);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await takeLock('survey', leases)).toBeUndefined();
  const now = Date.now();
  vi.clearAllTimers(); // the tab dies: nobody renews
  vi.setSystemTime(now + 20_000);
  expect(await takeLock('survey', leases)).toBeDefined();
  release?.();
});

it('a browser that refuses Web Locks has no other tab to mind', async () => {
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('SecurityError')) } });
  expect(await takeLock('survey', shared())).toBeDefined();
});
