import { IDBFactory } from 'fake-indexeddb';
import { Window } from 'happy-dom';
import type { Clock } from './clock.ts';
import { createLocks } from './locks.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Scope, Scripts } from './scripts.ts';

/** One device: pages that share IndexedDB, locks and a network connection. */
export interface Device {
  /** Loads the site in a new tab, with the tag on it. */
  open: () => Tab;
  /** The tabs that are open. */
  tabs: () => readonly Tab[];
  /** Number of tabs that were killed or left. */
  ended: () => number;
  setOnline: (isOnline: boolean) => void;
  /** Ends everything that runs on it; its windows are used by the next device. */
  end: () => void;
}

/** One page in one tab. */
export interface Tab {
  readonly isAlive: () => boolean;
  /** Calls `window.inkling`. */
  call: (name: string, ...args: unknown[]) => unknown;
  /** The survey's dialog, while one is open. */
  survey: () => Element | undefined;
  /** Ends the process without any event. Open transactions of IndexedDB are undone, or committed. */
  kill: () => void;
  /** Goes to another address, or closes the tab, with the events of the page lifecycle. */
  leave: () => void;
}

/** Options of a device. */
export interface DeviceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly scripts: Scripts;
  readonly tag: Readonly<Record<string, string>>;
  /** Whether there are Web Locks: plain http has none. */
  readonly hasLocks: boolean;
}

const SCRIPT = 'https://surveys.example/inkling.js';
const SITE = 'https://site.example/pricing';

/** Windows to be used again: making one takes longer than a whole schedule. */
const idle: Window[] = [];

/** Makes a device that has never seen the site. */
export function createDevice(options: DeviceOptions): Device {
  const { clock, network } = options;
  const factory = new IDBFactory();
  const locks = createLocks();
  const pages: Page[] = [];
  let isOnline = true;
  return {
    open: () => {
      const page = openPage(options, factory, locks, () => isOnline);
      pages.push(page);
      return page;
    },
    tabs: () => pages.filter((page) => page.isAlive()),
    ended: () => pages.filter((page) => !page.isAlive()).length,
    setOnline: (value) => {
      isOnline = value;
      network.setOnline(value);
      for (const page of pages) page.tell(value ? 'online' : 'offline');
    },
    end: () => {
      for (const page of pages) page.kill();
      for (const page of pages) clock.afterTurns(40, page.giveBack);
    },
  };
}

interface Page extends Tab {
  readonly tell: (event: string) => void;
  readonly giveBack: () => void;
}

function openPage(
  { clock, random, network, scripts, tag, hasLocks }: DeviceOptions,
  factory: IDBFactory,
  locks: ReturnType<typeof createLocks>,
  isOnline: () => boolean,
): Page {
  const window = idle.pop() ?? new Window({ url: SITE, width: 1200, height: 800 });
  const { document } = window;
  const self = {};
  let isAlive = true;
  let visibility = 'visible';

  /** Runs something unless the page has ended. */
  const whileAlive = (run: () => void): void => {
    if (isAlive) run();
  };

  /** Steps that restore the window, so that it can be used again. */
  const undo: (() => void)[] = [];
  const watchListeners = (target: EventTarget): object => {
    const listen = target.addEventListener.bind(target);
    return {
      addEventListener: (...args: Parameters<EventTarget['addEventListener']>) => {
        listen(...args);
        undo.push(() => target.removeEventListener(...args));
      },
    };
  };

  /** An observer that ends with its page: one left behind would put the survey back. */
  class Observer extends window.MutationObserver {
    constructor(run: ConstructorParameters<typeof window.MutationObserver>[0]) {
      super((...args) => whileAlive(() => run(...args)));
      undo.push(() => this.disconnect());
    }
  }

  const after = <A extends unknown[]>(run: (...args: A) => void, ms = 0, ...args: A): number =>
    clock.after(ms, () => whileAlive(() => run(...args)));
  const every = (run: () => void, ms: number): { id: number } => {
    const interval = { id: 0 };
    const again = (): void => {
      interval.id = after(() => {
        again();
        run();
      }, ms);
    };
    again();
    return interval;
  };
  const cancel = (timer: number | { id: number } | undefined): void =>
    clock.cancel(typeof timer === 'object' ? timer.id : timer);

  const send = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(url).pathname;
    const { method = 'GET', body, keepalive = false, signal } = init;
    const text = typeof body === 'string' ? body : '';
    const sent = { method, path, text, keepalive };
    const answer = await alive(network.send(sent, signal ?? undefined, () => isAlive));
    return new Response(answer.text, { status: answer.status, headers: answer.headers });
  };
  /** Settles only while the page is there. */
  const alive = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      work.then(
        (value) => whileAlive(() => resolve(value)),
        (error) => whileAlive(() => reject(error)),
      );
    });

  const storage = storageOf(factory, () => isAlive);
  const overrides: Scope = {
    setTimeout: after,
    clearTimeout: cancel,
    setInterval: every,
    clearInterval: cancel,
    requestAnimationFrame: (run: (at: number) => void) => after(() => run(clock.now()), 16),
    cancelAnimationFrame: cancel,
    requestIdleCallback: (run: () => void) => after(run, 50),
    Date: dateOf(clock),
    Math: Object.create(Math, { random: { value: random.next } }),
    performance: { now: clock.now, mark: () => {}, measure: () => {} },
    crypto: {
      getRandomValues: (array: Uint8Array) => array.map((_, at) => (array[at] = random.whole(0, 255))),
    },
    AbortSignal: {
      timeout: (ms: number) => {
        const controller = new AbortController();
        after(() => controller.abort(new DOMException('timeout', 'TimeoutError')), ms);
        return controller.signal;
      },
      any: AbortSignal.any,
    },
    AbortController,
    MutationObserver: Observer,
    Response,
    Headers,
    fetch: send,
    indexedDB: storage.indexedDB,
    IDBRequest: undefined,
    navigator: {
      get onLine() {
        return isOnline();
      },
      language: 'en',
      languages: ['en'],
      userAgent: 'simulated',
      locks: hasLocks ? locks.of(self, () => isAlive) : undefined,
    },
    ...watchListeners(window as unknown as EventTarget),
  };
  for (const [name, value] of Object.entries(overrides)) undo.push(define(window, name, { value }));
  const onDocument = {
    ...watchListeners(document as unknown as EventTarget),
    currentScript: scriptTag(document as unknown as Document, tag),
  };
  for (const [name, value] of Object.entries(onDocument)) undo.push(define(document, name, { value }));
  undo.push(define(document, 'visibilityState', { get: () => visibility }));
  undo.push(define(document, 'hidden', { get: () => visibility === 'hidden' }));
  undo.push(define(window, 'inkling', { value: undefined }));

  scripts.run(scopeOf(window, overrides));

  const dispatch = (target: EventTarget, type: string): void => {
    const event = new window.Event(type) as unknown as Event;
    target.dispatchEvent(Object.assign(event, { persisted: false }));
  };

  const kill = (): void => {
    if (!isAlive) return;
    isAlive = false;
    storage.cut(random.chance(0.5));
    locks.free(self);
  };

  return {
    isAlive: () => isAlive,
    tell: (event) => whileAlive(() => dispatch(window as unknown as EventTarget, event)),
    call: (name, ...args) => {
      const { inkling } = window as unknown as { inkling: Record<string, (...a: unknown[]) => unknown> };
      const method = inkling[name];
      return typeof method === 'function' ? method(...args) : method;
    },
    survey: () => {
      const host = document.querySelector('inkling-survey') as unknown as HTMLElement | null;
      const box = host?.shadowRoot?.querySelector<HTMLElement>('[role=dialog]:not([hidden])');
      // A survey that is drawn out of sight isn't visible to the visitor.
      return box?.style.visibility === 'hidden' ? undefined : (box ?? undefined);
    },
    kill,
    leave: () => {
      if (!isAlive) return;
      visibility = 'hidden';
      dispatch(document as unknown as EventTarget, 'visibilitychange');
      dispatch(window as unknown as EventTarget, 'pagehide');
      kill();
    },
    giveBack: () => {
      for (const step of undo.toReversed()) step();
      document.documentElement.replaceChildren(
        document.createElement('head'),
        document.createElement('body'),
      );
      idle.push(window);
    },
  };
}

/** Defines a property. Returns a function that restores the former one. */
function define(target: object, name: string, property: PropertyDescriptor): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  const isFixed = property.get !== undefined;
  Object.defineProperty(target, name, {
    configurable: true,
    ...(!isFixed && { writable: true }),
    ...property,
  });
  return () => {
    if (before) Object.defineProperty(target, name, before);
    else Reflect.deleteProperty(target, name);
  };
}

function scriptTag(document: Document, tag: Readonly<Record<string, string>>): HTMLScriptElement {
  const element = document.createElement('script');
  element.setAttribute('src', SCRIPT);
  for (const [name, value] of Object.entries(tag)) element.setAttribute(name, value);
  return element;
}

/** Resolves the free names of a page: first the replaced ones, then those of the window, then those of the language. */
function scopeOf(window: Window, overrides: Scope): Scope {
  const page = window as unknown as Scope;
  const names: Scope = { ...overrides, window, self: window, globalThis: window };
  const bound = new Map<string, unknown>();
  return new Proxy(names, {
    has: (_, name) => typeof name === 'string' && !name.startsWith('$'),
    get: (_, name) => {
      if (typeof name !== 'string') return undefined;
      if (name in names) return names[name];
      if (!(name in page)) return (globalThis as unknown as Scope)[name];
      const value = page[name];
      if (typeof value !== 'function' || value.prototype !== undefined) return value;
      if (!bound.has(name)) bound.set(name, value.bind(window));
      return bound.get(name);
    },
  });
}

/** A `Date` that reads the virtual clock. */
function dateOf(clock: Clock): DateConstructor {
  return class extends Date {
    constructor(...args: unknown[]) {
      super(...((args.length > 0 ? args : [clock.now()]) as [number]));
    }
    static override now(): number {
      return clock.now();
    }
  } as unknown as DateConstructor;
}

/** The device's IndexedDB as one page sees it: closed with the page, open transactions undone or committed. */
function storageOf(
  factory: IDBFactory,
  isAlive: () => boolean,
): { readonly indexedDB: object; cut: (isUndone: boolean) => void } {
  const transactions: IDBTransaction[] = [];
  const connections: IDBDatabase[] = [];
  const watch = (database: IDBDatabase): void => {
    connections.push(database);
    const begin = database.transaction.bind(database);
    database.transaction = (...args) => {
      if (!isAlive()) throw new DOMException('The page is gone.', 'InvalidStateError');
      const transaction = begin(...args);
      transactions.push(transaction);
      return transaction;
    };
  };
  return {
    indexedDB: {
      open: (...args: Parameters<IDBFactory['open']>) => {
        const request = factory.open(...args);
        request.addEventListener('success', () => watch(request.result));
        return request;
      },
      deleteDatabase: factory.deleteDatabase.bind(factory),
      databases: factory.databases.bind(factory),
    },
    cut: (isUndone) => {
      for (const transaction of isUndone ? transactions : []) {
        try {
          transaction.abort();
        } catch {
          // The transaction is complete.
        }
      }
      for (const database of connections) database.close();
    },
  };
}
