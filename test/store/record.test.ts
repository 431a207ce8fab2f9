import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStore, get, set, type UseStore } from 'idb-keyval';
import { beforeEach, describe, expect, it } from 'vitest';
import { eraseRecords, openDatabase, openRecord } from '../../src/store/record.ts';

interface Value {
  readonly v: 1;
  readonly n: number;
}
const empty: Value = { v: 1, n: 0 };
const add = (old: Value): Value => ({ ...old, n: old.n + 1 });

let database: UseStore;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  database = createStore('inkling', 'kv');
});

const open = (on: UseStore | undefined) => openRecord<Value>(on, 'e/state', empty);

describe('with storage', () => {
  it('what was written is there for the next page', async () => {
    await (await open(database)).update(add);
    expect((await open(database)).value()).toEqual({ v: 1, n: 1 });
  });

  it('has a change in memory before it is stored', async () => {
    const record = await open(database);
    const stored = record.update(add);
    expect(record.value().n).toBe(1);
    await stored;
    expect(await get('e/state', database)).toEqual({ v: 1, n: 1 });
  });

  it('concurrent changes of two tabs are all stored', async () => {
    const [one, other] = await Promise.all([open(database), open(database)]);
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).update(add)));
    await one.refresh();
    expect(one.value().n).toBe(20);
  });

  it('a refresh reads what another tab has written', async () => {
    const [one, other] = await Promise.all([open(database), open(database)]);
    await other.update(add);
    expect(one.value().n).toBe(0);
    await one.refresh();
    expect(one.value().n).toBe(1);
  });

  it('can be cleared and erased', async () => {
    const record = await open(database);
    await record.update(add);
    await record.clear();
    expect(record.value()).toEqual(empty);
    expect(await get('e/state', database)).toEqual(empty);
    await eraseRecords('e');
    expect(await get('e/state', database)).toBeUndefined();
  });

  it('neither reads nor writes the record of a newer version', async () => {
    await set('e/state', { v: 2, whatever: true }, database);
    const record = await open(database);
    expect(record.isPersistent()).toBe(false);
    await record.update(add);
    expect(record.value().n).toBe(1);
    expect(await get('e/state', database)).toEqual({ v: 2, whatever: true });
  });
});

describe('without storage', () => {
  const works = async (on: UseStore | undefined) => {
    const record = await open(on);
    expect(record.isPersistent()).toBe(false);
    await record.update(add);
    await record.refresh();
    expect(record.value().n).toBe(1);
    await record.clear();
    expect(record.value().n).toBe(0);
  };

  it('works from memory when no database is used', () => works(undefined));
  it('works from memory when every call rejects', () => works(() => Promise.reject(new Error('blocked'))));
  it('works from memory when every call throws', () =>
    works(() => {
      throw new Error('blocked');
    }));

  it('works from memory when reading `indexedDB` throws', async () => {
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      get() {
        throw new Error('SecurityError');
      },
    });
    await works(openDatabase());
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      writable: true,
      value: new IDBFactory(),
    });
  });

  it('waits half a second for an open that does not answer, and is stored when it answers later', async () => {
    let answer = (): void => {};
    const slow: UseStore = (mode, callback) =>
      new Promise<void>((resolve) => {
        answer = resolve;
      }).then(() => database(mode, callback));
    const began = performance.now();
    const record = await open(slow);
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(performance.now() - began).toBeLessThan(900);
    await record.update(add);
    expect(record.isPersistent()).toBe(false);
    answer();
    await expect.poll(() => record.isPersistent()).toBe(true);
    answer();
    await expect.poll(() => get('e/state', database)).toEqual({ v: 1, n: 1 });
  });
});
