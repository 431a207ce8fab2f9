import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Content encodings of a body. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** One body in one encoding. */
export interface EncodedBody {
  readonly encoding: Encoding;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Different for each encoding, as HTTP requires. */
  readonly etag: string;
}

/** A body in every encoding, each made when it is first requested. */
export interface EncodedBodies {
  pick(acceptEncoding: string | undefined): EncodedBody;
}

/** Brotli quality for bodies compressed during a request; the build compresses its files at a higher one. */
const BROTLI_QUALITY = 6;

/** Makes a body that is compressed once per encoding; `ready` are encodings made beforehand. */
export function encodeBody(
  plain: Uint8Array,
  ready: Partial<Readonly<Record<Encoding, Uint8Array>>> = {},
): EncodedBodies {
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  const made = new Map<Encoding, EncodedBody>();
  return {
    pick(acceptEncoding) {
      const encoding = chooseEncoding(acceptEncoding);
      const known = made.get(encoding);
      if (known) return known;
      const bytes = new Uint8Array(ready[encoding] ?? compress(plain, encoding));
      const body = { encoding, bytes, etag: `"${hash}-${encoding}"` };
      made.set(encoding, body);
      return body;
    },
  };
}

/** Returns the headers of an encoded body, for a 200 and for a 304. */
export function encodingHeaders({ encoding, etag }: EncodedBody): Record<string, string> {
  const base = { ETag: etag, Vary: 'Accept-Encoding' };
  return encoding === 'identity' ? base : { ...base, 'Content-Encoding': encoding };
}

/** Whether `If-None-Match` matches an ETag (RFC 9110: a list, `*`, and weak comparison). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((item) => {
    const given = item.trim();
    return given === '*' || given.replace(/^W\//, '') === etag;
  });
}

function chooseEncoding(acceptEncoding = ''): Encoding {
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map((item) => item.trim())
      .filter((item) => !/;\s*q=0(\.0*)?$/.test(item))
      .map((item) => item.split(';')[0]?.trim()),
  );
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : 'identity';
}

function compress(plain: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === 'identity') return plain;
  if (encoding === 'gzip') return gzipSync(plain);
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}
