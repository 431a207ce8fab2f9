import type { CallByName, Inkling } from '../../../src/api/types.ts';

/**
 * Runs in the page before anything else: keeps references to the untouched platform, records what the snippet leaves
 * behind, and acts as the site that uses Inkling. The report is in attributes of `<html>`, where a test can read it
 * however broken the page's objects are.
 *
 * - `data-codes`: codes of `error` events, as they come
 * - `data-lines`: how many lines the console got, once there is one
 * - `data-report`: after the event `hostile-end`: one finding per line; empty when all is well
 *
 * It is sent to the page as text, so it uses nothing but types from outside itself.
 */
export function probe(): void {
  type Callback = EventListenerOrEventListenerObject | null;
  type Options = boolean | AddEventListenerOptions | undefined;
  type Client = CallByName & Inkling;
  const page = window as unknown as Record<string, unknown> & { inkling?: Client };
  const { apply, ownKeys, getOwnPropertyDescriptor: partOf } = Reflect;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const { setAttribute } = Element.prototype;
  const isConnected = partOf(Node.prototype, 'isConnected')?.get as () => boolean;
  const later = window.setTimeout.bind(window);
  const root = (): Element => document.documentElement;
  const put = (name: string, text: string): void => apply(setAttribute, root(), [name, text]);

  let findings = '';
  let codes = '';
  let isMarked = false;
  /** Set while the test driver adds its own listeners, as it does in Firefox. */
  let isDriver = false;
  const say = (line: string): void => {
    findings += `${line}\n`;
  };

  // Errors, rejections and console lines of the page.
  apply(add, window, [
    'error',
    ({ message, target }: ErrorEvent) => target === window && say(`error ${message}`),
  ]);
  apply(add, window, [
    'unhandledrejection',
    ({ reason }: PromiseRejectionEvent) => say(`rejection ${reason} ${reason?.stack ?? ''}`),
  ]);
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir', 'group'] as const;
  let lines = 0;
  for (const method of methods) {
    console[method] = (text: unknown) => {
      say(`console ${text}`);
      put('data-lines', String(++lines));
    };
  }

  // Listeners, intervals and observers that are still active.
  const listeners: {
    target: EventTarget;
    type: string;
    listener: Callback;
    isCapture: boolean;
    isOn: boolean;
  }[] = [];
  const isCapture = (options: Options): boolean =>
    typeof options === 'object' ? !!options?.capture : !!options;
  const find = (target: EventTarget, type: string, listener: Callback, options: Options) => {
    for (let i = 0; i < listeners.length; i++) {
      const one = listeners[i];
      if (!one?.isOn || one.target !== target || one.type !== type) continue;
      if (one.listener === listener && one.isCapture === isCapture(options)) return one;
    }
    return undefined;
  };
  EventTarget.prototype.addEventListener = function (type: string, listener: Callback, options?: Options) {
    const target = this ?? window;
    if (/^__p(w|laywright)/.test(type)) {
      isDriver = true;
      later(() => {
        isDriver = false;
      });
    }
    if (isMarked && !isDriver && listener && !find(target, type, listener, options)) {
      const one = { target, type, listener, isCapture: isCapture(options), isOn: true };
      const off = (): void => {
        one.isOn = false;
      };
      listeners[listeners.length] = one;
      if (typeof options === 'object') {
        if (options?.once) apply(add, target, [type, off, { once: true, capture: one.isCapture }]);
        if (options?.signal) apply(add, options.signal, ['abort', off]);
      }
    }
    return apply(add, target, [type, listener, options]);
  };
  EventTarget.prototype.removeEventListener = function (type: string, listener: Callback, options?: Options) {
    const target = this ?? window;
    const one = find(target, type, listener, options);
    if (one) one.isOn = false;
    return apply(remove, target, [type, listener, options]);
  };
  const intervals = new Set<unknown>();
  const { setInterval: startInterval, clearInterval: stopInterval } = window;
  page.setInterval = (...args: unknown[]) => {
    const id = apply(startInterval, window, args);
    if (isMarked) intervals.add(id);
    return id;
  };
  page.clearInterval = (id: number) => {
    intervals.delete(id);
    apply(stopInterval, window, [id]);
  };
  const observers = new Set<unknown>();
  for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver']) {
    const { prototype } = page[name] as { prototype: Record<string, (...args: unknown[]) => unknown> };
    const { observe, disconnect } = prototype;
    prototype.observe = function (...args) {
      if (isMarked && !isDriver) observers.add(this);
      return apply(observe as () => unknown, this, args as []);
    };
    prototype.disconnect = function () {
      observers.delete(this);
      return apply(disconnect as () => unknown, this, []);
    };
  }

  // Every global, every function on it, every prototype: names and identities.
  interface Seen {
    name: string;
    object: object;
    keys: PropertyKey[];
    parts: (PropertyDescriptor | undefined)[];
  }
  let before: Seen[] = [];
  const isSkipped = (name: string, key: PropertyKey): boolean =>
    // Frames change; the static properties of RegExp depend on the last match.
    (name === 'window' && /^\d+$/.test(String(key))) ||
    name === 'RegExp' ||
    key === 'hostile' ||
    /^__p(w|laywright)/.test(String(key));
  const keysOf = (name: string, object: object): PropertyKey[] => {
    const kept: PropertyKey[] = [];
    const keys = ownKeys(object);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as PropertyKey;
      if (!isSkipped(name, key)) kept[kept.length] = key;
    }
    return kept;
  };
  const snapshot = (): Seen[] => {
    const list: Seen[] = [];
    const known = new Set<object>();
    const see = (name: string, object: unknown): void => {
      if ((typeof object !== 'object' && typeof object !== 'function') || !object || known.has(object))
        return;
      known.add(object);
      const seen: Seen = { name, object, keys: keysOf(name, object), parts: [] };
      for (let i = 0; i < seen.keys.length; i++) {
        seen.parts[i] = partOf(object, seen.keys[i] as PropertyKey);
      }
      list[list.length] = seen;
    };
    see('window', window);
    const names = (list[0] as Seen).keys;
    for (let i = 0; i < names.length; i++) {
      const name = String(names[i]);
      const value = partOf(window, names[i] as PropertyKey)?.value;
      if (name === 'inkling' || value === window) continue;
      see(name, value);
      if (typeof value === 'function') see(`${name}.prototype`, partOf(value, 'prototype')?.value);
    }
    see('history', history);
    see('location', location);
    see('document', document);
    see('navigator', navigator);
    see('html', document.documentElement);
    return list;
  };
  const compare = (): void => {
    for (let i = 0; i < before.length; i++) {
      const { name, object, keys, parts } = before[i] as Seen;
      const now = keysOf(name, object);
      const former = new Set(keys);
      for (let j = 0; j < now.length; j++) {
        const key = now[j] as PropertyKey;
        if (!former.has(key) && !(name === 'window' && key === 'inkling'))
          say(`global ${name}.${String(key)} is new`);
      }
      for (let j = 0; j < keys.length; j++) {
        const key = keys[j] as PropertyKey;
        if (name === 'window' && key === 'inkling') continue;
        const [old, part] = [parts[j], partOf(object, key)];
        const isSame = Object.is(old?.value, part?.value) && old?.get === part?.get && old?.set === part?.set;
        if (!isSame) say(`global ${name}.${String(key)} has changed`);
      }
    }
  };

  // The site.
  let start: (() => void) | undefined;
  const isClient = (client: Client | undefined): client is Client => typeof client?.version === 'string';
  const use = (): void => {
    const { inkling } = page;
    if (!isClient(inkling) || !document.body) return void later(use, 3);
    put('data-seen', inkling.version ?? '');
    inkling.on('error', ({ code }) => {
      codes += `${code} `;
      put('data-codes', codes);
    });
    if (start) start();
    else inkling('track', 'go');
  };

  const end = (): void => {
    try {
      const { inkling } = page;
      if (isClient(inkling)) {
        // Errors during the set-up come before anybody could listen.
        const { problem } = inkling.explain()[0] ?? {};
        if (problem && !` ${codes}`.includes(` ${problem.code} `)) codes += `${problem.code} `;
        put('data-codes', codes);
        inkling.destroy();
      }
    } catch (error) {
      say(`error while ending: ${error}`);
    }
    later(report, 60);
  };
  const report = (): void => {
    for (let i = 0; i < listeners.length; i++) {
      const { isOn, target, type } = listeners[i] as (typeof listeners)[number];
      const isGone = target instanceof Node && !apply(isConnected, target, []);
      if (isOn && !isGone) say(`listener ${type} on ${Object.prototype.toString.call(target)}`);
    }
    if (intervals.size > 0) say(`interval ${intervals.size} left`);
    if (observers.size > 0) say(`observer ${observers.size} left`);
    if (document.getElementsByTagName('inkling-survey').length > 0) say('element inkling-survey is left');
    compare();
    put('data-report', findings);
  };
  const arm = (): void => apply(add, document, ['hostile-end', end]);
  arm();

  page.hostile = {
    /** Called once the page is set up: from here on changes are the snippet's. */
    mark: (whenReady?: () => void) => {
      start = whenReady;
      isMarked = true;
      before = snapshot();
      use();
    },
    /** Adds a finding of the page's own. */
    say,
    /** Listens again, after `document.open()` has removed every listener. */
    arm,
    /** Listeners and timers of the page's own, which are not counted. */
    listen: (target: EventTarget, type: string, handler: unknown, options: unknown) =>
      apply(add, target, [type, handler, options]),
    later,
  };
}
