import type { Release, UpdateLeases } from './lease.ts';

/**
 * Takes a lock for this tab if no other tab of the site has it. Undefined when one does.
 *
 * Web Locks, which the browser frees when a tab dies; where there are none (plain http), a lease, if what takes one can
 * be fetched. Never rejects.
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
    const hold = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => resolve(() => release())) : resolve(undefined);
    // A document that is going away, or an opaque origin, rejects: then there is no other tab to mind either. The same
    // goes for a page that broke the locks.
    const free = (): void => resolve(() => {});
    const ask = async () => navigator.locks.request(name, { ifAvailable: true }, hold);
    void ask().then(free, free);
  });
}
