import { afterEach, expect, it, vi } from 'vitest';
import { takeLock } from '../../src/store/tab-lock.ts';
import { shareLeases } from '../support/shared-leases.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('a browser without Web Locks takes a lease', async () => {
  vi.stubGlobal('navigator', {});
  const leases = shareLeases();
  expect(await takeLock('survey', leases)).toBeDefined();
  expect(await takeLock('survey', leases)).toBeUndefined();
});

it('a lease that cannot be asked for counts as another tab’s', async () => {
  vi.stubGlobal('navigator', {});
  expect(await takeLock('survey', () => Promise.reject(new Error('no disk')))).toBeUndefined();
});

it('a browser that refuses Web Locks has no other tab to mind', async () => {
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('SecurityError')) } });
  expect(await takeLock('survey', shareLeases())).toBeDefined();
});
