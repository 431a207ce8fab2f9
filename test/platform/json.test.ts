import { afterEach, expect, test } from 'vitest';
import { stringify } from '../../src/platform/json.ts';

/** A small seeded generator, so that a failure comes again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomValue(random: () => number, depth: number): unknown {
  const pick = Math.floor(random() * (depth > 0 ? 9 : 7));
  if (pick === 0) return null;
  if (pick === 1) return random() < 0.5;
  if (pick === 2) return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
  if (pick === 3) return Math.floor(random() * 1000);
  if (pick === 4)
    return [undefined, Number.NaN, new Date(random() * 4e12), new Date(Number.NaN)][Math.floor(random() * 4)];
  if (pick < 7) return randomText(random);
  const parts = Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth - 1));
  return pick === 7 ? parts : Object.fromEntries(parts.map((part) => [randomText(random), part]));
}

/** Any code units: quotes, controls, pairs, halves of pairs. */
function randomText(random: () => number): string {
  const units = [
    '"',
    '\\',
    '\n',
    '\u0000',
    '\u2028',
    'ä',
    '😀',
    '\ud800',
    '\udfff',
    'a',
    '/',
    '\u007f',
    '__proto__',
  ];
  return Array.from(
    { length: Math.floor(random() * 6) },
    () => units[Math.floor(random() * units.length)],
  ).join('');
}

const prototypes = [Array, Object, String, Number, Boolean, Date].map(({ prototype }) => prototype as object);
const { stringify: native } = JSON;
const nativeDate = Object.getOwnPropertyDescriptor(Date.prototype, 'toJSON') as PropertyDescriptor;

afterEach(() => {
  JSON.stringify = native;
  for (const prototype of prototypes) Reflect.deleteProperty(prototype, 'toJSON');
  Object.defineProperty(Date.prototype, 'toJSON', nativeDate);
});

test('20,000 random values read back as what JSON.stringify would have sent', () => {
  const random = seeded(4);
  for (let n = 0; n < 20_000; n++) {
    const value = randomValue(random, 4) ?? null;
    expect(JSON.parse(stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
  }
});

test('arrays stay arrays on a page with Prototype.js 1.6', () => {
  for (const prototype of prototypes) {
    Object.assign(prototype, {
      toJSON(this: unknown) {
        return `"${String(this)}"`;
      },
    });
  }
  const value = { a: ['x', { b: 1 }], when: new Date(0), text: 'it' };
  expect(JSON.stringify(value)).not.toContain('["x"');
  expect(stringify(value)).toBe('{"a":["x",{"b":1}],"when":"1970-01-01T00:00:00.000Z","text":"it"}');
});

test('a page that broke JSON.stringify gets its answers sent', () => {
  JSON.stringify = () => undefined as unknown as string;
  expect(stringify({ id: 'r1', seq: 2 })).toBe('{"id":"r1","seq":2}');
});

test('what JSON cannot say is left out; alone it is null', () => {
  expect(stringify({ a: undefined, b: () => 1, c: Symbol('c'), d: 1n })).toBe('{}');
  expect([stringify(undefined), stringify(() => 1), stringify(1n)]).toEqual(['null', 'null', 'null']);
});
