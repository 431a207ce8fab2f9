import type { Context } from 'hono';
import { badRequest } from '../base/api-error.ts';

/** The requested part of a list; undefined means no bound. */
export interface Page {
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

/** Reads `limit` and `offset` (or `skip`); an empty value is 0. Throws 400 for anything but a whole number from 0 on. */
export function readPage(c: Context): Page {
  return { limit: readCount(c, 'limit'), offset: readCount(c, 'skip') ?? readCount(c, 'offset') };
}

function readCount(c: Context, name: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isNaN(count))
    throw badRequest('Validation failed: Invalid input: expected number, received NaN');
  if (!Number.isSafeInteger(count) || count < 0) {
    throw badRequest(`Validation failed: ${name} must be a whole number from 0 on`);
  }
  return count;
}

/** Checks an id from the path; throws 400 when it is none. */
export function readId(text: string): string {
  if (!/^[0-9a-z]+$/.test(text)) throw badRequest('Validation failed: Invalid cuid2');
  return text;
}
