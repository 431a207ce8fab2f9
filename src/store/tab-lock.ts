import type { Release, UpdateLeases } from './lease.ts';

/**
 * Takes a lock for this tab; undefined when another tab of the site has it. Never rejects.
 *
 * Uses Web Locks, which the browser frees when a tab ends; where there are none (plain http), a lease, whose code is
 * loaded then: undefined when that fails.
 */
export async function takeLock(name: string, updateLeases: UpdateLeases): Promise<Release | undefined> {
  if (navigator.locks) return takeWebLock(name);
  try {
    const { takeLease } = await import('./lease.ts');
    return await takeLease(name, updateLeases);
  } catch {
    return undefined;
  }
}

function takeWebLock(name: string): Promise<Release | undefined> {
  return new Promise((resolve) => {
    // The lock is held until this promise is resolved: what resolves it is the release.
    const hold = (lock: Lock | null) => (lock ? new Promise<void>(resolve) : resolve(undefined));
    // A document that is going away, an opaque origin, or a page that broke `navigator.locks` rejects: the lock counts
    // as taken, since no other tab can take it either.
    const free = (): void => resolve(() => {});
    const ask = async () => navigator.locks.request(name, { ifAvailable: true }, hold);
    void ask().then(free, free);
  });
}
