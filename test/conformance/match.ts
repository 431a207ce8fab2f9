import { inspect } from 'node:util';

type Accepts = (value: unknown, now: number, parts: unknown) => boolean;

/** A matcher for a part of an expected body that the specification doesn't fix. */
export class Matcher {
  readonly name: string;
  /** Values to compare with; texts may contain names in braces like everywhere else. */
  readonly parts: unknown;
  readonly #accepts: Accepts;

  constructor(name: string, accepts: Accepts, parts?: unknown) {
    this.name = name;
    this.#accepts = accepts;
    this.parts = parts;
  }

  accepts(value: unknown, now: number): boolean {
    return this.#accepts(value, now, this.parts);
  }

  /** A copy with other parts, in which names were replaced. */
  with(parts: unknown): Matcher {
    return new Matcher(this.name, this.#accepts, parts);
  }
}

/** Any text, for wording that is unspecified. */
export const anyText = new Matcher('any text', (value) => typeof value === 'string' && value !== '');
/** An id made by the server. */
export const anyId = new Matcher('an id', (value) => typeof value === 'string' && /^[0-9a-z]+$/.test(value));
/** Either flag. */
export const anyFlag = new Matcher('true or false', (value) => typeof value === 'boolean');
/** Any list. */
export const anyList = new Matcher('a list', Array.isArray);
/** Any object, an empty one too. */
export const anyObject = new Matcher('an object', isObject);
/** A member that must be absent. */
export const absent = new Matcher('nothing', (value) => value === undefined);
/** Anything, or nothing. */
export const anything = new Matcher('anything', () => true);

/** Text that matches a pattern. */
export function like(pattern: RegExp): Matcher {
  return new Matcher(`like ${pattern}`, (value) => typeof value === 'string' && pattern.test(value));
}

/** The instant this number of ms after the request, as an ISO text. */
export function after(ms: number): Matcher {
  return new Matcher(`${ms} ms from now`, (value, now) => value === new Date(now + ms).toISOString());
}

/** An instant that is computed from the instant of the request. */
export function instant(name: string, decide: (now: number) => number): Matcher {
  return new Matcher(name, (value, now) => value === new Date(decide(now)).toISOString());
}

/** An object that has at least these members. */
export function having(members: Readonly<Record<string, unknown>>): Matcher {
  const accepts: Accepts = (value, now, parts) =>
    isObject(value) && Object.entries(parts as object).every(([key, part]) => isSame(part, value[key], now));
  return new Matcher('an object with some members', accepts, members);
}

/** A list in which each of these items occurs. */
export function including(...items: readonly unknown[]): Matcher {
  const accepts: Accepts = (value, now, parts) =>
    Array.isArray(value) &&
    (parts as unknown[]).every((part) => value.some((found) => isSame(part, found, now)));
  return new Matcher('a list with some items', accepts, items);
}

/** A list in which none of these items occurs. */
export function without(...items: readonly unknown[]): Matcher {
  const accepts: Accepts = (value, now, parts) =>
    Array.isArray(value) &&
    !(parts as unknown[]).some((part) => value.some((found) => isSame(part, found, now)));
  return new Matcher('a list without some items', accepts, items);
}

function isSame(expected: unknown, actual: unknown, now: number): boolean {
  return differences(expected, actual, { now }).length === 0;
}

/** Compares whole values and returns one line per difference; an unexpected member is a difference. */
export function differences(
  expected: unknown,
  actual: unknown,
  { now, path = 'body' }: { readonly now: number; readonly path?: string },
): readonly string[] {
  if (expected instanceof Matcher) {
    return expected.accepts(actual, now)
      ? []
      : [`${path}: expected ${nameOf(expected)}, got ${show(actual)}`];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length =
      expected.length === actual.length
        ? []
        : [`${path}: ${expected.length} items expected, got ${show(actual)}`];
    return [
      ...length,
      ...expected.flatMap((item, index) =>
        differences(item, actual[index], { now, path: `${path}[${index}]` }),
      ),
    ];
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys.flatMap((key) => differences(expected[key], actual[key], { now, path: `${path}.${key}` }));
  }
  return Object.is(expected, actual) ? [] : [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

function nameOf({ name, parts }: Matcher): string {
  return parts === undefined ? name : `${name}: ${show(parts)}`;
}
