import { createStore, del, delMany, get, type UseStore, update } from 'idb-keyval';
import { atMost } from '../wait.ts';

/** How long `open` may take before memory serves: some browsers never answer (reliability.md 1.5). */
const OPEN_MS = 500;

/** Every record carries its version; a newer one than the code knows is left alone. */
interface Versioned {
  readonly v: 1;
}

/**
 * One value in IndexedDB with a copy in memory that is always current for this page.
 *
 * Never rejects. Where storage is blocked the copy in memory is all there is, and `isPersistent()` says so.
 */
export interface StoredRecord<T> {
  /** The copy in memory: readable at any time, also in `pagehide`, where IndexedDB isn't. */
  value: () => T;
  /** Reads what other tabs have written. */
  refresh: () => Promise<void>;
  /**
   * Changes the value: at once in memory, then in one transaction on what is stored. Settles when the transaction
   * is complete. `change` may run twice and must not mutate.
   */
  update: (change: (old: T) => T) => Promise<void>;
  erase: () => Promise<void>;
  isPersistent: () => boolean;
}

/** The database of all environments: `inkling`, one store `kv`. Undefined where it may not even be named. */
export function openDatabase(): UseStore | undefined {
  try {
    return createStore('inkling', 'kv');
  } catch {
    return undefined;
  }
}

/** Opens one record of the database, within 500 ms. */
export async function openRecord<T extends Versioned>(
  database: UseStore | undefined,
  key: string,
  empty: T,
): Promise<StoredRecord<T>> {
  let value = empty;
  let isPersistent = false;
  let pending = 0;
  /** Changes made before a late `open` answered; they are stored when it does. */
  let early: ((old: T) => T)[] | undefined = database ? [] : undefined;

  const refresh = async (): Promise<void> => {
    if (!isPersistent || !database) return;
    try {
      const stored = await get<T>(key, database);
      if (pending === 0) value = known(stored) ?? empty;
    } catch {
      isPersistent = false;
    }
  };

  const change = async (edit: (old: T) => T): Promise<void> => {
    value = edit(value);
    early?.push(edit);
    if (!isPersistent || !database) return;
    pending++;
    try {
      let stored = value;
      await update<T>(
        key,
        (old) => {
          stored = edit(known(old) ?? empty);
          return stored;
        },
        database,
      );
      // A later change of this page is in memory already and would be lost for a moment otherwise.
      if (pending === 1) value = stored;
    } catch {
      isPersistent = false;
    }
    pending--;
  };

  const open = async (): Promise<void> => {
    if (!database) return;
    try {
      const stored = await get<T>(key, database);
      const edits = early ?? [];
      early = undefined;
      // A newer version's record is not ours to touch.
      if (stored && !known(stored)) return;
      value = stored ?? empty;
      isPersistent = true;
      await Promise.all(edits.map(change));
    } catch {
      early = undefined; // blocked: memory serves
    }
  };
  await atMost(OPEN_MS, open());

  return {
    value: () => value,
    refresh,
    update: change,
    erase: async () => {
      // As a change like any other first: one that is under way must not bring the old value back.
      await change(() => empty);
      try {
        if (database) await del(key, database);
      } catch {
        // nothing was stored
      }
    },
    isPersistent: () => isPersistent,
  };
}

function known<T extends Versioned>(stored: T | undefined): T | undefined {
  return stored?.v === 1 ? stored : undefined;
}

/** Erases what an earlier page kept of an environment; makes no database where there is none. Never rejects. */
export async function eraseRecords(environmentId: string): Promise<void> {
  try {
    const databases = await indexedDB.databases();
    if (!databases.some(({ name }) => name === 'inkling')) return;
    await delMany([`${environmentId}/state`, `${environmentId}/showings`], openDatabase());
  } catch {
    // blocked: nothing is stored
  }
}
