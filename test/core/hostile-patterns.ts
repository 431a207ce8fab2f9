/** Patterns that take the browser's own engine seconds to centuries (catastrophic backtracking), and some large ones. */
export const HOSTILE_PATTERNS: readonly string[] = [
  '(a+)+$',
  '^(a+)+$',
  '([a-z]+)*\\d',
  '(a|a)*b',
  '(a|aa)+$',
  '(a|a?)+$',
  '(.*)*x$',
  '(.*)*=(.*)*!',
  '.*.*.*=.*',
  '.*.*.*.*.*.*.*.*!',
  '(.*a){20}!',
  '(\\w+\\s?)+$!',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(?=(a+)+!)a',
  '(?!(a*)*!)(?!(b*)*!).*!',
  '(?<=(a+)+!)c',
  '((((((((((a+)+)+)+)+)+)+)+)+)+)+!',
  `${'('.repeat(100)}a${'*)'.repeat(100)}!`,
  '(a?){60}a{60}!',
  `${'a?'.repeat(120)}${'a'.repeat(120)}!`,
  `${'(a|b)'.repeat(80)}!`,
  `${'(?=a*b)'.repeat(60)}!`,
  '(a{1,30}){1,30}!',
  'a{1,2000}!',
  '.{0,900}!',
  '[^!]{1,999}!',
  '(?:[ab]|[a-c]|\\w){1,200}!',
  '(?:\\w|\\d|[a-z]){0,230}!',
  '(?:a{50}){50}',
  '(a+)\\1!',
  '(a*)*\\1*!',
  `${'[a-z]*'.repeat(80)}!`,
  `${'.*'.repeat(250)}!`,
  'x'.repeat(512),
  `${'a*'.repeat(250)}$!`,
  '\\b(\\w+\\b)*!',
  '((?:a|\\b)+)*!',
  '(?:(?:a?b?)*c?)*!',
  '(?:^|a)+(?:$|a)+!',
  `(?:${'a|'.repeat(200)}a)*!`,
];

const BASE = 'https://site.test/';
const upTo = (length: number, part: string): string => `${BASE}${part.repeat(length)}`.slice(0, length);

/** Addresses to match: short ones and of the maximum length, of one character and mixed. */
export const HOSTILE_ADDRESSES: readonly string[] = [
  BASE,
  ...['a', 'ab', 'aaaaaaaab', 'a=b&', 'a ', '%61', 'aA1-', '/a'].flatMap((part) =>
    [64, 512, 2_048].map((length) => upTo(length, part)),
  ),
];
