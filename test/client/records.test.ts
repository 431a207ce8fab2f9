import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStore, get, set } from 'idb-keyval';
import { beforeEach, expect, it } from 'vitest';
import { openRecords } from '../../src/client/records.ts';
import { showing } from '../core/targeting/sample.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
const disk = () => createStore('inkling', 'kv');

it('both records keep what was written for the next page', async () => {
  const [state, showings] = await openRecords('e', undefined);
  await state.update((old) => ({ ...old, userId: 'u1' }));
  await showings.update((old) => ({ ...old, list: [showing()] }));
  const [stateAgain, showingsAgain] = await openRecords('e', undefined);
  expect(stateAgain.value().userId).toBe('u1');
  expect(stateAgain.value().seed).toBe(state.value().seed);
  expect(showingsAgain.value().list).toHaveLength(1);
});

it('two devices have two seeds', async () => {
  const [one] = await openRecords('e', true);
  const [other] = await openRecords('e', true);
  expect(one.value().seed).not.toBe(other.value().seed);
});

it('nothing is stored where the visitor is private', async () => {
  const [state, showings, erase] = await openRecords('e', true);
  await state.update((old) => ({ ...old, userId: 'u1' }));
  expect(state.value().userId).toBe('u1');
  expect([state.isPersistent(), showings.isPersistent()]).toEqual([false, false]);
  await erase();
  expect(state.value().userId).toBeNull();
  expect(await indexedDB.databases()).toEqual([]);
});

it('broken parts of what is stored are left out', async () => {
  await set('e/state', { v: 1, userId: 7, seed: 's', due: [null], acked: {}, leases: {}, skew: 0 }, disk());
  await set('e/showings', { v: 1, list: [null, showing(), {}] }, disk());
  const [state, showings] = await openRecords('e', undefined);
  expect(state.value()).toMatchObject({ seed: 's', userId: null, due: [] });
  expect(showings.value().list).toEqual([showing()]);
});

it('erasing clears memory and disk, of this environment alone', async () => {
  await set('other/state', 'kept', disk());
  const [state, showings, erase] = await openRecords('e', undefined);
  await state.update((old) => ({ ...old, userId: 'u1' }));
  await showings.update((old) => ({ ...old, list: [showing()] }));
  await erase();
  expect(state.value().userId).toBeNull();
  expect(showings.value().list).toEqual([]);
  expect(await Promise.all(['e/state', 'e/showings', 'other/state'].map((key) => get(key, disk())))).toEqual([
    undefined,
    undefined,
    'kept',
  ]);
});
