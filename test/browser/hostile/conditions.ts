/** How the proxy interferes with one request; undefined lets it through. */
export type Fault = (request: {
  /** `environment`, `displays`, `responses`, `user`, `inkling.js`, `chunks/…` */
  readonly path: string;
  /** How many requests for this path came before. */
  readonly nth: number;
}) => Interference | undefined;

/** The reply in place of the server's. */
export interface Interference {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** `hang`: no reply. `cut`: the connection breaks. `lose`: it breaks after the server has handled the request. */
  readonly line?: 'hang' | 'cut' | 'lose';
  /** Changes the server's own answer. */
  readonly change?: (body: { data: { data: Record<string, unknown[]>; expiresAt: string } }) => unknown;
}

/** A page with something that could break the snippet. */
export interface Condition {
  readonly name: string;
  /** A script of the page's own, before the tag. */
  readonly before?: string;
  /** Attributes of the tag, or (beginning with `<`) markup instead of it. `{server}` and `{environment}` are filled in. */
  readonly tag?: string;
  /** A script of the page's own, after the tag. */
  readonly after?: string;
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Attributes of an iframe that the page stands in. */
  readonly frame?: string;
  /** The page comes in two parts, the body after so many ms. */
  readonly slowBodyMs?: number;
  readonly charset?: 'latin1';
  readonly type?: string;
  readonly fault?: Fault;
  /** Scripts come through the faulty server, too. */
  readonly isScriptFaulty?: boolean;
  /** Runs in the page instead of the call `inkling('track', 'go')`; it tracks itself, or the visitor does. */
  readonly whenReady?: string;
  /** After the survey is on screen, before it is answered. */
  readonly whileOpen?: string;
  /** Navigates away and back with the browser's button while the survey is on screen. */
  readonly leaves?: true;
  /** Typed key by key, where the page breaks the driver's `fill`. */
  readonly isTyped?: true;
  /** The browser may retry by itself, so that the snippet does not notice. */
  readonly mayBeHidden?: true;
  /**
   * The expected outcome: the answer is stored once; or the survey is shown but cannot be delivered; or nothing is shown.
   */
  readonly must: 'deliver' | 'show' | 'stay silent';
  /** Codes of the expected `error` events, in order; usually none. */
  readonly codes?: readonly string[];
  /** The expected console line; usually none. */
  readonly line?: RegExp;
}

const deliver = (name: string, rest: Omit<Condition, 'name' | 'must'>): Condition => ({
  name,
  must: 'deliver',
  ...rest,
});
const silent = (name: string, rest: Omit<Condition, 'name' | 'must'>): Condition => ({
  name,
  must: 'stay silent',
  ...rest,
});
/** The server is unreachable: one line with its address. */
const UNREACHABLE = { codes: ['unreachable'], line: /127\.0\.0\.1:\d+.* answered/ } as const;
/** Makes the jitter of the backoff small, so that tests do not wait for retries. */
const SOON = 'Math.random = () => 0.02;';

const FETCH: readonly Condition[] = [
  silent('fetch is missing', { before: 'delete window.fetch', ...UNREACHABLE }),
  silent('fetch throws', { before: 'window.fetch = () => { throw new Error("no") }', ...UNREACHABLE }),
  silent('fetch returns undefined', { before: 'window.fetch = () => {}', ...UNREACHABLE }),
  silent('fetch returns no promise', { before: 'window.fetch = () => ({ status: 200 })', ...UNREACHABLE }),
  silent('fetch rejects always', {
    before: 'window.fetch = () => Promise.reject(new TypeError("no"))',
    ...UNREACHABLE,
  }),
  silent('fetch rejects with undefined', { before: 'window.fetch = () => Promise.reject()', ...UNREACHABLE }),
  silent('fetch hangs', { before: 'window.fetch = () => new Promise(() => {})' }),
  silent('fetch answers null', { before: 'window.fetch = async () => null', ...UNREACHABLE }),
  deliver('fetch rejects the first time', {
    before: `${SOON} const f = fetch; let n = 0; window.fetch = (...a) => n++ ? f(...a) : Promise.reject(new Error("once"))`,
    ...UNREACHABLE,
  }),
  deliver('fetch is wrapped twice', {
    before:
      'for (let i = 0; i < 2; i++) { const f = window.fetch; window.fetch = function (...a) { return f.apply(this, a) } }',
  }),
  deliver('fetch is wrapped and every reply read before us', {
    before:
      'const f = fetch; window.fetch = async (...a) => { const r = await f(...a); r.clone().text(); return r }',
  }),
  deliver('fetch is wrapped and late', {
    before:
      'const f = fetch; window.fetch = (...a) => new Promise(r => setTimeout(r, 60)).then(() => f(...a))',
  }),
  deliver('fetch is wrapped without keepalive and signal', {
    before: 'const f = fetch; window.fetch = (u, { method, body } = {}) => f(u, { method, body })',
  }),
  deliver('fetch is wrapped with a Request', {
    before: 'const f = fetch; window.fetch = (u, o) => f(new Request(u, o))',
  }),
  deliver('fetch is a polyfill over XMLHttpRequest', {
    before: `window.fetch = (u, o = {}) => new Promise((yes, no) => { const x = new XMLHttpRequest(); x.open(o.method || 'GET', u);
      x.onload = () => yes({ status: x.status, ok: true, headers: { get: n => x.getResponseHeader(n) }, text: async () => x.responseText, json: async () => JSON.parse(x.responseText) });
      x.onerror = no; x.send(o.body) })`,
  }),
  deliver('fetch cannot be written', {
    before: 'Object.defineProperty(window, "fetch", { value: fetch, writable: false, configurable: false })',
  }),
  deliver('Headers throws', { before: 'window.Headers = class { constructor() { throw new Error("no") } }' }),
  deliver('Request is missing', { before: 'delete window.Request' }),
  deliver('XMLHttpRequest is missing', { before: 'delete window.XMLHttpRequest' }),
  deliver('sendBeacon is missing', { before: 'delete Navigator.prototype.sendBeacon' }),
  deliver('Response.text is missing', { before: 'delete Response.prototype.text' }),
  silent('Response.json is missing', { before: 'delete Response.prototype.json', ...UNREACHABLE }),
  silent('reading a reply fails', {
    before: 'Object.defineProperty(Response.prototype, "status", { get() { throw new Error("no") } })',
    ...UNREACHABLE,
  }),
];

const JSON_AND_PROMISES: readonly Condition[] = [
  deliver('JSON.parse throws', { before: 'JSON.parse = () => { throw new SyntaxError("no") }' }),
  deliver('JSON.parse throws once', {
    before:
      'const p = JSON.parse; let n = 0; JSON.parse = (...a) => { if (!n++) throw new Error("once"); return p(...a) }',
  }),
  deliver('JSON.stringify answers undefined', { before: 'JSON.stringify = () => undefined' }),
  deliver('JSON.stringify throws', { before: 'JSON.stringify = () => { throw new TypeError("no") }' }),
  deliver('JSON is missing', { before: 'delete window.JSON' }),
  deliver('Array.prototype.toJSON as in Prototype.js 1.6', {
    before: `Array.prototype.toJSON = function () { return '[' + this.map(x => '"' + x + '"').join(', ') + ']' }`,
  }),
  deliver('Object.prototype.toJSON', { before: `Object.prototype.toJSON = function () { return '{}' }` }),
  deliver('toJSON on String, Number and Date as in Prototype.js 1.6', {
    before: `for (const c of [String, Number, Date]) c.prototype.toJSON = function () { return '"' + this + '"' }`,
  }),
  deliver('Promise.prototype.finally is missing', { before: 'delete Promise.prototype.finally' }),
  deliver('Promise.allSettled, any, try and withResolvers are missing', {
    before: 'for (const n of ["allSettled", "any", "try", "withResolvers"]) delete Promise[n]',
  }),
  deliver('Promise is an old polyfill without finally', {
    before: `const N = Promise; window.Promise = class P { constructor(f) { this.n = new N(f) }
      then(a, b) { return new P((y, n) => this.n.then(a, b).then(y, n)) } catch(b) { return this.then(undefined, b) }
      static resolve(v) { return new P(y => y(v)) } static reject(v) { return new P((y, n) => n(v)) }
      static all(l) { return new P((y, n) => N.all(l).then(y, n)) } static race(l) { return new P((y, n) => N.race(l).then(y, n)) } }`,
  }),
  deliver('Promise settles with a timer, as an old polyfill did', {
    before: `const t = Promise.prototype.then, s = setTimeout; Promise.prototype.then = function (a, b) {
      const slow = f => typeof f === 'function' ? v => new Promise((y, n) => s(() => { try { y(f(v)) } catch (e) { n(e) } })) : f;
      return t.call(this, slow(a), slow(b)) }`,
  }),
  deliver('Promise.prototype.then is wrapped', {
    before:
      'const t = Promise.prototype.then; Promise.prototype.then = function (...a) { return t.apply(this, a) }',
  }),
  deliver('queueMicrotask and structuredClone are missing', {
    before: 'delete window.queueMicrotask; delete window.structuredClone',
  }),
];

const PROTOTYPES: readonly Condition[] = [
  ...['Object', 'Array', 'Function', 'String', 'Number', 'Promise', 'Node', 'EventTarget'].map((name) =>
    deliver(`${name}.prototype has enumerable junk`, {
      before: `${name}.prototype.extend = function () { return this }; ${name}.prototype.junk = [1, { a: 'b' }]; ${name}.prototype[Symbol('junk')] = 1`,
    }),
  ),
  deliver('Object.prototype carries names that we use', {
    isTyped: true,
    before:
      'for (const n of ["v", "id", "version", "q", "code", "who", "card", "until", "seq", "name", "key"]) Object.prototype[n] = "junk"',
  }),
  deliver('Object.prototype carries methods of a date library', {
    before:
      'for (const n of ["format", "clone", "isEmpty", "size", "each", "keys", "values"]) Object.prototype[n] = function () { return 0 }',
  }),
  silent('Object.prototype has a then', { before: 'Object.prototype.then = function () {}' }),
  silent('Object.prototype has a method', {
    before: 'Object.prototype.method = function () {}',
    ...UNREACHABLE,
  }),
  deliver('Array.prototype.filter is an old polyfill without thisArg and index', {
    before:
      'Array.prototype.filter = function (f) { const r = []; for (let i = 0; i < this.length; i++) if (f(this[i])) r.push(this[i]); return r }',
  }),
  deliver('Array.prototype.map and forEach are old polyfills over for-in', {
    before: `Array.prototype.map = function (f, t) { const r = []; for (const i in this) if (this.hasOwnProperty(i)) r.push(f.call(t, this[i], +i, this)); return r };
      Array.prototype.forEach = function (f, t) { for (const i in this) if (this.hasOwnProperty(i)) f.call(t, this[i], +i, this) }`,
  }),
  deliver('Array.prototype.find, some and every as in Prototype.js 1.6', {
    before: `const $break = {}; Array.prototype.each = function (f) { try { for (let i = 0; i < this.length; i++) f(this[i], i) } catch (e) { if (e !== $break) throw e } return this };
      Array.prototype.find = function (f) { let r; this.each((v, i) => { if (f(v, i)) { r = v; throw $break } }); return r };
      Array.prototype.some = function (f) { let r = false; this.each((v, i) => { if ((r = !!f(v, i))) throw $break }); return r };
      Array.prototype.every = function (f) { let r = true; this.each((v, i) => { r = r && !!f(v, i); if (!r) throw $break }); return r }`,
  }),
  deliver('Array.prototype.reduce as in Prototype.js 1.6', {
    before: 'Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] }',
  }),
  deliver('Array.from is $A of Prototype.js 1.6', {
    before:
      'Array.from = l => { if (!l) return []; if (l.toArray) return l.toArray(); let n = l.length || 0; const r = new Array(n); while (n--) r[n] = l[n]; return r }',
  }),
  deliver('Object.keys as in Prototype.js 1.6, inherited keys included', {
    before:
      'Object.prototype.inherited = function () {}; Object.keys = o => { const r = []; for (const k in o) r.push(k); return r }',
  }),
  deliver('Object.assign is an old polyfill over for-in', {
    before: 'Object.assign = (t, ...l) => { for (const s of l) for (const k in s) t[k] = s[k]; return t }',
  }),
  deliver('Function.prototype.bind as in Prototype.js 1.6', {
    before: `Function.prototype.bind = function (o, ...l) { if (arguments.length < 2 && o === undefined) return this; const m = this; return function (...a) { return m.apply(o, l.concat(a)) } }`,
  }),
  deliver('String.prototype.replace, trim and startsWith are wrapped', {
    before:
      'for (const n of ["replace", "trim", "startsWith"]) { const f = String.prototype[n]; String.prototype[n] = function (...a) { return f.apply(this, a) } }',
  }),
  deliver('at, findLast, flatMap and fromEntries are old polyfills', {
    before: `Array.prototype.at = function (i) { return this[i < 0 ? this.length + i : i] };
      Array.prototype.findLast = function (f) { for (let i = this.length - 1; i >= 0; i--) if (f(this[i], i, this)) return this[i] };
      Array.prototype.flatMap = function (f) { return [].concat(...this.map(f)) };
      Object.fromEntries = l => { const r = {}; for (const [k, v] of l) r[k] = v; return r }`,
  }),
  deliver('Symbol junk: toStringTag, toPrimitive and a species of the page', {
    before: `Object.prototype[Symbol.toStringTag] = 'Junk'; Object.defineProperty(Array, Symbol.species, { get() { return Array }, configurable: true })`,
  }),
  deliver('Array.prototype[Symbol.iterator] is wrapped', {
    before:
      'const i = Array.prototype[Symbol.iterator]; Array.prototype[Symbol.iterator] = function () { return i.call(this) }',
  }),
  deliver('Error.stackTraceLimit is 0 and prepareStackTrace throws', {
    before: 'Error.stackTraceLimit = 0; Error.prepareStackTrace = () => { throw new Error("no") }',
  }),
];

const MODULES_AND_NAMES: readonly Condition[] = [
  deliver('an AMD loader is on the page', {
    before:
      'window.define = function () { hostile.say("error define was called") }; define.amd = {}; window.require = () => { hostile.say("error require was called") }',
  }),
  deliver('module, exports and require have leaked', {
    before: 'window.module = { exports: {} }; window.exports = module.exports; window.require = () => ({})',
    after:
      'hostile.listen(window, "load", () => { if (Object.keys(module.exports).length) hostile.say("error module.exports was filled") })',
  }),
  deliver('process, global and Buffer have leaked', {
    before:
      'window.process = { env: {}, nextTick: f => f() }; window.global = window; window.Buffer = class {}',
  }),
  deliver('window.formbricks belongs to somebody else', {
    before: 'window.formbricks = Object.freeze({ track() { hostile.say("error formbricks was called") } })',
  }),
  deliver('window.inkling is something else', { before: 'window.inkling = { ink: "blue" }' }),
  deliver('<form id="inkling">', { head: '</head><body><form id="inkling"><input name="version"></form>' }),
  deliver('<a id="navigator">, <form id="history">, <img name="location">', {
    head: '</head><body><a id="navigator"></a><a id="crypto"></a><form id="history"></form><form id="indexedDB"></form><form id="fetch"></form><img name="location" alt="">',
  }),
  deliver('<img name="currentScript"> with a foreign address', {
    head: '</head><body><img name="currentScript" src="data:," alt="">',
  }),
  deliver('<form name="currentScript">', { head: '</head><body><form name="currentScript"></form>' }),
  deliver('the page declares var name, status, event, parent, self, screen, open, close, find, stop', {
    before:
      'var name = {}, status = [], event = 0, parent = 1, self = this, screen = 2, origin = 3, scrollX = 4, length = 5; function open() {} function close() {} function find() {} function stop() {} function print() {}',
  }),
  deliver('the page declares var navigation', { before: 'var navigation = { menu: [] }' }),
  deliver('the page declares var performance', { before: 'var performance = { score: 5 }' }),
  deliver('the page declares wait, h, render, t, e and $', {
    before: 'var wait = 1, h = 2, render = 3, t = 4, e = 5, n = 6, r = 7, $ = 8, _ = 9',
  }),
];

const MISSING: readonly Condition[] = [
  deliver('the Navigation API is missing', {
    before:
      'delete window.navigation; Object.defineProperty(window, "navigation", { value: undefined, configurable: true, writable: true })',
  }),
  deliver('the Navigation API is missing and history is frozen', {
    before:
      'Object.defineProperty(window, "navigation", { value: undefined }); Object.freeze(history); Object.freeze(History.prototype)',
  }),
  deliver('history is frozen', { before: 'Object.freeze(history); Object.freeze(History.prototype)' }),
  deliver('navigator.locks is missing', { before: 'delete Navigator.prototype.locks' }),
  deliver('navigator.locks throws', {
    before:
      'Object.defineProperty(Navigator.prototype, "locks", { get: () => ({ request() { throw new Error("no") } }) })',
  }),
  deliver('navigator.locks rejects', {
    before: 'LockManager.prototype.request = () => Promise.reject(new DOMException("no", "SecurityError"))',
  }),
  deliver('navigator.locks answers undefined', { before: 'LockManager.prototype.request = () => undefined' }),
  deliver('crypto.getRandomValues is missing', { before: 'delete Crypto.prototype.getRandomValues' }),
  deliver('crypto.randomUUID is missing', { before: 'delete Crypto.prototype.randomUUID' }),
  deliver('AbortSignal.timeout is missing', { before: 'delete AbortSignal.timeout' }),
  deliver('AbortController is missing', {
    before: 'delete window.AbortController; delete window.AbortSignal',
  }),
  deliver('URLSearchParams is missing', { before: 'delete window.URLSearchParams' }),
  deliver('Intl and navigator.language are missing', {
    before:
      'delete window.Intl; Object.defineProperty(Navigator.prototype, "language", { get: () => undefined })',
  }),
  deliver('requestAnimationFrame is missing', {
    before: 'delete window.requestAnimationFrame; delete window.cancelAnimationFrame',
  }),
  deliver('IntersectionObserver and ResizeObserver are missing', {
    before: 'delete window.IntersectionObserver; delete window.ResizeObserver',
  }),
  deliver('MutationObserver is missing', { before: 'delete window.MutationObserver', isTyped: true }),
  deliver('customElements is missing', {
    before: 'Object.defineProperty(window, "customElements", { value: undefined })',
  }),
  deliver('customElements.define is wrapped', {
    before:
      'const d = customElements.define; customElements.define = function (...a) { return d.apply(this, a) }; customElements.define("x-page", class extends HTMLElement {})',
  }),
  silent('attachShadow is missing', { before: 'delete Element.prototype.attachShadow', codes: ['internal'] }),
  deliver('adoptedStyleSheets is missing', {
    before: 'delete ShadowRoot.prototype.adoptedStyleSheets; delete Document.prototype.adoptedStyleSheets',
  }),
  deliver('constructed style sheets are missing', {
    before: 'window.CSSStyleSheet = function () { throw new TypeError("Illegal constructor") }',
  }),
  deliver('popovers are missing', {
    before: 'delete HTMLElement.prototype.showPopover; delete HTMLElement.prototype.popover',
  }),
  deliver('matchMedia is missing', { before: 'delete window.matchMedia' }),
  deliver('matchMedia is an old polyfill', {
    before:
      'window.matchMedia = () => ({ matches: false, media: "", addListener() {}, removeListener() {} })',
  }),
  deliver('CSS.supports is missing', { before: 'delete CSS.supports' }),
  deliver('checkVisibility and closest are missing', {
    before: 'delete Element.prototype.checkVisibility; delete Element.prototype.closest',
  }),
  deliver('visualViewport is missing', {
    before: 'Object.defineProperty(window, "visualViewport", { value: undefined })',
  }),
];

const DOM: readonly Condition[] = [
  deliver('Element.prototype.remove as in Prototype.js 1.6', {
    before: 'Element.prototype.remove = function () { this.parentNode.removeChild(this); return this }',
  }),
  deliver('ShadyDOM-like: appendChild, insertBefore and removeChild are wrapped', {
    before:
      'for (const n of ["appendChild", "insertBefore", "removeChild", "cloneNode"]) { const f = Node.prototype[n]; Node.prototype[n] = function (...a) { return f.apply(this, a) } }',
  }),
  deliver('ShadyDOM-like: textContent and innerHTML are wrapped', {
    before:
      'for (const [c, n] of [[Node, "textContent"], [Element, "innerHTML"]]) { const d = Object.getOwnPropertyDescriptor(c.prototype, n); Object.defineProperty(c.prototype, n, { configurable: true, get() { return d.get.call(this) }, set(v) { d.set.call(this, v) } }) }',
  }),
  deliver('attachShadow is wrapped', {
    before:
      'const a = Element.prototype.attachShadow; Element.prototype.attachShadow = function (o) { return a.call(this, o) }',
  }),
  deliver('createElement is wrapped and marks what it makes', {
    before:
      'const c = document.createElement; document.createElement = function (...a) { const e = c.apply(this, a); e.setAttribute("data-page", "1"); return e }',
  }),
  deliver('setAttribute is wrapped', {
    before:
      'const s = Element.prototype.setAttribute; Element.prototype.setAttribute = function (n, v) { return s.call(this, n, String(v)) }',
  }),
  deliver('addEventListener is wrapped as Zone.js does', {
    before: `const { addEventListener: a, removeEventListener: r } = EventTarget.prototype, m = new WeakMap;
      const w = f => { if (typeof f !== 'function') return f; if (!m.has(f)) m.set(f, function (e) { return f.call(this, e) }); return m.get(f) };
      EventTarget.prototype.addEventListener = function (t, f, o) { return a.call(this || window, t, w(f), o) };
      EventTarget.prototype.removeEventListener = function (t, f, o) { return r.call(this || window, t, w(f), o) }`,
  }),
  deliver('the page stops every key', {
    before:
      'for (const t of ["keydown", "keyup", "keypress"]) addEventListener(t, e => e.stopImmediatePropagation(), true)',
  }),
  deliver('the page stops every click before it arrives', {
    before:
      'for (const t of ["click", "mousedown", "pointerdown", "touchstart"]) addEventListener(t, e => e.stopImmediatePropagation(), true)',
  }),
  deliver('the page stops every input and change', {
    before:
      'for (const t of ["beforeinput", "focusin", "focusout"]) addEventListener(t, e => e.stopImmediatePropagation(), true)',
  }),
  silent('the page removes every element that it does not know', {
    before:
      'new MutationObserver(l => { for (const { addedNodes } of l) for (const n of addedNodes) if (/-/.test(n.localName)) n.remove() }).observe(document, { childList: true, subtree: true })',
  }),
  deliver('the page watches every change', {
    before:
      'let n = 0; new MutationObserver(l => { n += l.length; if (n > 5000) hostile.say("error too many changes") }).observe(document, { childList: true, subtree: true, attributes: true })',
  }),
  deliver('<body> is replaced before anything is shown', {
    whenReady: 'document.body.replaceWith(document.createElement("body")); inkling("track", "go")',
  }),
  deliver('<body> is replaced while the survey is open', {
    whileOpen: 'document.body.replaceWith(document.createElement("body"))',
  }),
  deliver('document.body is assigned while the survey is open', {
    whileOpen: 'document.body = document.createElement("body")',
  }),
  deliver('the page swaps head and body while the survey is open', {
    whileOpen:
      'document.documentElement.replaceChildren(document.createElement("head"), document.createElement("body"))',
  }),
  deliver('document.write makes a new document before anything is shown', {
    whenReady:
      'document.open(); document.write("<!doctype html><h1>Another page</h1>"); document.close(); hostile.arm(); inkling("track", "go")',
  }),
  deliver('there is no body yet when the survey is asked for', {
    before:
      'window.inkling = function () { (inkling.q = inkling.q || []).push(arguments) }; inkling("track", "go")',
    whenReady: '',
    tag: '<script src="{server}/inkling.js" data-environment-id="{environment}"></script>',
    slowBodyMs: 250,
  }),
  deliver('the page is XHTML', { type: 'application/xhtml+xml' }),
  deliver('the page is written in windows-1252', { charset: 'latin1' }),
  deliver('the page stands right to left and vertically', {
    before:
      'document.documentElement.dir = "rtl"; document.documentElement.style.writingMode = "vertical-rl"',
  }),
  deliver('the back button brings the page and its survey back', { leaves: true }),
  deliver('the page is hidden when the survey is due, and shown later', {
    before:
      'let h = true; Object.defineProperty(document, "hidden", { configurable: true, get: () => h }); hostile.later(() => { h = false; document.dispatchEvent(new Event("visibilitychange")) }, 700)',
  }),
];

const CSS: readonly Condition[] = [
  ['* { all: unset !important }', 'body * { all: unset !important }'],
  ['body * { display: none !important }'],
  ['* { pointer-events: none !important }'],
  [
    '* { visibility: hidden !important }',
    'html, body { visibility: hidden !important } body * { visibility: hidden !important }',
  ],
  ['* { opacity: 0 !important; transform: scale(0) !important; filter: blur(9px) !important }'],
  [
    '* { position: static !important; z-index: -1 !important; width: 0 !important; height: 0 !important; overflow: hidden !important }',
  ],
  [
    '* { color: transparent !important; font: 0/0 serif !important; user-select: none !important; transition: all 9s !important }',
  ],
].map(([name, css = name]) => deliver(`the page's style says ${name}`, { head: `<style>${css}</style>` }));

const CONSOLE_AND_CLOCKS: readonly Condition[] = [
  deliver('the console throws', {
    before: 'for (const n in console) console[n] = () => { throw new Error("no console") }',
  }),
  deliver('there is no console', {
    before: 'Object.defineProperty(window, "console", { value: undefined })',
  }),
  silent('the console throws on a mistake in the tag', {
    before: 'for (const n in console) console[n] = () => { throw new Error("no console") }',
    tag: 'data-environment-id="NOT VALID"',
    codes: ['environment-id'],
  }),
  silent('there is no console to tell a mistake', {
    before: 'Object.defineProperty(window, "console", { value: undefined })',
    tag: 'data-environment-id="NOT VALID"',
    codes: ['environment-id'],
  }),
  ...[20, -20].map((years) =>
    deliver(`the clock is ${years} years off`, {
      before: `const D = Date, off = ${years} * 31557600e3; window.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now() + off) } static now() { return D.now() + off } }`,
      codes: ['clock'],
      line: /clock/,
    }),
  ),
  deliver('the clock stands still', { before: 'const at = Date.now(); Date.now = () => at' }),
  deliver('the clock jumps an hour back and forth', {
    before: 'const now = Date.now; let n = 0; Date.now = () => now() + (n++ % 2 ? 36e5 : -36e5)',
  }),
  deliver('Date.parse is an old polyfill that cannot read what servers send', {
    before: 'Date.parse = () => NaN',
  }),
  deliver('Math.random is a constant', { before: 'Math.random = () => 0.5' }),
  deliver('Math.random is 0', { before: 'Math.random = () => 0' }),
  deliver('performance.now is a constant', { before: 'Performance.prototype.now = () => 7' }),
  deliver('setTimeout waits at least 150 ms', {
    before: 'const s = setTimeout; window.setTimeout = (f, ms, ...a) => s(f, Math.max(150, ms || 0), ...a)',
  }),
  deliver('setTimeout is wrapped as Zone.js does', {
    before:
      'const s = setTimeout, c = clearTimeout; window.setTimeout = function (f, ms, ...a) { return { id: s(() => f(...a), ms) } }; window.clearTimeout = t => c(t && t.id)',
  }),
  silent('setTimeout never fires', { before: 'window.setTimeout = () => 1' }),
  deliver('window.onerror and onunhandledrejection are the page’s', {
    before:
      'window.onerror = m => hostile.say("error " + m); window.onunhandledrejection = e => hostile.say("rejection " + e.reason)',
  }),
];

const put = (value: string): string =>
  `const o = indexedDB.open("inkling"); o.onupgradeneeded = () => o.result.createObjectStore("kv"); o.onsuccess = () => { const s = o.result.transaction("kv", "readwrite").objectStore("kv");
   for (const k of ["state", "showings"]) s.put(${value}, "{environment}/" + k); s.transaction.oncomplete = () => { o.result.close(); hostile.load() } }`;
/** Adds the tag once the page has corrupted the stored state. */
const LATE_TAG =
  '<script nonce="n">hostile.load = () => { const s = document.createElement("script"); s.src = "{server}/inkling.js"; s.dataset.environmentId = "{environment}"; document.head.append(s) }</script>';
const corrupt = (name: string, value: string): Condition =>
  deliver(`stored: ${name}`, { tag: LATE_TAG, after: put(value) });

const STORAGE: readonly Condition[] = [
  deliver('indexedDB is refused', {
    before:
      'Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("no", "SecurityError") } })',
  }),
  deliver('indexedDB is undefined', {
    before: 'Object.defineProperty(window, "indexedDB", { value: undefined })',
  }),
  deliver('indexedDB is null', { before: 'Object.defineProperty(window, "indexedDB", { value: null })' }),
  deliver('indexedDB.open throws', {
    before: 'IDBFactory.prototype.open = () => { throw new DOMException("no", "InvalidStateError") }',
  }),
  deliver('indexedDB.open never answers', { before: 'IDBFactory.prototype.open = () => ({})' }),
  deliver('indexedDB.open fails', {
    before:
      'IDBFactory.prototype.open = () => { const r = { error: new DOMException("no", "UnknownError") }; hostile.later(() => r.onerror && r.onerror(), 5); return r }',
  }),
  deliver('indexedDB.open is blocked', {
    before:
      'IDBFactory.prototype.open = () => { const r = {}; hostile.later(() => r.onblocked && r.onblocked(), 5); return r }',
  }),
  deliver('every get fails', {
    before: 'IDBObjectStore.prototype.get = () => { throw new DOMException("no", "UnknownError") }',
  }),
  deliver('every put fails for lack of room', {
    before: 'IDBObjectStore.prototype.put = () => { throw new DOMException("no", "QuotaExceededError") }',
  }),
  deliver('every transaction is aborted after its success', {
    before:
      'const p = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (...a) { const r = p.apply(this, a); hostile.listen(r, "success", () => this.transaction.abort()); return r }',
  }),
  deliver('the connection is lost after the third transaction', {
    before:
      'const t = IDBDatabase.prototype.transaction; let n = 0; IDBDatabase.prototype.transaction = function (...a) { if (n++ > 2) throw new DOMException("lost", "InvalidStateError"); return t.apply(this, a) }',
  }),
  deliver('the page deletes every database while the survey is open', {
    whileOpen: 'indexedDB.deleteDatabase("inkling")',
  }),
  deliver('localStorage and cookies are refused', {
    before:
      'for (const n of ["localStorage", "sessionStorage"]) Object.defineProperty(window, n, { get() { throw new DOMException("no", "SecurityError") } }); Object.defineProperty(document, "cookie", { get() { throw new DOMException("no", "SecurityError") } })',
  }),
  deliver('stored: a database of that name belongs to somebody else', {
    tag: LATE_TAG,
    after:
      'const o = indexedDB.open("inkling", 9); o.onupgradeneeded = () => o.result.createObjectStore("theirs"); o.onsuccess = () => { o.result.close(); hostile.load() }',
  }),
  corrupt('a number', '5'),
  corrupt('a text', '"null"'),
  corrupt('a list', '[]'),
  corrupt('half a record', '{ v: 1 }'),
  corrupt(
    'wrong types',
    '{ v: 1, list: "x", due: 7, acked: null, leases: 3, seed: {}, skew: "y", userId: 4, environment: "z", user: [] }',
  ),
  corrupt(
    'an environment without content',
    '{ v: 1, list: [], due: [], acked: {}, leases: {}, seed: "s", skew: 0, userId: null, environment: { data: null, at: Date.now(), until: Date.now() + 1e6 } }',
  ),
  corrupt(
    'a list of junk',
    '{ v: 1, list: [null, 5, {}, { id: 1 }], due: [null, {}], acked: {}, leases: { x: null }, seed: "s", skew: 0, userId: null }',
  ),
  corrupt('a future version', '{ v: 99, list: { tree: true } }'),
  corrupt(
    'five megabytes',
    '{ v: 1, list: [], due: [], acked: {}, leases: {}, seed: "s", skew: 0, userId: null, blob: "x".repeat(5e6) }',
  ),
];

const html = (status = 200): Interference => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Sign in</title><h1>Welcome to the hotel</h1>',
});
/** Interferes with the first request for one path. */
const once =
  (where: string, how: Interference): Fault =>
  ({ path, nth }) =>
    path === where && nth === 0 ? how : undefined;
const always =
  (where: string, how: Interference): Fault =>
  ({ path }) =>
    path.startsWith(where) ? how : undefined;

const SERVER: readonly Condition[] = [
  silent('the environment is an HTML page', { fault: always('environment', html()), ...UNREACHABLE }),
  silent('the environment is empty', { fault: always('environment', { body: '' }), ...UNREACHABLE }),
  silent('the environment is null', { fault: always('environment', { body: 'null' }), ...UNREACHABLE }),
  silent('the environment’s data is null', {
    fault: always('environment', { body: '{"data":null}' }),
    ...UNREACHABLE,
  }),
  silent('the environment’s surveys are null', {
    fault: always('environment', {
      change: (reply) => Object.assign(reply.data.data, { surveys: null }) && reply,
    }),
    ...UNREACHABLE,
  }),
  deliver('junk lies between the surveys and actions', {
    fault: always('environment', {
      change: (reply) => {
        const { surveys, actionClasses } = reply.data.data as Record<string, unknown[]>;
        surveys?.unshift(null, 5, 'x', [], {}, { id: 'junk', triggers: null, blocks: 7 });
        actionClasses?.unshift(
          null,
          5,
          {},
          { type: 'code' },
          { type: 'noCode', noCodeConfig: { type: 'pageView' } },
        );
        return reply;
      },
    }),
  }),
  deliver('keys nobody knows are everywhere', {
    fault: always('environment', {
      change: (reply) => {
        for (const survey of reply.data.data.surveys ?? [])
          Object.assign(survey as object, { later: { much: true } });
        Object.assign(reply, { extra: [1] });
        return reply;
      },
    }),
  }),
  deliver('the environment weighs 8 MB', {
    fault: always('environment', { change: (reply) => Object.assign(reply, { padding: 'x'.repeat(8e6) }) }),
  }),
  silent('the environment is 8 MB of HTML', {
    fault: always('environment', {
      headers: { 'content-type': 'text/html' },
      body: Buffer.alloc(8e6, '<p>'),
    }),
    ...UNREACHABLE,
  }),
  silent('the environment hangs', { fault: always('environment', { line: 'hang' }) }),
  silent('the line is always cut', { fault: always('environment', { line: 'cut' }), ...UNREACHABLE }),
  deliver('the line is cut once', {
    before: SOON,
    fault: once('environment', { line: 'cut' }),
    mayBeHidden: true,
    ...UNREACHABLE,
  }),
  deliver('429 once', {
    before: SOON,
    fault: once('environment', { status: 429, headers: { 'retry-after': '1' }, body: '{}' }),
    codes: ['unreachable'],
    line: /429/,
  }),
  deliver('500 once', {
    before: SOON,
    fault: once('environment', { status: 500, body: '{}' }),
    codes: ['unreachable'],
    line: /500/,
  }),
  deliver('500 once, where timers fire a moment early', {
    before: `${SOON} const s = setTimeout; window.setTimeout = (f, ms, ...a) => s(f, ms - 9, ...a)`,
    fault: once('environment', { status: 500, body: '{}' }),
    codes: ['unreachable'],
    line: /500/,
  }),
  deliver('502 with HTML once', {
    before: SOON,
    fault: once('environment', html(502)),
    codes: ['unreachable'],
    line: /502/,
  }),
  silent('404', {
    fault: always('environment', { status: 404, body: '{"code":"not_found"}' }),
    codes: ['not-found'],
    line: /no environment/,
  }),
  silent('401 with HTML', { fault: always('environment', html(401)), codes: ['unreachable'], line: /401/ }),
  deliver('the environment is redirected', {
    fault: once('environment', {
      status: 307,
      headers: { location: '{server}/api/v1/client/{environment}/environment' },
    }),
  }),
  deliver('expiresAt is no date', {
    fault: always('environment', {
      change: (reply) => Object.assign(reply.data, { expiresAt: 'soon' }) && reply,
    }),
  }),
  deliver('expiresAt was in 1999', {
    fault: always('environment', {
      change: (reply) => Object.assign(reply.data, { expiresAt: '1999-01-01T00:00:00Z' }) && reply,
    }),
  }),
  deliver('a display: 500 once', { before: SOON, fault: once('displays', { status: 500, body: '' }) }),
  deliver('a display: the reply is lost', { before: SOON, fault: once('displays', { line: 'lose' }) }),
  deliver('an answer: 500 once', { before: SOON, fault: once('responses', { status: 500, body: '<h1>' }) }),
  deliver('an answer: 503 with Retry-After once', {
    before: SOON,
    fault: once('responses', { status: 503, headers: { 'retry-after': '1' }, body: '' }),
  }),
  deliver('an answer: 429 once', { before: SOON, fault: once('responses', { status: 429, body: '{}' }) }),
  deliver('an answer: 403 by a firewall once', { before: SOON, fault: once('responses', html(403)) }),
  deliver('an answer: a sign-in page takes it with 200', { before: SOON, fault: once('responses', html()) }),
  deliver('an answer: an empty 200', { before: SOON, fault: once('responses', { body: '' }) }),
  deliver('an answer: null', { before: SOON, fault: once('responses', { body: 'null' }) }),
  deliver('an answer: the line is cut', { before: SOON, fault: once('responses', { line: 'cut' }) }),
  deliver('an answer: the reply is lost', { before: SOON, fault: once('responses', { line: 'lose' }) }),
  deliver('an answer: a reply of 8 MB', {
    before: SOON,
    fault: once('responses', { body: Buffer.alloc(8e6, ' ') }),
  }),
  silent('no chunk can be had', {
    isScriptFaulty: true,
    fault: always('chunks/', { status: 404, body: '' }),
    codes: ['renderer'],
    line: /renderer|script/,
  }),
  silent('the chunk is an HTML page', {
    isScriptFaulty: true,
    fault: always('chunks/', html()),
    codes: ['renderer'],
    line: /renderer|script/,
  }),
  silent('the chunk exports nothing', {
    isScriptFaulty: true,
    fault: always('chunks/', {
      headers: { 'content-type': 'text/javascript' },
      body: 'export const nothing = 1',
    }),
    codes: ['renderer'],
    line: /renderer|script/,
  }),
  deliver('the hashed chunk is gone', {
    isScriptFaulty: true,
    fault: ({ path }) => (path.startsWith('chunks/ui-') ? { status: 404, body: '' } : undefined),
  }),
];

const POLICY: readonly Condition[] = [
  deliver('<base> points elsewhere', { head: '<base href="https://elsewhere.invalid/deep/">' }),
  deliver('two tags with the same id', {
    tag: '<script async src="{server}/inkling.js" data-environment-id="{environment}"></script><script async src="{server}/inkling.js" data-environment-id="{environment}"></script>',
  }),
  deliver('two tags with different ids', {
    tag: '<script src="{server}/inkling.js" data-environment-id="{environment}"></script><script src="{server}/inkling.js" data-environment-id="another"></script>',
    line: /second-setup/,
  }),
  deliver('setup is called twice more', {
    whenReady:
      'const o = { environmentId: "{environment}", appUrl: "{server}" }; inkling.setup(o); inkling.setup(o); inkling("track", "go")',
  }),
  silent('a mistake in the tag', {
    tag: 'data-environment-id="NOT VALID"',
    codes: ['environment-id'],
    line: /environmentId/,
  }),
  silent('setup without anything', {
    tag: '<script src="{server}/inkling.js"></script>',
    whenReady: 'inkling.setup(); inkling.setup(null); inkling.setup(5)',
    codes: ['environment-id', 'environment-id', 'environment-id'],
    line: /environmentId/,
  }),
  deliver('a tag manager injects the tag', {
    tag: '<script nonce="n">const s = document.createElement("script"); s.async = true; s.src = "{server}/inkling.js"; s.setAttribute("data-environment-id", "{environment}"); document.head.insertBefore(s, document.head.firstChild)</script>',
  }),
  deliver('the tag is a module, so there is no currentScript', {
    tag: '<script type="module" src="{server}/inkling.js" data-environment-id="{environment}"></script>',
  }),
  deliver('the tag is pinned by its hash', {
    tag: '<script async src="{server}/inkling.js" integrity="{integrity}" crossorigin="anonymous" data-environment-id="{environment}"></script>',
  }),
  silent('the tag is pinned by another hash', {
    tag: '<script async src="{server}/inkling.js" integrity="sha384-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" crossorigin="anonymous" data-environment-id="{environment}"></script>',
  }),
  deliver('the strictest policy with Trusted Types', {
    headers: {
      'content-security-policy':
        "default-src 'none'; script-src {server} 'self' 'nonce-n'; connect-src {server}; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    },
  }),
  silent('the policy refuses to connect', {
    headers: {
      'content-security-policy':
        "default-src 'none'; script-src {server} 'self' 'nonce-n'; connect-src 'self'",
    },
    codes: ['csp'],
    line: /connect-src/,
  }),
  silent('the policy refuses the chunk', {
    headers: {
      'content-security-policy':
        "default-src 'none'; script-src {server}/inkling.js 'self' 'nonce-n'; connect-src {server}",
    },
    codes: ['csp'],
    line: /script-src/,
  }),
  deliver('the policy sandboxes the page', {
    headers: { 'content-security-policy': 'sandbox allow-scripts' },
  }),
  deliver('COEP require-corp and COOP', {
    headers: { 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' },
  }),
  deliver('COEP credentialless', { headers: { 'cross-origin-embedder-policy': 'credentialless' } }),
  deliver('no referrer, and every feature refused', {
    headers: {
      'referrer-policy': 'no-referrer',
      'permissions-policy': 'camera=(), geolocation=(), fullscreen=(), web-share=(), compute-pressure=()',
      'document-policy': 'force-load-at-top',
    },
  }),
  deliver('an iframe of the same origin', { frame: '' }),
  deliver('an iframe of another origin', { frame: 'other' }),
  deliver('an iframe with sandbox="allow-scripts"', { frame: 'sandbox="allow-scripts"' }),
  deliver('an iframe with sandbox="allow-scripts allow-same-origin"', {
    frame: 'sandbox="allow-scripts allow-same-origin"',
  }),
  deliver('an iframe with sandbox="allow-scripts allow-forms"', {
    frame: 'sandbox="allow-scripts allow-forms"',
  }),
];

/** Every hostile condition with its expected outcome. */
export const CONDITIONS: readonly Condition[] = [
  ...FETCH,
  ...JSON_AND_PROMISES,
  ...PROTOTYPES,
  ...MODULES_AND_NAMES,
  ...MISSING,
  ...DOM,
  ...CSS,
  ...CONSOLE_AND_CLOCKS,
  ...STORAGE,
  ...SERVER,
  ...POLICY,
];
