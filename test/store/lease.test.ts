import { afterEach, expect, it, vi } from 'vitest';
import { takeLease } from '../../src/store/lease.ts';
import { shareLeases } from '../support/shared-leases.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('one tab gets the lease, another one only after it is released', async () => {
  const leases = shareLeases();
  const release = await takeLease('survey', leases);
  expect(release).toBeDefined();
  expect(await takeLease('survey', leases)).toBeUndefined();
  expect(await takeLease('delivery', leases)).toBeDefined();
  release?.();
  await vi.waitFor(async () => expect(await takeLease('survey', leases)).toBeDefined());
});

it('a lease is renewed while it is held, and expires when its tab has died', async () => {
  vi.useFakeTimers();
  const leases = shareLeases();
  const release = await takeLease('survey', leases);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await takeLease('survey', leases)).toBeUndefined();
  const now = Date.now();
  vi.clearAllTimers(); // The tab dies: nothing renews the lease.
  vi.setSystemTime(now + 20_000);
  expect(await takeLease('survey', leases)).toBeDefined();
  release?.();
});
