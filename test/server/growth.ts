import { MAX_DOCUMENT_VALUES, MAX_JSON_KEYS, MAX_JSON_VALUES } from '../../src/core/limits.ts';

/** A way of making one place of a body large. */
export interface Growth {
  readonly name: string;
  /** How large it is made: characters of a text, values of a list or an object, levels of nesting. */
  readonly sizes: readonly number[];
  /** JSON text of that size; `present` is what stands in the place. */
  write(size: number, present: unknown): string;
}

const MIB = 1024 * 1024;
/** Around the bounds of single texts, and doubling up to the limit of a body. */
const TEXT_SIZES = [250, 2_000, 10_000, 256 * 1024, 1.95 * MIB];
/** Around the bounds of keys and values. */
const COUNTS = [490, MAX_JSON_KEYS - 10, MAX_JSON_VALUES - 100, MAX_DOCUMENT_VALUES - 100];
const DEPTHS = [60, 240, 500_000];

/** Texts that make some parser, comparison or pattern slow, by what they are about: beginning, repeated part, end. */
const TEXTS: Readonly<Record<string, readonly [head: string, unit: string, tail: string]>> = {
  letters: ['', 'x', ''],
  capitals: ['', 'X', ''],
  digits: ['', '1', ''],
  zeros: ['0.', '0', '1'],
  blanks: ['x', ' ', 'x'],
  tabs: ['', '\t', 'x'],
  'line breaks': ['', '\r\n', 'x'],
  'an e-mail with many domains': ['a@', 'a.', ''],
  'an e-mail with many dots': ['', 'a.', '@example.com'],
  'many at signs': ['', '@', ''],
  'an instant with many digits': ['2026-11-24T00:00:00.', '1', 'Z'],
  'a date in words': ['Tue Nov 24 2026 ', '(', ''],
  'an address with many parameters': ['https://example.com/?', 'a=1&', ''],
  'an address with many folders': ['https://example.com/', '../a/', ''],
  'an address with a long host': ['https://', 'a.', 'example'],
  'an address with escapes': ['https://example.com/', '%C3%A4', ''],
  'an address with escapes in its host': ['https://', '%C3%A4', '.com'],
  'an IPv6 address': ['http://[', '0:', ']'],
  'many schemes': ['', 'http://', ''],
  'a stored file': ['/storage/a/private/', 'a--fid--', ''],
  'a file with many dots': ['', '.a', '.png'],
  'a file of combining marks': ['a', '\u0315\u0300\u0327', '.png'],
  'a host of combining marks': ['https://a', '\u0315\u0300\u0327', '.com'],
  'a nested repeat': ['^', '(a+)+', '$'],
  'open groups': ['', '(', ''],
  'open classes': ['', '[', ''],
  'equal signs': ['', '=', 'x'],
  base64: ['data:image/png;base64,', 'AAAA', '=='],
  'combining marks': ['i', '\u0307\u0327', ''],
  'half characters': ['', '\ud800', ''],
  'joined faces': ['', '\u{1f469}\u200d', ''],
  'letters that grow in lower case': ['', '\u0130', ''],
  'Greek that has two final letters': ['', '\u03a3', ''],
  tags: ['', '<b>', ''],
  'open tags': ['', '<', ''],
  'open quotes in tags': ['', '<a "', ''],
  'attributes of both quotes': ['', '<a "\'', ''],
  'hidden elements': ['', '<script>', ''],
  'ends of hidden elements': ['<script>', '</script', ''],
  comments: ['', '<!--', ''],
  'links without an end': ['<a href=', ' href=', '>'],
  entities: ['<b>', '&amp;', ''],
  'open entities': ['', '&', ''],
  'recalled answers': ['', '#recall:a/fallback:', ''],
  prototypes: ['', '__proto__', ''],
  underscores: ['', '_', ''],
  'escaped quotes': ['', '"', ''],
  backslashes: ['', '\\', ''],
  'many commas': ['', ',', ''],
  colours: ['#', 'f', ''],
};

const VALUES: Readonly<Record<string, string>> = {
  nothing: 'null',
  numbers: '1',
  texts: '"x"',
  flags: 'true',
  'empty objects': '{}',
  'empty lists': '[]',
  'lists of nothing': '[null]',
};

/** Every way of making a text long. */
export const TEXT_GROWTHS: readonly Growth[] = [
  ...Object.entries(TEXTS).map(
    ([name, [head, unit, tail]]): Growth => ({
      name: `a text of ${name}`,
      sizes: TEXT_SIZES,
      write: (size) => JSON.stringify(head + unit.repeat(Math.max(1, size / Buffer.byteLength(unit))) + tail),
    }),
  ),
  {
    name: 'a text of language variants',
    sizes: TEXT_SIZES,
    write: (size) => JSON.stringify(toVariants(size)),
  },
  {
    name: 'a text of a host of different letters',
    sizes: TEXT_SIZES,
    write: (size) => JSON.stringify(toHost(size)),
  },
  {
    name: 'a text of markup in markup',
    sizes: TEXT_SIZES,
    write: (size) => JSON.stringify(toNestedMarkup(size)),
  },
];

/** Every way of making a place large. */
export const GROWTHS: readonly Growth[] = [
  ...TEXT_GROWTHS,
  ...Object.entries(VALUES).flatMap(([name, value]): readonly Growth[] => [
    {
      name: `a list of ${name}`,
      sizes: COUNTS,
      write: (size) => `[${repeat(size, () => value)}]`,
    },
    {
      name: `an object of ${name}`,
      sizes: COUNTS,
      write: (size) => `{${repeat(size, (index) => `"k${index}":${value}`)}}`,
    },
    {
      name: `an object of lists of ${name}`,
      sizes: COUNTS,
      write: (size) => `{${repeat(size / 10, (index) => `"k${index}":[${repeat(9, () => value)}]`)}}`,
    },
    {
      name: `an object of objects of ${name}`,
      sizes: COUNTS,
      write: (size) =>
        `{${repeat(size / 10, (index) => `"k${index}":{${repeat(9, (inner) => `"j${inner}":${value}`)}}`)}}`,
    },
  ]),
  {
    name: 'an object of numbered keys',
    sizes: COUNTS,
    write: (size) => `{${repeat(size, (index) => `"${index * 4_099}":"x"`)}}`,
  },
  {
    name: 'an object of one key again and again',
    sizes: COUNTS,
    write: (size) => `{${repeat(size, () => '"__proto__":{"default":"x"}')}}`,
  },
  {
    name: 'an object of long keys',
    sizes: COUNTS,
    write: (size) =>
      `{${repeat(Math.min(size, MAX_JSON_KEYS), (index) => `"${'k'.repeat(1_900)}${index}":1`)}}`,
  },
  {
    name: 'more of what is there',
    sizes: COUNTS,
    write: toMore,
  },
  {
    name: 'lists in lists',
    sizes: DEPTHS,
    write: (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`,
  },
  {
    name: 'objects in objects',
    sizes: DEPTHS,
    write: (depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  },
  {
    name: 'what is there in itself',
    sizes: DEPTHS,
    write: (depth, present) => toNested(depth, present),
  },
  {
    name: 'a long list in lists',
    sizes: COUNTS,
    write: (size) => `${'['.repeat(120)}${repeat(size, () => 'null')}${']'.repeat(120)}`,
  },
  {
    name: 'conditions in groups',
    sizes: COUNTS,
    write: (size) => toGroups(Math.min(100, size / 4), size),
  },
  {
    name: 'filters in lists',
    sizes: COUNTS,
    write: (size) => toFilters(Math.min(90, size / 4), size),
  },
  {
    name: 'blanks between',
    sizes: TEXT_SIZES,
    write: (size, present) => `${' '.repeat(size)}${JSON.stringify(present)}`,
  },
];

function repeat(count: number, write: (index: number) => string): string {
  return Array.from({ length: Math.max(1, Math.floor(count)) }, (_, index) => write(index)).join(',');
}

/** `en-v0000-v0001-…`: no variant of a language tag may stand twice. */
function toVariants(size: number): string {
  let text = 'en';
  for (let index = 0; text.length < size; index++) text += `-v${index.toString(36).padStart(5, '0')}`;
  return text;
}

/** Every letter of a host that differs from the others is looked for in all of it. */
function toHost(size: number): string {
  return `https://${Array.from({ length: size }, (_, index) => String.fromCodePoint(0x4e00 + (index % 20_000))).join('')}.example`;
}

/** Markup that is there only once other markup is taken away, and so on. */
function toNestedMarkup(size: number): string {
  let text = '<b>';
  for (let level = 0; text.length < size; level++) text += `&${'amp;'.repeat(level)}lt;b>`;
  return text;
}

/** More items like the ones that are there, each with an id of its own; of a text, more languages. */
function toMore(size: number, present: unknown): string {
  if (Array.isArray(present)) {
    const item = JSON.stringify(present[0] ?? null);
    const count = size / Math.max(1, countValues(present[0]));
    return `[${repeat(count, (index) => item.replaceAll(/"(id|name)":"[^"]*"/g, `"$1":"n${index}"`))}]`;
  }
  if (typeof present === 'object' && present !== null) {
    const [entry = ['k', 'x']] = Object.entries(present);
    const value = JSON.stringify(entry[1]);
    const own = JSON.stringify(present).slice(1, -1);
    const more = repeat(size / Math.max(1, countValues(entry[1])), (index) => `"k${index}":${value}`);
    return `{${own}${own === '' ? '' : ','}${more}}`;
  }
  return JSON.stringify(present);
}

function countValues(value: unknown): number {
  return JSON.stringify(value ?? null).split(/[,[{]/).length;
}

function toNested(depth: number, present: unknown): string {
  const least = Math.min(depth, 2 * MIB);
  if (Array.isArray(present)) return `${'['.repeat(least)}${JSON.stringify(present)}${']'.repeat(least)}`;
  const [key] = typeof present === 'object' && present !== null ? Object.keys(present) : [];
  const start = `{${JSON.stringify(key ?? 'a')}:`;
  return `${start.repeat(least)}${JSON.stringify(present)}${'}'.repeat(least)}`;
}

/** Groups of conditions in each other, around wrong conditions. */
function toGroups(depth: number, size: number): string {
  const start = '{"id":"g","connector":"and","conditions":[';
  const levels = Math.floor(depth);
  return `${start.repeat(levels)}${repeat(size / 2, () => '{}')}${']}'.repeat(levels)}`;
}

function toFilters(depth: number, size: number): string {
  const start = '[{"id":"f","connector":"and","resource":';
  const levels = Math.floor(depth);
  return `${start.repeat(levels)}[${repeat(size / 2, () => '{}')}]${'}]'.repeat(levels)}`;
}
