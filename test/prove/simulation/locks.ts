/** The Web Locks of one device, as far as a page uses them: exclusive, `ifAvailable` or queued. */
export interface DeviceLocks {
  /** `navigator.locks` of one page. */
  of: (page: object, isAlive: () => boolean) => Pick<LockManager, 'request'>;
  /** Releases the locks of a page that has ended, and drops its queued requests. */
  free: (page: object) => void;
}

interface LockRequest {
  readonly page: object;
  readonly grant: () => void;
}

/** Makes the locks of one device. */
export function createLocks(): DeviceLocks {
  const held = new Map<string, object>();
  const queues = new Map<string, LockRequest[]>();

  const next = (name: string): void => {
    held.delete(name);
    const queued = queues.get(name)?.shift();
    if (queued) queued.grant();
  };

  const request = (page: object, name: string, ...rest: unknown[]): Promise<unknown> => {
    const work = rest.at(-1) as (lock: { name: string } | null) => unknown;
    const { ifAvailable, signal } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        held.set(name, page);
        const release = (): void => {
          if (held.get(name) === page) next(name);
        };
        // A callback runs in a task of its own, never inside `request`.
        Promise.resolve()
          .then(() => work({ name }))
          .finally(release)
          .then(resolve, reject);
      };
      if (!held.has(name)) return grant();
      if (ifAvailable) return void Promise.resolve(null).then(work).then(resolve, reject);
      const queued = { page, grant };
      queues.set(name, [...(queues.get(name) ?? []), queued]);
      signal?.addEventListener('abort', () => {
        queues.set(name, queues.get(name)?.filter((one) => one !== queued) ?? []);
        reject(signal.reason);
      });
    });
  };

  return {
    of: (page, isAlive) => {
      const ask = (name: string, ...rest: unknown[]): Promise<unknown> =>
        isAlive() ? request(page, name, ...rest) : new Promise(() => {});
      return { request: ask } as never;
    },
    free: (page) => {
      for (const [name, queue] of queues)
        queues.set(
          name,
          queue.filter((one) => one.page !== page),
        );
      for (const [name, holder] of [...held]) if (holder === page) next(name);
    },
  };
}
