import { afterEach, expect, it, vi } from 'vitest';
import { takeLock } from '../../src/store/tab-lock.ts';
import { shareLeases } from '../support/shared-leases.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('takes a lease in a browser without Web Locks', async () => {
  vi.stubGlobal('navigator', {});
  const leases = shareLeases();
  expect(await takeLock('survey', leases)).toBeDefined();
  expect(await takeLock('survey', leases)).toBeUndefined();
});

it('a lease that can’t be stored counts as held by another tab', async () => {
  vi.stubGlobal('navigator', {});
  expect(await takeLock('survey', () => Promise.reject(new Error('no disk')))).toBeUndefined();
});

it('where Web Locks are refused the lock counts as taken', async () => {
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('SecurityError')) } });
  expect(await takeLock('survey', shareLeases())).toBeDefined();
});
