import type { Context } from 'hono';
import { ApiError, badRequest } from '../base/api-error.ts';

/** Size limit of a body: 2 MiB (client-api.md 2.3). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Message of most routes for a body that is not JSON. */
export const MALFORMED = 'Malformed JSON input, please check your request body';

/**
 * Reads the body as JSON, whatever its content type. Throws 413 above the limit, by the declared length before reading or
 * else by counting, and 400 with `message` when it is not JSON.
 */
export async function readJson(c: Context, message: string = MALFORMED): Promise<unknown> {
  return parse(await readText(c), message);
}

/**
 * As `readJson`, but anything other than an object counts as an empty one (client-api.md 2.3): the schema then names the
 * missing fields.
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
    // The client disconnected. Passed on, the error would be logged like a broken database connection.
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
