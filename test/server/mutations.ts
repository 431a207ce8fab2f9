import fc from 'fast-check';

/** A piece of JSON text that no JavaScript value writes: a huge number, a key twice. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** One change of a body; the numbers say where. */
export interface Mutation {
  readonly kind: 'text' | 'replace' | 'remove' | 'add' | 'twice' | 'nest' | 'none';
  readonly where: number;
  readonly value: unknown;
  readonly key: string;
}

const LONG = 'long '.repeat(2_000);

/** Texts that have broken somebody before. */
export const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff\ud800',
  '\ufeff\u202e\u200b',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  'i\u0307\u0327'.repeat(50),
  '\u2028\u2029',
  '__proto__',
  'constructor',
  'toString',
  "'; drop table response; --",
  '%00%s%n$&$1{{7*7}}',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '\\u0000\\',
  '"',
  'NaN',
  '-0',
  '1e309',
  '2026-02-30',
  '2026-11-24T00:00:00.000Z',
  'default',
  LONG,
] as const;

const ODD_NUMBERS = [
  new Raw('-0'),
  new Raw('1e400'),
  new Raw('-1e400'),
  new Raw('1e-400'),
  new Raw('9007199254740993'),
  new Raw('123456789012345678901234567890'),
  new Raw(`0.${'1'.repeat(400)}`),
  2 ** 31,
  -1,
  0.1,
  Number.MAX_VALUE,
];

const ODD_VALUES = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  Array.from({ length: 2_000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, 'x'])),
  { default: '\u0000' },
  { __proto__: null, toString: 'x', hasOwnProperty: 1 },
  new Raw('{"__proto__":{"polluted":true}}'),
  new Raw('{"constructor":{"prototype":{"polluted":true}}}'),
  new Raw('[1e400,{"a":-0}]'),
];

const texts = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 400 }) },
);
const values: fc.Arbitrary<unknown> = fc.oneof(
  texts,
  fc.constantFrom(...ODD_NUMBERS),
  fc.constantFrom(...ODD_VALUES),
  fc.double(),
  fc.maxSafeInteger(),
);
const keys = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'userId',
    'id',
    'environmentId ',
    'length',
    '\u0000',
    '\ud800',
    '',
    '0',
    '_total',
    'email',
    'language',
    LONG,
  ),
  fc.string({ maxLength: 20 }),
);

/** Changes of a body. Half of them change a text, which many fields allow: a body that passes reaches the database. */
export const mutations: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('text' as const) },
    { weight: 3, arbitrary: fc.constant('add' as const) },
    { weight: 2, arbitrary: fc.constant('twice' as const) },
    { weight: 2, arbitrary: fc.constant('replace' as const) },
    { weight: 1, arbitrary: fc.constantFrom('remove' as const, 'nest' as const, 'none' as const) },
  ),
  where: fc.nat(10_000),
  value: values,
  key: keys,
});

/** The JSON text of a body after a change. */
export function mutate(body: unknown, { kind, where, value, key }: Mutation): string {
  const places = listPlaces(body);
  const pick = <T>(from: readonly T[]): T | undefined => from[where % Math.max(from.length, 1)];
  const change = (path: readonly string[] | undefined, next: (present: unknown) => unknown): string =>
    write(path === undefined ? body : changeAt(body, path, next));
  const containers = places.filter(({ present }) => isObject(present)).map(({ path }) => path);
  switch (kind) {
    case 'text': {
      const path = pick(places.filter(({ present }) => typeof present === 'string'))?.path;
      return change(path, () => (typeof value === 'string' ? value : ODD_TEXTS[where % ODD_TEXTS.length]));
    }
    case 'replace':
      return change(pick(places)?.path, () => value);
    case 'remove':
      return change(pick(places.slice(1))?.path, () => undefined);
    case 'add':
      return change(pick(containers), (present) => new Raw(withEntry(present, key, value)));
    case 'twice':
      return change(pick(containers), (present) => new Raw(withRepeat(present, where)));
    case 'nest':
      return change(pick(places)?.path, () => new Raw(nested(where % 4 === 0 ? 100_000 : 1_000, where)));
    case 'none':
      return write(body);
  }
}

/** Every value of a body with its path, the body itself first. */
export function listPlaces(
  body: unknown,
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly present: unknown }[] {
  const inner =
    typeof body === 'object' && body !== null
      ? Object.entries(body).flatMap(([key, value]) => listPlaces(value, [...path, key]))
      : [];
  return [{ path, present: body }, ...inner];
}

/** A copy with one value changed; `undefined` takes it away. */
export function changeAt(
  body: unknown,
  [key, ...rest]: readonly string[],
  next: (present: unknown) => unknown,
): unknown {
  if (key === undefined) return next(body);
  const at = changeAt((body as Record<string, unknown>)[key], rest, next);
  if (Array.isArray(body)) return body.map((item: unknown, index) => (String(index) === key ? at : item));
  return { ...(body as object), [key]: at };
}

/** JSON text, `Raw` as it is. */
export function write(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

function withEntry(present: unknown, key: string, value: unknown): string {
  const text = write(present);
  const entry = `${JSON.stringify(key)}:${write(value)}`;
  return text === '{}' ? `{${entry}}` : `${text.slice(0, -1)},${entry}}`;
}

function withRepeat(present: unknown, where: number): string {
  const entries = Object.entries(present as object);
  const [key, value] = entries[where % Math.max(entries.length, 1)] ?? ['a', 1];
  return withEntry(present, key, value);
}

function nested(depth: number, where: number): string {
  return where % 2 === 0
    ? `${'['.repeat(depth)}${']'.repeat(depth)}`
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
