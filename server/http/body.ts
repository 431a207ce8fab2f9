import type { Context } from 'hono';
import { ApiError, badRequest } from '../base/api-error.ts';

/** The most bytes a body may have: 2 MiB (client-api.md 2.3). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** The message of most routes for a body that is not JSON. */
export const MALFORMED = 'Malformed JSON input, please check your request body';

/**
 * Reads the body as JSON without looking at its content type. Throws 413 above the limit, by the declared length
 * before reading and by count while reading, and 400 with `message` when it is not JSON.
 */
export async function readJson(c: Context, message: string = MALFORMED): Promise<unknown> {
  return parse(await readText(c), message);
}

/**
 * As `readJson`, but anything that is no object counts as one without members (client-api.md 2.3): the schema then
 * names the fields that are missing.
 */
export async function readObject(c: Context, message: string): Promise<object> {
  const body = await readJson(c, message);
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
}

/** As `readJson`, but an empty body counts as an empty object. */
export async function readOptionalJson(c: Context): Promise<unknown> {
  const text = await readText(c);
  return text.trim() === '' ? {} : parse(text, MALFORMED);
}

function parse(text: string, message: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(message, { error: error instanceof Error ? error.message : 'not JSON' });
  }
}

async function readText(c: Context): Promise<string> {
  try {
    const declared = c.req.header('content-length');
    if (declared === undefined) return await readCounted(c.req.raw.body);
    if (Number(declared) > MAX_BODY_BYTES) throw tooLarge();
    return await c.req.text();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // Whoever sent half a body is gone. To the log that would look like a database that broke a connection.
    throw badRequest('The body ended before it was complete');
  }
}

async function readCounted(body: Request['body']): Promise<string> {
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): ApiError {
  const error = `Request body must not exceed ${MAX_BODY_BYTES} bytes`;
  return new ApiError('payload_too_large', 'Payload Too Large', { error });
}
