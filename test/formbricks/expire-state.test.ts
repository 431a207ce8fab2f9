import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createStore, get } from 'idb-keyval';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { expireState } from '../../src/formbricks/expire-state.ts';
import { createState, type DeviceState } from '../../src/session/state.ts';
import { openDatabase, openRecord } from '../../src/store/record.ts';
import { listen } from '../net/server.ts';

let close = async (): Promise<void> => {};
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await close();
});

const dated = { data: { surveys: [], actionClasses: [] }, at: 1, until: 9 };
const open = () => openRecord<DeviceState>(openDatabase(), 'e/state', createState('seed'));
const store = async (change: object) => (await open()).update((old) => ({ ...old, ...change }));

async function serve(): Promise<{ url: string; arrived: { path: string }[] }> {
  const server = await listen((_, reply) => reply.end('{}'));
  close = server.close;
  return server;
}

it('makes the environment and the person expire, and asks past the caches on the way', async () => {
  const { url, arrived } = await serve();
  await store({ environment: dated, user: dated, userId: 'u1' });
  await expireState('e', url);
  const { environment, user, userId } = (await open()).value();
  expect([environment?.until, user?.until, environment?.at, userId]).toEqual([0, 0, 1, 'u1']);
  expect(arrived.map(({ path }) => path)).toEqual(['/api/v1/client/e/environment']);
});

it('leaves a person out where there is none', async () => {
  const { url } = await serve();
  await store({ environment: dated });
  await expireState('e', url);
  const state = (await open()).value();
  expect(state.environment?.until).toBe(0);
  expect('user' in state).toBe(false);
});

it('makes no record where there is none', async () => {
  const { url } = await serve();
  await expireState('e', url);
  expect(await get('e/state', createStore('inkling', 'kv'))).toBeUndefined();
});

it('leaves everything as it is where the server can’t be reached', async () => {
  await store({ environment: dated });
  await expireState('e', 'http://127.0.0.1:1');
  expect((await open()).value().environment?.until).toBe(9);
});
