import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BusboyFileStream } from '@fastify/busboy';
import type { Context } from 'hono';
import { ApiError, badRequest } from '../base/api-error.ts';
import { fileTooLarge } from '../domain/upload-elements.ts';
import { MAX_FILE_BYTES, parseFilePath, toFilePath } from '../files/file-address.ts';
import { parseStoredName, toStoredName } from '../files/file-name.ts';
import type { UploadBytes } from '../files/receive-upload.ts';
import { PUBLIC_FILE, type UploadClaim, type UploadTicket } from '../files/upload-ticket.ts';
import { MALFORMED } from '../http/body.ts';

/** What to do with what an upload says and with what it brings. */
export interface UploadSteps {
  readonly environmentId: string;
  /** Throws when the claim is not good. */
  readonly admit: (claim: Omit<UploadClaim, 'environmentId'>) => UploadTicket;
  /** Keeps the bytes or throws. */
  readonly receive: (ticket: UploadTicket, bytes: UploadBytes) => Promise<void>;
}

/** Reads one upload; resolves to the status that its encoding expects. */
export type UploadReader = (c: Context, steps: UploadSteps) => Promise<{ readonly status: 200 | 201 }>;

const OVERHEAD_BYTES = 64 * 1024;
const MAX_JSON_BYTES = Math.ceil((MAX_FILE_BYTES * 4) / 3) + OVERHEAD_BYTES;
/** Read ahead of the parser, so with room for what it hasn't seen yet. */
const MAX_FIELD_BYTES = 4 * OVERHEAD_BYTES;
const MAX_FORM_BYTES = MAX_FILE_BYTES + 16 * OVERHEAD_BYTES;
/** Uploads in JSON are whole in memory before they can be looked at; more of them at once are sent away for a moment. */
const MAX_BUFFERED = 8;
/** What the parser is given at a time, and twice of which it may hold: a part that it skips and can't hold stops it. */
const PIECE_BYTES = 64 * 1024;
/** Nothing has come, or nothing was taken, for so long: the form is given up. */
const IDLE_MS = 10_000;
// No limit for the length of a field: one that is cut stops the parser too. All before the file is counted instead.
const FORM_LIMITS = {
  fields: 20,
  fieldSize: Number.MAX_SAFE_INTEGER,
  files: 1,
  parts: 21,
  headerPairs: 20,
  headerSize: 8 * 1024,
};

/**
 * Makes a reader of all encodings that clients have had (management-api.md 12.2): a form with signed fields and the
 * file; signed headers with a form or with `{fileBase64String}`; everything in one JSON body. The content type tells a
 * form from JSON and nothing else: JSON comes as `text/plain` too.
 */
export function createUploadReader(): UploadReader {
  let buffered = 0;
  return async (c, steps) => {
    // Until all is read: an answer in the middle of a body costs the connection, and the client must know it.
    c.header('Connection', 'close');
    const { body } = c.req.raw;
    if (!body) throw badRequest('file is required');
    const type = c.req.header('content-type') ?? '';
    const isForm = /^multipart\/form-data/i.test(type);
    const most = isForm ? MAX_FILE_BYTES + OVERHEAD_BYTES : MAX_JSON_BYTES;
    if (Number(c.req.header('content-length') ?? 0) > most) throw fileTooLarge(MAX_FILE_BYTES);
    const bytes = body as unknown as AsyncIterable<Uint8Array>;
    if (isForm) return keepAlive(c, await readForm(c, { bytes, type, steps }));

    // Known before the body is: nobody without a ticket fills our memory this way.
    const ticket = c.req.header('x-signature') === undefined ? undefined : admitHeaders(c, steps);
    if (buffered >= MAX_BUFFERED) {
      throw new ApiError(
        'service_unavailable',
        'Too busy right now. Please try again.',
        {},
        { 'Retry-After': '1' },
      );
    }
    buffered += 1;
    try {
      const upload = parseObject(await readText(bytes));
      await steps.receive(ticket ?? admitClient(upload, steps), [toBytes(upload)]);
      return keepAlive(c, { status: 200 });
    } finally {
      buffered -= 1;
    }
  };
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

  const take = async (stream: BusboyFileStream): Promise<void> => {
    const ticket = fields.has('X-Signature') ? admitFields(fields, steps) : admitHeaders(c, steps);
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
    // Whoever reads the stream hears of its end; an error after that is nobody's.
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
  // Its own reason comes first: the form breaks off because of it.
  await received;
  if (problem) throw problem;
  return { status: fields.has('X-Signature') ? 201 : 200 };
}

/** Ends in an error when the form does, and never in the middle as if that were the end. */
async function* bytesOf(stream: BusboyFileStream): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch {
    throw malformedForm();
  }
}

/** The fields that `POST …/storage` has given out, each exactly as it was. */
function admitFields(
  fields: ReadonlyMap<string, string>,
  { admit, environmentId }: UploadSteps,
): UploadTicket {
  const path = `/${fields.get('key') ?? ''}`;
  const address = parseFilePath(path);
  const isOwn = address?.environmentId === environmentId && toFilePath(address) === path;
  // A visitor's file answers a survey, and an owner's public one none.
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

/** What clients of before 2026 bring back; some name the file as they were told to, some as the visitor does. */
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

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_JSON_BYTES) throw fileTooLarge(MAX_FILE_BYTES);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value = orMalformed(() => JSON.parse(text) as unknown, MALFORMED);
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw badRequest(MALFORMED, { error: 'Expected an object' });
}

function toBytes({ fileBase64String: text }: Readonly<Record<string, unknown>>): Buffer {
  if (typeof text !== 'string') throw badRequest('fileBase64String is required');
  const base64 = (text.startsWith('data:') ? text.slice(text.indexOf(',') + 1) : text).replace(/=+$/, '');
  const bytes = Buffer.from(base64, 'base64');
  // Node skips what is not base64: then some bytes are missing.
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
