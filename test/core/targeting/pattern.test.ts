import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPatternMatcher } from '../../../src/core/targeting/pattern.ts';
import { HOSTILE_ADDRESSES, HOSTILE_PATTERNS } from './hostile-patterns.ts';

const match = createPatternMatcher();

/** Ordinary patterns of URL rules. */
const ORDINARY = [
  'docs',
  '^https://site\\.test/$',
  '^https?://(www\\.)?site\\.(test|com)(/.*)?$',
  '/products/\\d+',
  '/blog/\\d{4}/\\d{2}/[\\w-]+/?$',
  '/(de|en|fr)/checkout',
  '^(?!.*(login|admin)).*$',
  '(?<=[?&])ref=(mail|ad)\\b',
  '(?<!shop)/cart',
  '\\?(?:.*&)?utm_source=[^&#]+',
  '[^/]+\\.html?#',
  '^(?<scheme>https?)://',
  '/item-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '.*',
  '',
  'a|',
  '\\/path\\x2fto|\\u002fdocs\\b',
  '[]',
  '[^]',
  '[\\]/-]docs',
  '^$|\\.php',
  'x{,3}|{|}|\\{',
  '\\Bocs\\B',
];
const ADDRESSES = [
  'https://site.test/',
  'https://www.site.com/de/checkout?ref=mail#top',
  'http://site.test/blog/2026/11/a-post_1/',
  'https://shop/cart?utm_source=x',
  'https://site.test/admin/docs/index.html#part',
  'https://site.test/products/42?a=1&utm_source=mail&b=2',
  'https://site.test/item-0123abcd-1234-5678-9abc-0123456789ab',
  'https://site.test/path/to.php',
  '',
];

it.each(ORDINARY)('%s matches like RegExp', (pattern) => {
  for (const address of ADDRESSES) {
    expect(match(pattern, address), address).toBe(new RegExp(pattern).test(address));
  }
});

it.each([
  ['broken', '('],
  ['also invalid', 'a**'],
  ['a backreference', '(a)\\1'],
  ['a backreference by name', '(?<n>a)\\k<n>'],
  ['too long', 'a'.repeat(513)],
  ['too large', '(?:a{1,60}){1,60}'],
])('a pattern that is %s is refused', (_name, pattern) => {
  expect(match(pattern, 'https://site.test/aa')).toBeUndefined();
});

it('a too long address is refused', () => {
  expect(match('x', 'x'.repeat(2_048))).toBe(true);
  expect(match('x', 'x'.repeat(2_049))).toBeUndefined();
});

it('deep nesting takes little time', () => {
  expect(match(`${'('.repeat(100)}a${'+)'.repeat(100)}$`, 'aaaa')).toBe(true);
});

describe('random patterns', () => {
  const literal = fc.constantFrom(
    ...'ab/.-',
    '\\.',
    '\\/',
    '\\w',
    '\\d',
    '\\W',
    '[ab]',
    '[^a]',
    '[a-c\\d]',
    '.',
  );
  const place = fc.constantFrom('^', '$', '\\b', '\\B');
  const sign = fc.constantFrom(
    '',
    '',
    '',
    '*',
    '+',
    '?',
    '{2}',
    '{0,2}',
    '{1,3}',
    '{2,}',
    '*?',
    '+?',
    '??',
    '{1,2}?',
  );
  const { pattern } = fc.letrec<{ pattern: string; branch: string; term: string; group: string }>((tie) => ({
    pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 2 }).map((branches) => branches.join('|')),
    branch: fc.array(tie('term'), { maxLength: 4 }).map((terms) => terms.join('')),
    term: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.tuple(literal, sign).map(([one, count]) => one + count),
      place,
      fc.tuple(tie('group'), sign).map(([one, count]) => one + count),
      fc
        .tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('pattern'))
        .map(([open, inside]) => `${open}${inside})`),
    ),
    group: fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'))
      // A group name can't be used twice.
      .map(([open, inside]) => `${open === '(?<n>' && inside.includes('<n>') ? '(' : open}${inside})`),
  }));
  const address = fc.string({ unit: fc.constantFrom(...'aab1/.-?é\n'), maxLength: 10 });
  const runs = process.env.INKLING_PROVE === 'full' ? 20_000 : 2_000;

  it(`${runs} random patterns match like RegExp`, () => {
    let asked = 0;
    fc.assert(
      fc.property(pattern, fc.array(address, { minLength: 3, maxLength: 3 }), (source, addresses) => {
        const native = toRegExp(source);
        for (const text of addresses) {
          const answer = match(source, text);
          if (answer === undefined && native && source.length > 60) continue;
          asked++;
          expect(answer).toBe(native?.test(text));
        }
      }),
      { numRuns: runs, seed: 4 },
    );
    expect(asked).toBeGreaterThan(runs * 2.5);
  }, 120_000);
});

function toRegExp(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

it('none of 1,000 hostile pairs takes long', () => {
  const matcher = createPatternMatcher();
  const slow: string[] = [];
  let pairs = 0;
  for (const pattern of HOSTILE_PATTERNS) {
    for (const address of HOSTILE_ADDRESSES) {
      // CPU time instead of elapsed time: other tests run at the same time.
      const before = process.cpuUsage();
      matcher(pattern, address);
      const { user, system } = process.cpuUsage(before);
      if (user + system > 50_000) slow.push(`${pattern}: ${user + system} µs`);
      pairs++;
    }
  }
  expect(pairs).toBeGreaterThanOrEqual(1_000);
  expect(slow).toEqual([]);
});
