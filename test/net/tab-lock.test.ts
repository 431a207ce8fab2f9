import { afterEach, expect, it, vi } from 'vitest';
import { type Leases, takeLock, type UpdateLeases } from '../../src/net/tab-lock.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Leases that two tabs of a plain-http site share. */
function shared(): UpdateLeases {
  let leases: Leases = {};
  return async (change) => {
    leases = change(leases);
  };
}

it('a browser without Web Locks takes a lease', async () => {
  vi.stubGlobal('navigator', {});
  const leases = shared();
  expect(await takeLock('survey', leases)).toBeDefined();
  expect(await takeLock('survey', leases)).toBeUndefined();
});

it('a lease that cannot be asked for counts as another tab’s', async () => {
  vi.stubGlobal('navigator', {});
  expect(await takeLock('survey', () => Promise.reject(new Error('no disk')))).toBeUndefined();
});

it('a browser that refuses Web Locks has no other tab to mind', async () => {
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('SecurityError')) } });
  expect(await takeLock('survey', shared())).toBeDefined();
});
