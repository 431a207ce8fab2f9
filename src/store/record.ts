import { createStore, delMany, get, type UseStore, update } from 'idb-keyval';
import { stringify } from '../platform/json.ts';
import { atMost } from '../platform/wait.ts';

/** Longest time `open` may take before the record works from memory: on Safari 14 it may never answer (WebKit 226547). */
const OPEN_MS = 500;
/** Longest time a caller waits for a write. The write itself goes on. */
const STUCK_MS = 2_000;

/** Every record carries its version; a newer one than the code knows is left alone. */
interface Versioned {
  readonly v: 1;
}

/**
 * One value in IndexedDB with a copy in memory that is always current for this page.
 *
 * Never rejects. Where storage is blocked there is only the copy in memory, and `isPersistent()` is false.
 */
export interface StoredRecord<T> {
  /** The copy in memory: readable at any time, also in `pagehide`, where IndexedDB isn't. */
  value: () => T;
  /** Reads what other tabs have written. */
  refresh: () => Promise<void>;
  /**
   * Changes the value: at once in memory, then in one transaction on what is stored. Settles when the transaction
   * is complete, or after 2 s. `change` may run more than once and must not mutate.
   */
  update: (change: (old: T) => T) => Promise<void>;
  /** Sets the empty value. */
  clear: () => Promise<void>;
  isPersistent: () => boolean;
}

/** Options of a record. */
export interface RecordOptions<T> {
  /** Repairs a stored value of this version that may be incomplete. */
  readonly sanitize?: (stored: T) => T;
  /** Makes room on the disk: called before the last try of a write. May reject. */
  readonly onFull?: () => Promise<unknown>;
}

/**
 * The database of all environments: `inkling`, one store `kv`. A transaction that fails is tried once more over a new
 * connection (Safari loses its own). The connection closes when another tab deletes or upgrades the database.
 */
export function openDatabase(): UseStore {
  let store: UseStore | undefined;
  const use: UseStore = async (mode, work) => {
    store ??= createStore('inkling', 'kv');
    return store(mode, (kv) => {
      const { db } = kv.transaction;
      db.onversionchange = () => db.close();
      return work(kv);
    });
  };
  return async (mode, work) => {
    try {
      return await use(mode, work);
    } catch {
      store = undefined;
      return use(mode, work);
    }
  };
}

/**
 * Opens one record of the database, within 500 ms; when the database answers later, the record is read then.
 *
 * A stored field of another kind than in `empty` is replaced by that of `empty`. A write that fails is tried again: over
 * a new connection, without values that can't be cloned, and after making room. If all of that fails, the record works
 * from memory, and later changes are still tried.
 */
export async function openRecord<T extends Versioned>(
  database: UseStore | undefined,
  key: string,
  empty: T,
  { sanitize = (stored) => stored, onFull }: RecordOptions<T> = {},
): Promise<StoredRecord<T>> {
  let value = empty;
  let isPersistent = false;
  let pending = 0;
  /** Changes made before a late database has answered; they are stored when it does. */
  let early: ((old: T) => T)[] | undefined = database ? [] : undefined;

  const read = (stored: T | undefined): T => {
    // The record of a newer version is neither read nor written.
    if (Number(stored?.v) > 1) throw new RangeError('newer');
    if (stored?.v !== 1) return empty;
    const sound = { ...stored };
    for (const name in empty) {
      if (empty[name] !== null && kindOf(stored[name]) !== kindOf(empty[name])) sound[name] = empty[name];
    }
    return sanitize(sound);
  };

  const refresh = async (): Promise<void> => {
    if (!isPersistent || !database) return;
    try {
      const stored = read(await get<T>(key, database));
      if (pending === 0) value = { ...value, ...stored };
    } catch {
      isPersistent = false;
    }
  };

  const write = async (edit: (old: T) => T): Promise<void> => {
    pending++;
    let stored = value;
    // A record that works from memory has one try.
    for (let tries = isPersistent ? 0 : 2; tries < 3; tries++) {
      try {
        if (tries === 2) await onFull?.();
        await update<T>(
          key,
          (old) => {
            stored = edit(read(old));
            return tries > 0 ? JSON.parse(stringify(stored)) : stored;
          },
          database,
        );
        // A later change of this page is in memory already and would be undone for a moment otherwise.
        if (pending === 1 && isPersistent) value = { ...value, ...stored };
        break;
      } catch {
        if (tries === 2) isPersistent = false;
      }
    }
    pending--;
  };

  const change = async (edit: (old: T) => T): Promise<void> => {
    value = edit(value);
    if (early) early.push(edit);
    else if (database) await atMost(STUCK_MS, write(edit));
  };

  const open = async (): Promise<void> => {
    if (!database) return;
    const edits = early ?? [];
    try {
      value = read(await get<T>(key, database));
      isPersistent = true;
    } catch {
      // Storage is blocked: the record works from memory.
    }
    early = undefined;
    await Promise.all(edits.map(isPersistent ? change : write));
  };
  await atMost(OPEN_MS, open());

  return {
    value: () => value,
    refresh: () => atMost(OPEN_MS, refresh()),
    update: change,
    clear: () => change(() => empty),
    isPersistent: () => isPersistent,
  };
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/** Drops cached fields, which the server can send again, to make room for answers. Rejects when there are none. */
export function dropCached(
  database: UseStore | undefined,
  key: string,
  names: readonly string[],
): Promise<void> {
  return update<Versioned>(
    key,
    (old) => {
      if (old?.v !== 1) throw new RangeError('nothing of this version');
      const kept = Object.entries(old).filter(([name]) => !names.includes(name));
      return Object.fromEntries(kept) as unknown as Versioned;
    },
    database,
  );
}

/**
 * Erases both records of an environment; creates no database where there is none. Never rejects. The caller clears the
 * records of this page first, so that a change under way doesn't write the old value back.
 */
export async function eraseRecords(environmentId: string, database = openDatabase()): Promise<void> {
  const erase = async (): Promise<void> => {
    const databases = await indexedDB.databases();
    if (!databases.some(({ name }) => name === 'inkling')) return;
    await delMany(
      [`${environmentId}/state`, `${environmentId}/showings`, `${environmentId}/closed`],
      database,
    );
  };
  try {
    await atMost(STUCK_MS, erase());
  } catch {
    // Storage is blocked: nothing is stored.
  }
}
