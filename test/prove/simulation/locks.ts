/** The Web Locks of one device, as far as a page uses them: exclusive, `ifAvailable` or waiting in line. */
export interface DeviceLocks {
  /** `navigator.locks` of one page. */
  of: (page: object, isAlive: () => boolean) => Pick<LockManager, 'request'>;
  /** The page is gone: the browser frees what it held and forgets what it waited for. */
  free: (page: object) => void;
}

interface Wish {
  readonly page: object;
  readonly grant: () => void;
}

/** Makes the locks of one device. */
export function createLocks(): DeviceLocks {
  const held = new Map<string, object>();
  const lines = new Map<string, Wish[]>();

  const next = (name: string): void => {
    held.delete(name);
    const wish = lines.get(name)?.shift();
    if (wish) wish.grant();
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
      const wish = { page, grant };
      lines.set(name, [...(lines.get(name) ?? []), wish]);
      signal?.addEventListener('abort', () => {
        lines.set(name, lines.get(name)?.filter((one) => one !== wish) ?? []);
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
      for (const [name, line] of lines)
        lines.set(
          name,
          line.filter((wish) => wish.page !== page),
        );
      for (const [name, holder] of [...held]) if (holder === page) next(name);
    },
  };
}
