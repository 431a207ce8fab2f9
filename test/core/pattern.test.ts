import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ADDRESS_STEPS, MAX_ANSWER_STEPS, MAX_MATCHED_CHARS } from '../../src/core/limits.ts';
import { createPatternMatcher, isMatchable } from '../../src/core/pattern.ts';
import { HOSTILE_ADDRESSES, HOSTILE_PATTERNS } from './hostile-patterns.ts';

const matcher = createPatternMatcher();
const match = (pattern: string, text: string, flags?: string) =>
  matcher(pattern, text, { steps: MAX_ANSWER_STEPS }, flags);

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
  ['too large', '(?:(?:ab){1,60}){1,60}'],
])('a pattern that is %s is refused', (_name, pattern) => {
  expect(match(pattern, 'https://site.test/aa')).toBeUndefined();
});

it('deep nesting takes little time', () => {
  expect(match(`${'('.repeat(100)}a${'+)'.repeat(100)}$`, 'aaaa')).toBe(true);
});

/** Patterns of validation rules as owners write them, with texts on both sides. */
const WRITTEN: readonly (readonly [pattern: string, flags: string, texts: readonly string[]])[] = [
  [
    '^.{10,2000}$',
    '',
    ['x'.repeat(9), 'x'.repeat(10), 'x'.repeat(2_000), 'x'.repeat(2_001), 'x\n'.repeat(9)],
  ],
  ['^[^]{2000,}$', '', ['x'.repeat(1_999), 'x'.repeat(2_000), 'x'.repeat(4_000)]],
  ['^(?=.*[a-z])(?=.*\\d)[\\w-]{8,64}$', '', ['abcdefg1', 'abcdefgh', 'abc1', `${'a1'.repeat(33)}`]],
  ['^[A-Z]{2}\\d{2} ?(?:\\d{4} ?){3,7}\\d{1,2}$', 'i', ['de89 3704 0044 0532 0130 00', 'DE89', 'gb29nwbk']],
  ['^\\p{Lu}\\p{L}+$', 'u', ['Ärger', 'ärger', 'Ω', 'Ωα', '😀😀']],
  ['^.$', 'u', ['😀', '\ud83d', 'ab', '\n']],
  ['^.$', '', ['😀', '\ud83d', 'a']],
  ['^.$', 's', ['\n', 'a']],
  ['^\\u{1F600}[\\u{1F601}-\\u{1F64F}]$', 'u', ['😀😁', '😀a', '😀😀']],
  ['\\ud83d\\ude00+$', 'u', ['😀😀', '😀\ud83d']],
  ['^(?:a|b)$', 'm', ['c\na\nd', 'ca', 'c\rb', 'b\u2028c']],
  ['straße', 'i', ['STRASSE', 'STRAßE', 'Straẞe']],
  ['straße', 'iu', ['STRAßE', 'Straẞe']],
  ['\\bk', 'iu', ['\u212aelvin', 'ſk', 'a k']],
  ['[^x]', 'i', ['X', 'xX', 'y']],
  ['[k-m]', 'iu', ['\u212a', 'L']],
  ['^a{0,3}b{2}c{2,}?$', 'dgy', ['bbcc', 'aaabbccc', 'aaaabbcc', 'abbc', 'xbbcc']],
  ['(?<!x{2,5})y', '', ['xy', 'xxy', 'xxxxxxxy']],
  ['(?<=[ab]{3,4}c)d', 'i', ['ABAcd', 'abcd', 'aabbacd']],
  ['^(?:x{2,3}y{0,2}){2,4}$', '', ['xxxx', 'xxyxxxyyxx', 'xyx', 'xx', 'xxxxxxxxxxxx', 'xxxxxxxxxxxxx']],
];

it.each(WRITTEN)('%s with the flags "%s" matches like RegExp', (pattern, flags, texts) => {
  const native = new RegExp(pattern, flags.replace(/[gy]/g, ''));
  for (const text of texts) expect(match(pattern, text, flags), text.slice(0, 40)).toBe(native.test(text));
  expect(isMatchable(pattern, flags, { steps: MAX_ANSWER_STEPS })).toBe(true);
});

it.each([
  ['invalid', '(', ''],
  ['with a backreference', '(a)\\1', ''],
  ['too long', 'a'.repeat(513), ''],
  ['too large', '(?:(?:ab){1,60}){1,60}', ''],
  ['with an unknown flag', 'a', 'q'],
  ['with a flag twice', 'a', 'ii'],
  ['with sets of texts', '[a--b]', 'v'],
  ['invalid with the flag u', '\\-', 'u'],
])('a pattern %s can not be matched', (_name, pattern, flags) => {
  expect(isMatchable(pattern, flags, { steps: MAX_ANSWER_STEPS })).toBe(false);
  expect(match(pattern, 'a', flags)).toBeUndefined();
});

it('all matches of a purse together take no more steps than it has', () => {
  const purse = { steps: 100_000 };
  const answers = Array.from({ length: 200 }, (_, n) =>
    matcher(`(?:[a-y]|[b-z])*${n}`, 'b'.repeat(500), purse),
  );
  expect(answers[0]).toBe(false);
  expect(answers.at(-1)).toBeUndefined();
  expect(purse.steps).toBeGreaterThan(-10_000);
});

it('the work for one pattern grows linearly with the text, whatever the pattern', () => {
  const stepsOf = (pattern: string, text: string): number => {
    const purse = { steps: Number.MAX_SAFE_INTEGER };
    matcher(pattern, '', purse);
    const before = purse.steps;
    matcher(pattern, text, purse);
    return before - purse.steps;
  };
  for (const pattern of HOSTILE_PATTERNS) {
    for (const letters of ['a', 'aA1 =', 'ab.!']) {
      const [short, long] = [256, 4 * 256].map((length) =>
        stepsOf(pattern, letters.repeat(length).slice(0, length)),
      );
      // Twice the share of a text that is longer than all counted repeats.
      expect(long, `${pattern} ${letters}`).toBeLessThanOrEqual(8 * Math.max(short ?? 0, 1_000));
    }
  }
});

it('a long text costs a long counted repeat of one character little', () => {
  const purse = { steps: 10 * MAX_MATCHED_CHARS };
  expect(createPatternMatcher()('^.{10,4000}$', 'x'.repeat(MAX_MATCHED_CHARS), purse)).toBe(false);
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
    'B',
    'k',
    '\\s',
    '[^\\n]',
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
    '{3,5}',
    '{0}',
    '{2,4}?',
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
  const units = [...'aabAB1/.-?é\n', '😀', '\ud83d', '\u212a', 'ſ'];
  const address = fc.string({ unit: fc.constantFrom(...units), maxLength: 10 });
  const flags = fc.constantFrom('', '', 'i', 'm', 's', 'u', 'iu', 'imsu', 'gy');
  const runs = process.env.INKLING_PROVE === 'full' ? 20_000 : 2_000;

  it(`${runs} random patterns match like RegExp`, () => {
    let asked = 0;
    fc.assert(
      fc.property(
        pattern,
        flags,
        fc.array(address, { minLength: 3, maxLength: 3 }),
        (source, sign, addresses) => {
          const native = toRegExp(source, sign.replace(/[gy]/g, ''));
          for (const text of addresses) {
            const answer = match(source, text, sign);
            if (answer === undefined && native && source.length > 60) continue;
            asked++;
            expect(answer).toBe(native && testAsSpecified(native, text));
          }
        },
      ),
      { numRuns: runs, seed: 4 },
    );
    expect(asked).toBeGreaterThan(runs * 2.5);
  }, 120_000);
});

/**
 * Tests a pattern at each place where ECMAScript says that a search begins. In Unicode mode V8 looks between the two halves
 * of a character, too, where `\B` matches.
 */
function testAsSpecified(pattern: RegExp, text: string): boolean {
  if (!pattern.unicode) return pattern.test(text);
  const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
  const starts = [...text].map((_, index, all) => all.slice(0, index).join('').length);
  return [...starts, text.length].some((start) => {
    sticky.lastIndex = start;
    return sticky.test(text);
  });
}

function toRegExp(source: string, flags = ''): RegExp | undefined {
  try {
    return new RegExp(source, flags);
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
      matcher(pattern, address, { steps: MAX_ADDRESS_STEPS });
      const { user, system } = process.cpuUsage(before);
      if (user + system > 50_000) slow.push(`${pattern}: ${user + system} µs`);
      pairs++;
    }
  }
  expect(pairs).toBeGreaterThanOrEqual(1_000);
  expect(slow).toEqual([]);
});
