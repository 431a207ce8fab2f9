import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BusboyFileStream } from '@fastify/busboy';
import type { Context } from 'hono';
import { MAX_CLAIM_BYTES, MAX_FILE_BYTES, MAX_UPLOAD_VALUES } from '../../src/core/limits.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import { withoutEnd } from '../base/without-end.ts';
import { fileTooLarge } from '../domain/upload-elements.ts';
import { parseFilePath, toFilePath } from '../files/file-address.ts';
import { parseStoredName, toStoredName } from '../files/file-name.ts';
import type { UploadBytes } from '../files/receive-upload.ts';
import { PUBLIC_FILE, type UploadClaim, type UploadTicket } from '../files/upload-ticket.ts';
import { collect, MALFORMED, parseJson, shareOf } from '../http/body.ts';

/** Callbacks of an upload. */
export interface UploadSteps {
  readonly environmentId: string;
  /** Verifies a claim; throws when it is invalid. */
  readonly admit: (claim: Omit<UploadClaim, 'environmentId'>) => UploadTicket;
  /** Stores the bytes or throws. */
  readonly receive: (ticket: UploadTicket, bytes: UploadBytes) => Promise<void>;
}

const OVERHEAD_BYTES = 64 * 1024;
const MAX_JSON_BYTES = Math.ceil((MAX_FILE_BYTES * 4) / 3) + OVERHEAD_BYTES;
/** Limit for all bytes before the file; larger than the fields, since the parser lags behind the bytes counted. */
const MAX_FIELD_BYTES = 4 * OVERHEAD_BYTES;
const MAX_FORM_BYTES = MAX_FILE_BYTES + 16 * OVERHEAD_BYTES;
/** Fields of the permission in a JSON upload. */
const CLAIM_FIELDS = ['fileName', 'fileType', 'surveyId', 'timestamp', 'signature', 'uuid'];
/** What a form holds at most: its fields, or the pieces of the file on their way to the store. */
const FORM_BYTES = MAX_FIELD_BYTES;
/** Bytes written to the parser at a time. It may buffer twice as many: a skipped part that doesn't fit would stall it. */
const PIECE_BYTES = 64 * 1024;
/** Idle timeout of a form: no byte received or consumed. */
const IDLE_MS = 10_000;
// No limit for a field's length, since a truncated field stalls the parser too: all bytes before the file are counted.
const FORM_LIMITS = {
  fields: 20,
  fieldSize: Number.MAX_SAFE_INTEGER,
  files: 1,
  parts: 21,
  headerPairs: 20,
  headerSize: 8 * 1024,
};

/**
 * Reads one upload in any encoding that clients have used (management-api.md 12.2): a form with signed fields and the
 * file; signed headers with a form or with `{fileBase64String}`; everything in one JSON body. The content type only
 * distinguishes forms: JSON is sent as `text/plain` too. Resolves to the status that clients of the encoding expect.
 *
 * Until its permission is verified, an upload shares a small budget with all others that have none yet.
 */
export async function readUpload(c: Context, steps: UploadSteps): Promise<{ readonly status: 200 | 201 }> {
  // Until the whole body is read: a reply before that ends the connection, and the client must know.
  c.header('Connection', 'close');
  const { body } = c.req.raw;
  if (!body) throw badRequest('file is required');
  const type = c.req.header('content-type') ?? '';
  if (!/^multipart\/form-data/i.test(type)) return keepAlive(c, await readJsonUpload(c, steps));
  const declared = Number(c.req.header('content-length') ?? 0);
  if (declared > MAX_FILE_BYTES + OVERHEAD_BYTES) throw fileTooLarge(MAX_FILE_BYTES);
  const bytes = body as unknown as AsyncIterable<Uint8Array>;
  return keepAlive(c, await readForm(c, { bytes, type, steps }));
}

async function readJsonUpload(c: Context, steps: UploadSteps): Promise<{ readonly status: 200 }> {
  // Verified before the body is read.
  const isSigned = c.req.header('x-signature') !== undefined;
  let ticket = isSigned ? admitHeaders(c, steps) : undefined;
  const text = await collect(c, {
    kind: isSigned ? 'upload' : 'unsigned-upload',
    maxBytes: MAX_JSON_BYTES,
    maxValues: MAX_UPLOAD_VALUES,
    tooLarge: () => fileTooLarge(MAX_FILE_BYTES),
    onPiece: createClaimSearch((claim) => {
      ticket ??= admitClient(claim, steps);
      shareOf(c)?.permit();
    }),
  });
  const upload = parseObject(text);
  await steps.receive(ticket ?? admitClient(upload, steps), [toBytes(upload)]);
  return { status: 200 };
}

/**
 * Makes a search for the permission at the beginning of a JSON upload, before the file: that is where clients put it. It
 * is called with the pieces so far, and calls `found` once.
 */
function createClaimSearch(
  found: (claim: Readonly<Record<string, unknown>>) => void,
): (pieces: readonly Uint8Array[]) => void {
  let size = 0;
  // Looks again when there is twice as much: single bytes must not cost the whole beginning each.
  let next = 1;
  return (pieces) => {
    size += pieces.at(-1)?.byteLength ?? 0;
    if (size < next) return;
    const text = Buffer.concat(pieces).subarray(0, MAX_CLAIM_BYTES).toString();
    const end = text.indexOf('"fileBase64String"');
    next = end !== -1 || size >= MAX_CLAIM_BYTES ? Number.POSITIVE_INFINITY : 2 * size;
    const claim = end === -1 ? undefined : parseBeginning(text.slice(0, end).trimEnd());
    if (claim && CLAIM_FIELDS.every((name) => /^(string|number)$/.test(typeof claim[name]))) found(claim);
  };
}

/** Parses an object that breaks off after a member and its comma; undefined for anything else. */
function parseBeginning(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(`${text.slice(0, -1)}}`) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

function keepAlive<T>(c: Context, result: T): T {
  c.header('Connection', undefined);
  return result;
}

interface Form {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly type: string;
  readonly steps: UploadSteps;
}

async function readForm(c: Context, { bytes, type, steps }: Form): Promise<{ readonly status: 200 | 201 }> {
  const { Busboy } = await import('@fastify/busboy');
  const fields = new Map<string, string>();
  let file: BusboyFileStream | undefined;
  let received: Promise<void> | undefined;

  const share = shareOf(c);
  share?.receive('unsigned-upload');
  share?.hold(FORM_BYTES);

  const take = async (stream: BusboyFileStream): Promise<void> => {
    const ticket = fields.has('X-Signature') ? admitFields(fields, steps) : admitHeaders(c, steps);
    share?.permit();
    await steps.receive(ticket, bytesOf(stream));
  };
  const parser = orMalformed(
    () =>
      new Busboy({
        headers: { 'content-type': type },
        limits: FORM_LIMITS,
        fileHwm: 2 * PIECE_BYTES,
        isPartAFile: (name) => name === 'file',
      }),
  );
  parser.on('field', (name, value) => fields.set(name, value));
  parser.on('file', (_name, stream) => {
    file = stream;
    // The reader of the stream handles its errors; one after its end has no reader.
    stream.on('error', () => undefined);
    received = take(stream);
    received.catch((error: Error) => parser.destroy(error));
  });

  const giveUp = setTimeout(() => parser.destroy(malformedForm()), IDLE_MS);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of bytes) {
      for (let start = 0; start < chunk.byteLength; start += PIECE_BYTES) {
        const piece = chunk.subarray(start, start + PIECE_BYTES);
        size += piece.byteLength;
        if (size > (file ? MAX_FORM_BYTES : MAX_FIELD_BYTES)) throw malformedForm();
        giveUp.refresh();
        yield piece;
      }
    }
  }
  const problem = await pipeline(Readable.from(pieces(), { objectMode: false }), parser).then(
    () => undefined,
    () => malformedForm(),
  );
  clearTimeout(giveUp);
  if (problem) file?.destroy(problem);
  if (!received) throw problem ?? badRequest('file is required');
  // The error of receiving comes first: it is the reason why the form broke off.
  await received;
  if (problem) throw problem;
  return { status: fields.has('X-Signature') ? 201 : 200 };
}

/** Yields the bytes of the file; throws when the form breaks off, so that a partial file is never taken for a whole one. */
async function* bytesOf(stream: BusboyFileStream): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch {
    throw malformedForm();
  }
}

/** Verifies the signed fields of `POST …/storage`, which must be unchanged. */
function admitFields(
  fields: ReadonlyMap<string, string>,
  { admit, environmentId }: UploadSteps,
): UploadTicket {
  const path = `/${fields.get('key') ?? ''}`;
  const address = parseFilePath(path);
  const isOwn = address?.environmentId === environmentId && toFilePath(address) === path;
  // A private file belongs to a survey, a public one to none.
  if (!isOwn || (address.access === 'private') !== (address.answer !== undefined)) throw forged();
  if (fields.get('success_action_status') !== '201') throw forged();
  const ticket = admit({
    surveyId: address.answer?.surveyId ?? PUBLIC_FILE,
    name: address.name,
    type: fields.get('Content-Type') ?? '',
    timestamp: fields.get('X-Timestamp') ?? '',
    signature: fields.get('X-Signature') ?? '',
  });
  if (address.answer && ticket.elementId !== address.answer.elementId) throw forged();
  return ticket;
}

function admitHeaders(c: Context, steps: UploadSteps): UploadTicket {
  const header = (name: string): string => c.req.header(name) ?? '';
  return admitClient(
    {
      fileName: decode(header('x-file-name')),
      fileType: header('x-file-type'),
      surveyId: header('x-survey-id'),
      timestamp: header('x-timestamp'),
      signature: header('x-signature'),
      uuid: header('x-uuid'),
    },
    steps,
  );
}

/** Verifies the claim of a client of before 2026; some send the stored name of the file, some the original one. */
function admitClient(given: Readonly<Record<string, unknown>>, { admit }: UploadSteps): UploadTicket {
  const text = (name: string): string => {
    const value = given[name];
    return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  };
  const fileName = text('fileName').trim();
  if (fileName === '') throw badRequest('fileName is required');
  if (text('fileType') === '') throw badRequest('contentType is required');
  if (text('surveyId') === '') throw badRequest('surveyId is required');
  const uuid = text('uuid');
  const name = parseStoredName(fileName)?.uuid === uuid ? fileName : toStoredName(fileName, uuid);
  if (name === undefined) throw forged();
  return admit({
    name,
    surveyId: text('surveyId'),
    type: text('fileType'),
    timestamp: text('timestamp'),
    signature: text('signature'),
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw badRequest(MALFORMED, { error: 'Expected an object' });
}

function toBytes({ fileBase64String: text }: Readonly<Record<string, unknown>>): Buffer {
  if (typeof text !== 'string') throw badRequest('fileBase64String is required');
  const base64 = withoutEnd(text.startsWith('data:') ? text.slice(text.indexOf(',') + 1) : text, '=');
  const bytes = Buffer.from(base64, 'base64');
  // Node skips characters that are not base64: then bytes are missing.
  if (bytes.length !== Math.floor((base64.length * 3) / 4))
    throw badRequest('fileBase64String must be base64');
  return bytes;
}

function orMalformed<T>(step: () => T, message = 'Malformed multipart body'): T {
  try {
    return step();
  } catch (error) {
    throw badRequest(message, { error: error instanceof Error ? error.message : 'malformed' });
  }
}

function malformedForm(): ApiError {
  return badRequest('Malformed multipart body', { error: 'The form breaks off or is not one' });
}

function forged(): ApiError {
  return new ApiError('unauthorized', 'You are not authorized to access this resource');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
