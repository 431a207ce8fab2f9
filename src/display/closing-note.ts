import type { UseStore } from 'idb-keyval';
import { closeShowing, type Ledger } from '../core/targeting/ledger.ts';
import type { StoredRecord } from '../store/record.ts';

/** The note of which showing was closed last, for a page that goes before the ledger says so. */
export interface ClosingNote {
  /** Notes a showing. */
  readonly write: (showingId: string) => void;
  /** Removes the note, once the ledger has what it says. */
  readonly remove: () => void;
  /** Ends a write that is under way, for a page that goes away. */
  readonly flush: () => void;
  /** Writes into the ledger what a former page has only noted. Never rejects. */
  readonly redeem: () => Promise<void>;
}

/**
 * Makes the note of one environment, at a key of its own in the database; without one nothing is noted.
 *
 * A change of the ledger reads before it writes, and browsers drop a transaction that a page which goes has not ended. The
 * note is one write, which a page that goes can end.
 */
export function createClosingNote(
  database: UseStore | undefined,
  key: string,
  showings: Pick<StoredRecord<Ledger>, 'update'>,
): ClosingNote {
  const use = async <T>(mode: IDBTransactionMode, work: (kv: IDBObjectStore) => Promise<T>) => {
    try {
      return await database?.(mode, work);
    } catch {
      // Storage is blocked or full: the ledger in memory counts.
    }
  };
  let last: IDBTransaction | undefined;
  const change = (work: (kv: IDBObjectStore) => unknown): void =>
    void use('readwrite', async (kv) => {
      work(kv);
      last = kv.transaction;
    });
  const remove = (): void => change((kv) => kv.delete(key));
  return {
    write: (showingId) => change((kv) => kv.put(showingId, key)),
    remove,
    flush: () => {
      try {
        last?.commit();
      } catch {
        // It is complete already.
      }
    },
    redeem: async () => {
      const noted = await use('readonly', (kv) => {
        const request: IDBRequest<string | undefined> = kv.get(key);
        return new Promise<string | undefined>((resolve) => {
          request.onsuccess = request.onerror = () => resolve(request.result);
        });
      });
      if (!noted) return;
      await showings.update((old) => closeShowing(old, noted));
      remove();
    },
  };
}
