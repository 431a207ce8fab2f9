import type { UseStore } from 'idb-keyval';
import { EMPTY_LEDGER, type Ledger, sanitizeLedger } from '../core/targeting/ledger.ts';
import { newId } from '../platform/new-id.ts';
import { createState, type DeviceState, sanitizeState } from '../session/state.ts';
import { dropCached, eraseRecords, openDatabase, openRecord, type StoredRecord } from '../store/record.ts';

/** The two records of one environment, the function that erases both, and their database. */
export type Records = readonly [
  state: StoredRecord<DeviceState>,
  showings: StoredRecord<Ledger>,
  erase: () => Promise<void>,
  /** Where they are stored; undefined in memory. */
  database: UseStore | undefined,
];

/**
 * Opens the records of one environment; memory only where `isPrivate`. Never rejects. Where the disk is full, the server's
 * replies, which can be requested again, make room for answers.
 */
export async function openRecords(environmentId: string, isPrivate: boolean | undefined): Promise<Records> {
  const database = isPrivate ? undefined : openDatabase();
  const [state, showings] = await Promise.all([
    openRecord(database, `${environmentId}/state`, createState(newId()), { sanitize: sanitizeState }),
    openRecord(database, `${environmentId}/showings`, EMPTY_LEDGER, {
      sanitize: sanitizeLedger,
      onFull: () => dropCached(database, `${environmentId}/state`, ['environment', 'user']),
    }),
  ]);
  const erase = async (): Promise<void> => {
    await Promise.all([state.clear(), showings.clear()]);
    await eraseRecords(environmentId, database);
  };
  return [state, showings, erase, database];
}
