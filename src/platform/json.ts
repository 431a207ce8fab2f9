/** Characters that end a JSON string early or are no text by themselves. */
const UNSAFE = /["\\\p{Cc}\p{Cs}]/gu;

/**
 * Writes a value as JSON text, as `JSON.stringify` does on a page of its own. On a host page that one may be replaced
 * altogether, or a `toJSON` on a prototype changes its result (Prototype.js 1.6 turns arrays into strings), so every body
 * is written here. Dates become ISO texts; values that JSON can't express are left out, or are `null` in an array.
 *
 * Throws on a value that contains itself.
 *
 * @example
 * stringify({ data: ['a', undefined], who: undefined }); // '{"data":["a",null]}'
 */
export function stringify(value: unknown): string {
  return write(value) ?? 'null';
}

function write(value: unknown): string | undefined {
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null';
  if (typeof value !== 'object') return undefined;
  if (value instanceof Date) return Number.isNaN(+value) ? 'null' : quote(value.toISOString());
  let text = '';
  if (Array.isArray(value)) {
    // Not by its keys: Prototype.js 1.6 gives the inherited ones, too.
    for (const part of value) text += `,${stringify(part)}`;
    return `[${text.slice(1)}]`;
  }
  for (const key of Object.keys(value)) {
    const part = write(value[key as keyof typeof value]);
    if (part) text += `,${quote(key)}:${part}`;
  }
  return `{${text.slice(1)}}`;
}

function quote(text: string): string {
  return `"${text.replace(UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}
