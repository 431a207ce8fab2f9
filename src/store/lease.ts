/** Releases a lock. Harmless when called twice. */
export type Release = () => void;

/** Leases, stored where the browser has no Web Locks: name → [owner, until (epoch ms)]. */
export type Leases = Readonly<Record<string, readonly [owner: string, until: number]>>;

/** One transaction on the stored leases. */
export type UpdateLeases = (change: (old: Leases) => Leases) => Promise<void>;

const LEASE_MS = 15_000;

/**
 * Takes a lease in IndexedDB if nobody else holds it, and renews it while it is held. Undefined when another tab does,
 * or did when it died less than 15 s ago.
 */
export async function takeLease(name: string, updateLeases: UpdateLeases): Promise<Release | undefined> {
  const owner = `${Math.random()}`;
  const claim = async (): Promise<boolean> => {
    let isMine = false;
    await updateLeases((old) => {
      const now = Date.now();
      const [holder, until] = old[name] ?? [owner, 0];
      isMine = holder === owner || until < now;
      return isMine ? { ...old, [name]: [owner, now + LEASE_MS] } : old;
    });
    return isMine;
  };
  if (!(await claim())) return undefined;
  const timer = setInterval(claim, LEASE_MS / 3);
  return () => {
    clearInterval(timer);
    void updateLeases((old) => (old[name]?.[0] === owner ? { ...old, [name]: [owner, 0] } : old));
  };
}
