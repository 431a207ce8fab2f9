import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundsCheck, findExcess } from '../../../server/http/json-bounds.ts';
import { MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_JSON_KEYS } from '../../../src/core/limits.ts';

const lists = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const object = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, index) => `"k${index}":1`).join(',')}}`;

describe('what is beyond a bound is found with its path', () => {
  it.each([
    ['depth', lists(MAX_JSON_DEPTH), undefined],
    ['depth', lists(MAX_JSON_DEPTH + 1), Array(MAX_JSON_DEPTH).fill('0').join('.')],
    ['keys', object(MAX_JSON_KEYS), undefined],
    ['keys', object(MAX_JSON_KEYS + 1), ''],
    ['keys', `{"a":[1,{"b":${object(MAX_JSON_KEYS + 1)}}]}`, 'a.1.b'],
    ['keys', `{"\\u0061\\"":${object(MAX_JSON_KEYS + 1)}}`, 'a"'],
    ['keys', `{"a":${lists(3)},"b":{"c":1},"d":[[],${object(MAX_JSON_KEYS + 1)}]}`, 'd.1'],
    ['keys', `[${Array(MAX_JSON_KEYS + 5).fill('{"a":1}')}]`, undefined],
    ['values', `{"a":1,"data":[${Array(5_000).fill('1')}]}`, 'data'],
    ['values', `[${Array(5_000).fill('1')}]`, '4999'],
    ['values', `{"a":"${',[{'.repeat(9_000)}"}`, undefined],
    ['values', `{"a":"${'\\",['.repeat(9_000)}"}`, undefined],
    ['values', `{"a":"\\\\",${'"a":1,'.repeat(900)}"a":1}`, undefined],
  ] as const)('%s of %.40s', (problem, text, path) => {
    const found = findExcess(text, 4_999);
    expect(found).toEqual(path === undefined ? undefined : { path, problem });
  });

  it('a list has at most 25,000 items', () => {
    const list = (items: number): string => `{"a":[[],[${Array(items).fill('1').join(',')}]]}`;
    expect(findExcess(list(MAX_JSON_ITEMS), 100_000)).toBeUndefined();
    expect(findExcess(list(MAX_JSON_ITEMS + 1), 100_000)).toEqual({ path: 'a.1', problem: 'items' });
  });

  it.each(['', '"', '"\\', ']', '}}', '[}', ',,,', '{"a"', '\\"', ':', '{:', '[1,{"a":}'])(
    'and %j is left to the parser',
    (text) => expect(findExcess(text, 100)).toBeUndefined(),
  );

  it('values of any JSON are counted, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const count = countSigns(value);
        expect(findExcess(text, count)).toBeUndefined();
        if (count > 0) expect(findExcess(text, count - 1)?.problem).toBe('values');
      }),
    );
  });
});

describe('pieces of any length give the same as the whole', () => {
  const inPieces = (text: string, length: number, most: number) => {
    const check = createBoundsCheck(most);
    const pieces: Buffer[] = [];
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += length) {
      pieces.push(bytes.subarray(at, at + length));
      const excess = check.read(pieces);
      if (excess) return excess;
    }
    return undefined;
  };

  it('of JSON with quotes, backslashes and other alphabets', () => {
    const sign = fc.constantFrom('"', '\\', ',', ':', '{', '[', '}', ']', 'a', 'é', '漢', '😀');
    const text = fc.oneof(
      fc.string({ unit: sign, maxLength: 60 }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), fc.nat(8), (json, length, most) => {
        expect(inPieces(json, length, most)).toEqual(findExcess(json, most));
      }),
      { numRuns: 5_000 },
    );
  });

  it('and name a key that is cut', () => {
    expect(inPieces(`{"a":1,"schlüssel\\"":${lists(MAX_JSON_DEPTH + 1)}}`, 1, 9_999)?.path).toMatch(
      /^schlüssel"\.0/,
    );
  });
});

/** Commas and opening brackets outside of texts. */
function countSigns(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  return 1 + Math.max(0, inner.length - 1) + inner.reduce<number>((sum, item) => sum + countSigns(item), 0);
}
