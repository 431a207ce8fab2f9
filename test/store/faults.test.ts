import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { get, set } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Showing } from '../../src/core/targeting/history.ts';
import {
  closeShowing,
  EMPTY_LEDGER,
  type Ledger,
  putShowing,
  sanitizeLedger,
  waiting,
} from '../../src/core/targeting/ledger.ts';
import { createDelivery } from '../../src/outbox/delivery.ts';
import { sanitizeState } from '../../src/session/state.ts';
import { dropCached, openDatabase, openRecord } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';
import { net } from '../net/own-net.ts';
import { listen } from '../net/server.ts';

/**
 * Every known failure of IndexedDB at every call site: the k-th call fails, for every k, in one way after the other. Each
 * time a visitor answers two cards, and the server must get all of it, once.
 */

const KEYS = { state: 'e/state', showings: 'e/showings' };
const SPEED = 50;
/** The time for a hundred visits on a busy machine, ms. */
const SLOW_MS = 30_000;

let clean: (() => unknown)[] = [];
beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true });
  newBrowser();
});
afterEach(async () => {
  for (const release of clean) await release();
  clean = [];
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** For calls that never answer: the half second for reading and the two for writing are over at once. */
function hurry(): void {
  const { setTimeout: real } = globalThis;
  vi.stubGlobal('setTimeout', (work: () => void, ms = 0, ...rest: never[]) =>
    real(work, ms === 500 || ms === 2_000 ? ms / SPEED : ms, ...rest),
  );
}

function newBrowser(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** A failure of one call of IndexedDB. `call` is the real one. */
type Fault = (call: () => unknown, what: Call) => unknown;
type Call = 'indexedDB' | 'open' | 'transaction' | 'get' | 'put' | 'delete';

/** Makes the calls whose turn it is fail by `fault`; counts all calls. */
function inject(
  fault: Fault,
  isTurn: (turn: number) => boolean,
): { calls: () => number; hits: () => number } {
  let calls = 0;
  let hits = 0;
  let isOn = true;
  const pass = (what: Call, call: () => unknown): unknown => {
    if (!isOn) return call();
    const isHit = isTurn(calls++);
    if (isHit) hits++;
    return isHit ? fault(call, what) : call();
  };
  const wrap = (prototype: object, name: Call): void => {
    const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
    const real = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function (this: unknown, ...args: unknown[]) {
      // fake-indexeddb calls its own functions, too.
      if (name === 'transaction' && args[0] !== 'kv') return real.apply(this, args);
      return pass(name, () => real.apply(this, args));
    };
    restores.push(() => {
      methods[name] = real;
    });
  };
  const restores: (() => void)[] = [];
  wrap(IDBFactory.prototype, 'open');
  wrap(IDBDatabase.prototype, 'transaction');
  for (const name of ['get', 'put', 'delete'] as const) wrap(IDBObjectStore.prototype, name);
  const factory = globalThis.indexedDB;
  Object.defineProperty(globalThis, 'indexedDB', {
    configurable: true,
    get: () => pass('indexedDB', () => factory),
    set: (value) =>
      Object.defineProperty(globalThis, 'indexedDB', { configurable: true, writable: true, value }),
  });
  const stop = (): void => {
    isOn = false;
    for (const restore of restores.splice(0)) restore();
    Object.defineProperty(globalThis, 'indexedDB', { configurable: true, writable: true, value: factory });
  };
  clean.push(stop);
  return { calls: () => calls, hits: () => hits };
}

const error = (name: string) => new DOMException(`${name} by the test`, name);
const asRequest = (call: () => unknown) => call() as IDBRequest;
/** A request that never fires any event. */
const silence = (): object => ({ addEventListener: () => {} });

const faults: Record<string, Fault> = {
  'missing or throwing: SecurityError': (_, what) => {
    if (what === 'indexedDB') return undefined;
    throw error('SecurityError');
  },
  'the connection is lost: InvalidStateError': () => {
    throw error('InvalidStateError');
  },
  'UnknownError when it is asked': (call, what) => {
    if (what !== 'get' && what !== 'put') return call();
    const request = asRequest(call);
    const { transaction } = request;
    queueMicrotask(() => {
      try {
        transaction?.abort();
      } catch {
        // The transaction was complete.
      }
    });
    return request;
  },
  'QuotaExceededError on put': (call, what) => {
    if (what === 'put') throw error('QuotaExceededError');
    return call();
  },
  'aborted after the request succeeded, as a full disk does': (call, what) => {
    const request = asRequest(call);
    if (what === 'put' || what === 'delete') {
      request.addEventListener('success', () => request.transaction?.abort());
    }
    return request;
  },
  'no clone': (call, what) => {
    if (what === 'put') throw error('DataCloneError');
    return call();
  },
};
const hangs: Record<string, Fault> = {
  'open never answers': (call, what) => (what === 'open' ? silence() : call()),
  'open stays blocked': (call, what) => {
    if (what !== 'open') return call();
    const request = silence() as { onblocked?: () => void };
    setTimeout(() => request.onblocked?.());
    return request;
  },
  'a request never answers': (call, what) => (what === 'get' ? silence() : call()),
};

interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly data: unknown;
  readonly finished: boolean;
}

/** A server that stores what it acknowledges, as ours does: by id, the highest `seq` wins. */
async function startServer() {
  const responses = new Map<string, Stored>();
  const server = await listen(({ path, body }, reply) => {
    const sent = JSON.parse(body) as Stored;
    const { seq = 0 } = responses.get(sent.id) ?? {};
    if (path === '/responses' && sent.seq > seq) responses.set(sent.id, sent);
    reply.end('{"data":{}}');
  });
  clean.push(server.close);
  return { url: server.url, responses };
}

/** A page's use of storage: both records, a delivery, an eviction where one is due. */
async function openPage(url: string) {
  const database = openDatabase();
  const state = await openRecord(
    database,
    KEYS.state,
    { v: 1 as const, userId: null as string | null, environment: undefined as object | undefined },
    {},
  );
  const showings = await openRecord<Ledger>(database, KEYS.showings, EMPTY_LEDGER, {
    sanitize: sanitizeLedger,
    onFull: () => dropCached(database, KEYS.state, ['environment']),
  });
  const delivery = createDelivery({
    net,
    api: url,
    showings,
    takeLock: async () => () => {},
    usesInklingProtocol: () => true,
    loadForeign: () => Promise.reject(new Error('not needed')),
    contactId: () => undefined,
    onDelivered: () => {},
    onRefused: () => {},
  });
  return { state, showings, delivery };
}

/** One visitor shows, answers twice, closes; then comes another visit without any fault. */
async function answerTwo(url: string): Promise<void> {
  const { state, showings, delivery } = await openPage(url);
  await state.update((old) => ({ ...old, environment: { surveys: [] } }));
  const one: Showing = showing({ seq: 1, ackedSeq: 0, shownAt: Date.now(), closed: false });
  const put = async (next: Showing): Promise<void> => {
    await showings.update((old) => putShowing(old, next));
    // At once in memory, whatever the disk does: the card is drawn and the answer sent from there.
    expect(showings.value().list).toMatchObject([{ seq: next.seq }]);
    await delivery.drain();
  };
  await put(one);
  await put({ ...one, seq: 2, answers: { q1: 4 } });
  await put({ ...one, seq: 3, answers: { q1: 4, q2: 'why' }, finished: true });
  await showings.update((old) => closeShowing(old, one.id));
  await delivery.drain();
  expect(waiting(showings.value())).toEqual([]);
  delivery.stop();
}

const whole = [['r1', { seq: 3, finished: true, data: { q1: 4, q2: 'why' } }]];

describe.each(Object.entries(faults))('%s', (_name, fault) => {
  it('at the k-th call, for every k: answered and delivered, and known on the next visit', {
    timeout: SLOW_MS,
  }, async () => {
    const { url, responses } = await startServer();
    let k = 0;
    for (let calls = 1; k < calls; k++) {
      newBrowser();
      responses.clear();
      const injected = inject(fault, (turn) => turn === k);
      await answerTwo(url);
      calls = injected.calls();
      clean.pop()?.();
      expect([...responses], `call ${k}`).toMatchObject(whole);
      const next = await openPage(url);
      await next.delivery.drain();
      expect([...responses], `after call ${k}`).toMatchObject(whole);
      // After a single fault it is stored on the disk, too: the survey isn't shown again.
      expect(next.showings.value().list, `kept after call ${k}`).toMatchObject([
        { finished: true, ackedSeq: 3 },
      ]);
    }
    expect(k).toBeGreaterThan(20);
  });

  it('at every call from the k-th on: answered and delivered from memory', { timeout: SLOW_MS }, async () => {
    const { url, responses } = await startServer();
    for (const k of [0, 1, 2, 3, 5, 8, 13, 21]) {
      newBrowser();
      responses.clear();
      const injected = inject(fault, (turn) => turn >= k);
      await answerTwo(url);
      expect(injected.hits(), `call ${k}`).toBeGreaterThan(0);
      clean.pop()?.();
      expect([...responses], `call ${k}`).toMatchObject(whole);
    }
  });
});

describe.each(Object.entries(hangs))('%s', (_name, fault) => {
  it('at the k-th call, for every k: answered and delivered', { timeout: SLOW_MS }, async () => {
    hurry();
    const { url, responses } = await startServer();
    let k = 0;
    for (let calls = 1; k < calls; k++) {
      newBrowser();
      responses.clear();
      const injected = inject(fault, (turn) => turn === k);
      await answerTwo(url);
      calls = injected.calls();
      clean.pop()?.();
      expect([...responses], `call ${k}`).toMatchObject(whole);
    }
    expect(k).toBeGreaterThan(1);
  });
});

it('the connection is lost at the k-th call and never comes back: answered and delivered', {
  timeout: SLOW_MS,
}, async () => {
  hurry();
  const { url, responses } = await startServer();
  for (const k of [2, 3, 6, 10, 15, 25]) {
    newBrowser();
    responses.clear();
    const lost: Fault = (call, what) => {
      if (what === 'open') return silence();
      if (what === 'transaction') throw error('InvalidStateError');
      return call();
    };
    const injected = inject(lost, (turn) => turn >= k);
    await answerTwo(url);
    expect(injected.hits(), `call ${k}`).toBeGreaterThan(0);
    clean.pop()?.();
    expect([...responses], `call ${k}`).toMatchObject(whole);
  }
});

describe('a full disk', () => {
  it('keeps answers and drops cached state, which the server can send again', async () => {
    const { url } = await startServer();
    const full = async (): Promise<boolean> =>
      'environment' in ((await get(KEYS.state, openDatabase())) ?? {});
    const { state, showings } = await openPage(url);
    await state.update((old) => ({ ...old, userId: 'mara', environment: { surveys: [1, 2, 3] } }));
    expect(await full()).toBe(true);
    const { put } = IDBObjectStore.prototype;
    let isFull = true;
    IDBObjectStore.prototype.put = function (value, key) {
      if (key === KEYS.showings && isFull) throw error('QuotaExceededError');
      if (key === KEYS.state) isFull = false;
      return put.call(this, value, key);
    };
    clean.push(() => {
      IDBObjectStore.prototype.put = put;
    });
    await showings.update((old) => putShowing(old, showing({ answers: { q1: 'kept' } })));
    expect(await full()).toBe(false);
    expect(await get(KEYS.showings, openDatabase())).toMatchObject({ list: [{ answers: { q1: 'kept' } }] });
    expect(await get(KEYS.state, openDatabase())).toMatchObject({ userId: 'mara' });
    // The page goes on from memory.
    await state.refresh();
    expect(state.value().environment).toBeDefined();
    expect(showings.isPersistent()).toBe(true);
  });
});

it('values that can’t be cloned are left out, the rest is stored', async () => {
  const { url } = await startServer();
  const { showings } = await openPage(url);
  const odd = { q1: 'kept', q2: () => 'a function' } as never;
  await showings.update((old) => putShowing(old, showing({ hiddenFields: odd, closed: false })));
  const next = await openPage(url);
  expect(next.showings.value().list).toMatchObject([{ hiddenFields: { q1: 'kept' } }]);
  expect(next.showings.isPersistent()).toBe(true);
});

it('an update settles when the transaction is complete, not when its request succeeded', async () => {
  const { url } = await startServer();
  const { showings } = await openPage(url);
  const order: string[] = [];
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    this.transaction.addEventListener('complete', () => order.push('complete'));
    const request = put.apply(this, args);
    request.addEventListener('success', () => order.push('success'));
    return request;
  };
  clean.push(() => {
    IDBObjectStore.prototype.put = put;
  });
  await showings.update((old) => putShowing(old, showing()));
  order.push('settled');
  expect(order).toEqual(['success', 'complete', 'settled']);
});

it.each([
  ['a deletion', (name: string) => indexedDB.deleteDatabase(name)],
  ['an upgrade', (name: string) => indexedDB.open(name, 9)],
])('%s by another tab isn’t blocked by this one, which goes on', async (_name, ask) => {
  const { url } = await startServer();
  const { showings } = await openPage(url);
  await showings.update((old) => putShowing(old, showing({ id: 'a' })));
  const outcome = await new Promise((resolve) => {
    const request = ask('inkling');
    request.onblocked = () => resolve('blocked');
    request.onsuccess = () => {
      (request.result as IDBDatabase | undefined)?.close();
      resolve('done');
    };
  });
  expect(outcome).toBe('done');
  await showings.update((old) => putShowing(old, showing({ id: 'b' })));
  expect(showings.value().list.at(-1)).toMatchObject({ id: 'b' });
  expect(await get(KEYS.showings, openDatabase())).toMatchObject({
    list: expect.arrayContaining([expect.objectContaining({ id: 'b' })]),
  });
});

it('a connection that the browser closes is opened again', async () => {
  const { url } = await startServer();
  const { showings } = await openPage(url);
  const { transaction } = IDBDatabase.prototype;
  const gone = new WeakSet<IDBDatabase>();
  IDBDatabase.prototype.transaction = function (...args) {
    // This connection never works again; a new one does.
    if (gone.has(this)) throw error('InvalidStateError');
    if (gone instanceof WeakSet && !first) first = this;
    return transaction.apply(this, args);
  };
  let first: IDBDatabase | undefined;
  clean.push(() => {
    IDBDatabase.prototype.transaction = transaction;
  });
  await showings.update((old) => putShowing(old, showing({ id: 'a' })));
  if (first) gone.add(first);
  for (const id of ['b', 'c']) await showings.update((old) => putShowing(old, showing({ id })));
  expect(showings.isPersistent()).toBe(true);
  expect((await openPage(url)).showings.value().list.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

describe('a stored record that is incomplete', () => {
  const half = {
    v: 1,
    list: [null, 5, {}, { id: 'x', meta: {}, shownAt: 'soon' }, showing({ id: 'whole' })],
  };
  it.each([
    ['an object instead of the list', { v: 1, list: { 0: 'x' } }, []],
    ['no list', { v: 1 }, []],
    ['showings without fields', half, ['whole']],
    ['a text', 'v1', []],
    ['no version', { list: [showing()] }, []],
    ['null', null, []],
  ])('%s: read as far as it makes sense, and put right by the next write', async (_name, stored, ids) => {
    await set(KEYS.showings, stored, openDatabase());
    const { url } = await startServer();
    const { showings } = await openPage(url);
    expect(showings.value().list.map(({ id }) => id)).toEqual(ids);
    await showings.update((old) => putShowing(old, showing({ id: 'new' })));
    const next = await openPage(url);
    expect(next.showings.value().list.map(({ id }) => id)).toEqual([...ids, 'new']);
    expect(next.showings.isPersistent()).toBe(true);
  });

  it('the record of a newer version is not changed, by an eviction neither', async () => {
    const newer = { v: 2, environment: { whatever: true }, list: 'another shape' };
    await set(KEYS.showings, newer, openDatabase());
    await set(KEYS.state, newer, openDatabase());
    const { url } = await startServer();
    const { showings } = await openPage(url);
    await showings.update((old) => putShowing(old, showing()));
    expect(showings.value().list).toHaveLength(1);
    expect(showings.isPersistent()).toBe(false);
    expect(await get(KEYS.showings, openDatabase())).toEqual(newer);
    expect(await get(KEYS.state, openDatabase())).toEqual(newer);
  });

  it('an incomplete reply of the server counts as none, the rest is kept', () => {
    const own = { v: 1 as const, seed: 's', skew: 5, userId: 'mara', acked: {}, due: [], leases: {} };
    const dated = (data: unknown) => ({ data, at: 1, until: 2 }) as never;
    const environment = dated({ surveys: [], actionClasses: [] });
    const user = dated({ userId: 'mara', segments: [], displays: [], responses: [] });
    expect(sanitizeState({ ...own, environment, user })).toEqual({ ...own, environment, user });
    for (const broken of [
      dated({ surveys: 5, actionClasses: [] }),
      dated(undefined),
      {} as never,
      7 as never,
    ]) {
      expect(sanitizeState({ ...own, environment: broken, user: broken })).toEqual(own);
    }
  });
});
