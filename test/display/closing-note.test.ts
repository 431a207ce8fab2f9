import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStore, get, type UseStore } from 'idb-keyval';
import { beforeEach, expect, it } from 'vitest';
import { EMPTY_LEDGER, type Ledger } from '../../src/core/targeting/ledger.ts';
import { createClosingNote } from '../../src/display/closing-note.ts';
import { openDatabase } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const KEY = 'env/closed';

/** A ledger in memory with two showings, neither of them closed. */
function openLedger() {
  let value: Ledger = { ...EMPTY_LEDGER, list: ['one', 'two'].map((id) => showing({ id, closed: false })) };
  return {
    update: async (change: (old: Ledger) => Ledger) => {
      value = change(value);
    },
    closed: () => value.list.filter(({ closed }) => closed).map(({ id }) => id),
  };
}
const stored = (): Promise<unknown> => get(KEY, createStore('inkling', 'kv'));

it('what one page has noted, the next one writes into the ledger, and the note is gone', async () => {
  const ledger = openLedger();
  createClosingNote(openDatabase(), KEY, ledger).write('two');
  await expect.poll(stored).toBe('two');
  await createClosingNote(openDatabase(), KEY, ledger).redeem();
  expect(ledger.closed()).toEqual(['two']);
  await expect.poll(stored).toBeUndefined();
});

it('a note that is removed closes nothing, nor does one of a showing that the ledger does not have', async () => {
  const ledger = openLedger();
  const note = createClosingNote(openDatabase(), KEY, ledger);
  note.write('one');
  note.remove();
  await note.redeem();
  note.write('three');
  await note.redeem();
  expect(ledger.closed()).toEqual([]);
});

const noStore: UseStore = () => Promise.reject(new Error('blocked'));
it.each([
  ['in memory', undefined],
  ['with blocked storage', noStore],
])('%s nothing is noted, and nothing rejects', async (_, database) => {
  const ledger = openLedger();
  const note = createClosingNote(database, KEY, ledger);
  note.write('one');
  note.remove();
  await note.redeem();
  expect(ledger.closed()).toEqual([]);
});
