// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InklingGlobal } from '../../src/api/types.ts';
import { install } from '../../src/client/install.ts';
import { answer, fakeClock, pass, wellAnswer } from '../session/support.ts';
import { loadReal, watchConsole } from './support.ts';

type Stub = { q?: unknown[][] } & object;
const page = window as unknown as { inkling?: InklingGlobal | Stub };
const client = () => page.inkling as InklingGlobal;

let lines: string[] = [];
beforeEach(() => {
  fakeClock();
  globalThis.indexedDB = new IDBFactory();
  lines = watchConsole();
});
afterEach(() => {
  client()?.destroy?.();
  Reflect.deleteProperty(page, 'inkling');
  document.head.innerHTML = '';
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Puts a script tag on the page, which nothing fetches. */
function addTag(attributes: Readonly<Record<string, string>>): HTMLScriptElement {
  const tag = document.createElement('script');
  tag.type = 'text/plain';
  for (const [name, value] of Object.entries(attributes)) tag.setAttribute(name, value);
  document.head.append(tag);
  return tag;
}

/** Installs as the script does that the browser runs; null: as one that a tag manager has injected. */
function run(tag: Element | null) {
  const bases: string[] = [];
  const asked = answer(wellAnswer);
  vi.spyOn(document, 'currentScript', 'get').mockReturnValue(tag as HTMLScriptElement | null);
  install(async (base, name) => {
    bases.push(base);
    return loadReal(name);
  });
  return { bases, asked };
}

const SRC = 'https://surveys.test/inkling.js';
const NAMED = { src: SRC, 'data-environment-id': 'e' };

describe('the script tag', () => {
  it('sets the client up for its environment, on the server it came from', async () => {
    run(addTag({ ...NAMED, 'data-user-id': 'u1' }));
    await pass(10);
    expect(client().state?.()).toMatchObject({ environmentId: 'e', userId: 'u1' });
    expect(typeof client().version).toBe('string');
    expect(lines).toEqual([]);
  });

  it('identifies with the proof of data-user-hash', async () => {
    const { asked } = run(addTag({ ...NAMED, 'data-user-id': 'u1', 'data-user-hash': 'proof' }));
    await pass(10);
    const bodies = asked.filter(({ path }) => path === 'e/user').map(({ body }) => body);
    expect(bodies).toEqual([{ userId: 'u1', userHash: 'proof' }]);
  });

  it.each([
    ['under the older name of the environment', { src: SRC, 'data-workspace-id': 'e' }],
    ['from the folder of its version', { ...NAMED, src: 'https://surveys.test/0.0.0-test/inkling.js' }],
    ['with an address of the server of its own', { ...NAMED, 'data-app-url': 'https://surveys.test' }],
  ])('works %s', async (_name, attributes) => {
    const seen: string[] = [];
    const tag = addTag(attributes);
    run(tag);
    vi.stubGlobal('fetch', async (url: string) => {
      seen.push(url);
      throw new TypeError('no network');
    });
    await pass(10);
    expect(seen).toEqual(['https://surveys.test/api/v1/client/e/environment']);
  });

  it('is found on the page where the browser does not name the running script', async () => {
    addTag({ src: 'https://surveys.test/other.js', 'data-environment-id': 'x' });
    addTag(NAMED);
    run(null);
    await pass(10);
    expect(client().state?.()?.environmentId).toBe('e');
  });

  it('is not an image of the name `currentScript`', async () => {
    addTag(NAMED);
    const image = document.createElement('img');
    image.dataset.environmentId = 'x';
    run(image);
    await pass(10);
    expect(client().state?.()?.environmentId).toBe('e');
  });

  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['granted', true],
    ['required', false],
    ['denied', false],
    [' ', false],
    ['yes', false],
  ])('with data-consent %s begins: %s', async (consent, isBegun) => {
    run(addTag({ ...NAMED, ...(consent !== undefined && { 'data-consent': consent }) }));
    await pass(10);
    expect(client().state?.() !== undefined).toBe(isBegun);
  });

  it('without an environment sets nothing up: the page calls setup itself', async () => {
    const { asked } = run(addTag({ src: SRC }));
    await pass(10);
    expect(client().state?.()).toBeUndefined();
    void client().setup?.({ environmentId: 'e', appUrl: 'https://surveys.test' });
    await pass(3_000);
    expect(asked.map(({ path }) => path)).toEqual(['e/environment']);
    expect(lines).toEqual([]);
  });

  it.each([
    ['without the attribute', {}, 'missing'],
    ['with an attribute that is misspelt', { 'data-environmentid': 'e' }, 'data-environmentid instead'],
  ])('%s is a line for the developer, where the page calls no setup', async (_name, attributes, words) => {
    const { asked } = run(addTag({ src: SRC, ...attributes }));
    await pass(3_000);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(words);
    expect(lines[0]).toContain('(environment-id)');
    expect(asked).toEqual([]);
  });

  it('without an environment beside a right one is no mistake', async () => {
    run(addTag(NAMED));
    run(addTag({ src: SRC }));
    await pass(3_000);
    expect(client().state?.()?.environmentId).toBe('e');
    expect(lines).toEqual([]);
  });

  describe('whose attributes a tag manager has stripped', () => {
    it.each([
      ['environment=e', {}],
      ['environment-id=e', {}],
      ['environmentId=e', {}],
      ['workspace-id=e', {}],
      ['environment=x', { 'data-environment-id': 'e' }],
      ['environment=e#x=/y', {}],
      ['v=1&environment=e&a%20b=1&=2&x=/y/z.js&__proto__=1', {}],
    ])('has its settings in its address: %s', async (query, attributes) => {
      const { asked, bases } = run(addTag({ src: `${SRC}?${query}`, ...attributes }));
      await pass(10);
      expect(asked.map(({ path }) => path)).toEqual(['e/environment']);
      void client().showSurvey?.('s1');
      void client().render?.({});
      await pass(10);
      expect(new Set(bases)).toEqual(new Set(['https://surveys.test/']));
    });

    it('has the others there, too', async () => {
      const seen: string[] = [];
      run(addTag({ src: `${SRC}?environment=e&app-url=https://other.test&user-id=u1&language=de` }));
      vi.stubGlobal('fetch', async (url: string) => {
        seen.push(url);
        throw new TypeError('no network');
      });
      await pass(10);
      expect(client().state?.()).toMatchObject({ userId: 'u1', language: 'de' });
      expect(new Set(seen.map((url) => new URL(url).origin))).toEqual(new Set(['https://other.test']));
    });

    it.each(['required', 'denied', 'yes', ''])('and waits for consent: consent=%s', async (consent) => {
      const { asked } = run(addTag({ src: `${SRC}?environment=e&consent=${consent}` }));
      await pass(10);
      expect(client().state?.()).toBeUndefined();
      expect(asked).toEqual([]);
    });

    it.each([
      ['https://surveys.test/inkling.js?environment=e', true],
      ['https://surveys.test/inkling.full.js?environment=e', true],
      ['https://surveys.test/inkling.js', false],
    ])('is found where the browser does not name the running script: %s', async (src, isNamed) => {
      addTag({ src: 'https://page.test/inkling-setup.js' });
      addTag({ src });
      const { bases } = run(null);
      await pass(3_000);
      expect(client().state?.()?.environmentId).toBe(isNamed ? 'e' : undefined);
      expect(lines).toHaveLength(isNamed ? 0 : 1);
      expect(bases).toEqual(isNamed ? [] : ['https://surveys.test/']);
    });
  });

  it('whose address has no folder is set up for the server that it names', async () => {
    const tag = addTag({
      ...NAMED,
      src: 'blob:https://page.test/4c5e',
      'data-app-url': 'https://surveys.test',
    });
    const { asked } = run(tag);
    await pass(10);
    expect(asked.map(({ path }) => path)).toEqual(['e/environment']);
  });

  it('says where the chunks lie: beside the script, or on the server of setup', async () => {
    const beside = run(addTag({ ...NAMED, 'data-app-url': 'https://other.test' }));
    void client().showSurvey?.('s1');
    void client().render?.({});
    await pass(10);
    expect(new Set(beside.bases)).toEqual(new Set(['https://surveys.test/']));
    client().destroy?.();
    Reflect.deleteProperty(page, 'inkling');
    document.head.innerHTML = '';
    const alone = run(null);
    void client().setup?.({ environmentId: 'e', appUrl: 'https://server.test' });
    void client().render?.({});
    await pass(10);
    expect(new Set(alone.bases)).toEqual(new Set(['https://server.test/']));
  });
});

describe('the stub', () => {
  it('has its calls made in their order, before setup', async () => {
    const seen: string[] = [];
    page.inkling = {
      q: [
        ['on', 'error', ({ code }: { code: string }) => seen.push(code)],
        ['identify', 'u1'],
        ['no such call'],
      ],
    };
    run(addTag({ ...NAMED, 'data-environment-id': 'E!' }));
    await pass(10);
    expect(seen).toEqual(['unknown-call', 'environment-id']);
  });

  it('of the older kind, with lists of arguments, is understood', async () => {
    const list = { 0: 'identify', 1: 'u1', length: 2, [Symbol.iterator]: Array.prototype[Symbol.iterator] };
    page.inkling = { q: [list as never] };
    run(addTag(NAMED));
    await pass(10);
    expect(client().state?.()).toMatchObject({ userId: 'u1' });
  });

  it('gives way to the client, which can be called by name', async () => {
    page.inkling = { q: [['identify', 'u1']] };
    run(addTag(NAMED));
    await pass(10);
    expect(client()('state')).toMatchObject({ userId: 'u1' });
  });
});

it('a client that is there already stays', async () => {
  run(addTag(NAMED));
  const first = page.inkling;
  await pass(10);
  run(addTag(NAMED));
  await pass(10);
  expect(page.inkling).toBe(first);
  expect(lines).toEqual([]);
});

it('an element of the name `inkling` is no client', async () => {
  page.inkling = document.createElement('form');
  run(addTag(NAMED));
  await pass(10);
  expect(client().state?.()?.environmentId).toBe('e');
});

it('throws nothing on a page where something is broken', () => {
  vi.spyOn(document, 'currentScript', 'get').mockImplementation(() => {
    throw new Error('the page');
  });
  expect(() => install(async (_base, name) => loadReal(name))).not.toThrow();
});
