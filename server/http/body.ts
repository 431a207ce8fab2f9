import { isAscii } from 'node:buffer';
import type { Context } from 'hono';
import {
  LARGE_BODY_BYTES,
  MAX_BODY_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_DOCUMENT_VALUES,
  MAX_JSON_DEPTH,
  MAX_JSON_ITEMS,
  MAX_JSON_KEYS,
  MAX_JSON_VALUES,
} from '../../src/core/limits.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { BodyKind, Share } from './capacity.ts';
import { createBoundsCheck, type Excess, findExcess } from './json-bounds.ts';

/** A body up to this length is held as it is declared, and read without counting. */
const SMALL_BYTES = 16 * 1024;

/** Message of most routes for a body that is not JSON. */
export const MALFORMED = 'Malformed JSON input, please check your request body';

/**
 * Reads the body as JSON, whatever its content type. Throws 413 above the limit, by the declared length before reading or
 * else by counting, and 400 when it is not JSON, with `message`, or beyond one of the bounds of JSON (limits.md 1).
 */
export async function readJson(c: Context, message: string = MALFORMED): Promise<unknown> {
  return parseJson(await readText(c), message);
}

/** As `readJson`, for a survey or a segment: those may have more values than any other body, and fewer bytes. */
export async function readDocument(c: Context): Promise<unknown> {
  return parseJson(await readText(c, { maxBytes: MAX_DOCUMENT_BYTES, maxValues: MAX_DOCUMENT_VALUES }));
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
  return text.trim() === '' ? {} : parseJson(text);
}

/** Parses JSON; throws 400 with `message` when it is none. */
export function parseJson(text: string, message: string = MALFORMED): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(message, { error: error instanceof Error ? error.message : 'not JSON' });
  }
}

/** Throws 400 that names the place which is beyond a bound. */
function refuseExcess(excess: Excess | undefined, maxValues: number): void {
  if (excess) throw badRequest('JSON input is too large', { [excess.path]: toMessage(excess, maxValues) });
}

function toMessage({ problem }: Excess, maxValues: number): string {
  if (problem === 'depth') return `Must not be nested more than ${MAX_JSON_DEPTH} deep`;
  if (problem === 'items') return `Must not have more than ${MAX_JSON_ITEMS} items`;
  if (problem === 'keys') return `Must not have more than ${MAX_JSON_KEYS} keys`;
  return `Must not have more than ${maxValues} values`;
}

/** What `serve.ts` passes along with a request; nothing of it is there for a request without a socket. */
export interface Bindings {
  readonly share: Share | undefined;
}

/** Returns the request's share of the server's capacity. */
export function shareOf(c: Context): Share | undefined {
  return (c.env as Partial<Bindings> | undefined)?.share;
}

/** How a body is collected. */
export interface CollectOptions {
  readonly kind: BodyKind;
  readonly maxBytes: number;
  readonly maxValues: number;
  /** Makes the error for a body over `maxBytes`. */
  readonly tooLarge: () => ApiError;
  /** Called with all pieces after each one that arrives. */
  readonly onPiece?: ((pieces: readonly Uint8Array[]) => void) | undefined;
}

/**
 * Reads a body of JSON whole. It holds its bytes within the server's capacity until the request is over; throws 503 when
 * there is no room for them, the error of `tooLarge` above the limit, by the declared length before reading, else by
 * counting, and 400 for what is beyond one of the bounds of JSON, without keeping what comes after that place.
 */
export async function collect(c: Context, options: CollectOptions): Promise<string> {
  const { kind, maxBytes, maxValues, tooLarge } = options;
  const length = c.req.header('content-length');
  const declared = length === undefined ? undefined : Number(length);
  if (declared !== undefined && declared > maxBytes) throw tooLarge();
  const share = shareOf(c);
  share?.receive(kind);
  const isSmall = declared !== undefined && declared <= SMALL_BYTES && !options.onPiece;
  if (isSmall) share?.hold(declared);
  if (isSmall) {
    const text = await readWhole(c);
    share?.complete();
    refuseExcess(findExcess(text, maxValues), maxValues);
    return text;
  }
  const { pieces, size, excess } = await readPieces(c, share, options);
  if (size > LARGE_BODY_BYTES) await share?.takeTurn();
  refuseExcess(excess, maxValues);
  share?.complete();
  const bytes = Buffer.concat(pieces);
  // Takes a tenth of the time.
  return isAscii(bytes) ? bytes.toString('latin1') : new TextDecoder().decode(bytes);
}

/** Bounds of a body other than those of every body. */
interface TextBounds {
  readonly maxBytes?: number;
  readonly maxValues?: number;
}

function readText(
  c: Context,
  { maxBytes = MAX_BODY_BYTES, maxValues = MAX_JSON_VALUES }: TextBounds = {},
): Promise<string> {
  return collect(c, { kind: 'json', maxBytes, maxValues, tooLarge: () => tooLarge(maxBytes) });
}

async function readWhole(c: Context): Promise<string> {
  try {
    return await c.req.text();
  } catch {
    throw endedEarly();
  }
}

async function readPieces(
  c: Context,
  share: Share | undefined,
  { maxBytes, maxValues, tooLarge, onPiece }: CollectOptions,
): Promise<{
  readonly pieces: readonly Uint8Array[];
  readonly size: number;
  readonly excess: Excess | undefined;
}> {
  const { body } = c.req.raw;
  const pieces: Uint8Array[] = [];
  const bounds = createBoundsCheck(maxValues);
  let excess: Excess | undefined;
  let size = 0;
  if (!body) return { pieces, size, excess };
  try {
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
      size += piece.byteLength;
      if (size > maxBytes) throw tooLarge();
      // What is refused is read to its end, so that the connection stays, and not kept.
      if (excess) continue;
      share?.hold(piece.byteLength);
      pieces.push(piece);
      onPiece?.(pieces);
      excess = bounds.read(pieces);
      if (excess) pieces.length = 0;
    }
  } catch (error) {
    throw error instanceof ApiError ? error : endedEarly();
  }
  return { pieces, size, excess };
}

/** The client disconnected. Passed on, its error would be logged like a broken database connection. */
function endedEarly(): ApiError {
  return badRequest('The body ended before it was complete');
}

function tooLarge(maxBytes: number): ApiError {
  const error = `Request body must not exceed ${maxBytes} bytes`;
  return new ApiError('payload_too_large', 'Payload Too Large', { error });
}
