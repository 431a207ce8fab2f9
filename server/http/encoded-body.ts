import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** The encodings a body is kept in. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** One body in one encoding. */
export interface EncodedBody {
  readonly encoding: Encoding;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Differs per encoding: a cache must not take one for another. */
  readonly etag: string;
}

/** A body in every encoding, each made when first asked for. */
export interface EncodedBodies {
  pick(acceptEncoding: string | undefined): EncodedBody;
}

/** Quality of the compression made while somebody waits; files of the build are compressed harder beforehand. */
const BROTLI_QUALITY = 6;

/** Keeps a body ready in every encoding; `ready` are encodings made beforehand. */
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

/** The headers that go with an encoded body, whether it is sent or only confirmed. */
export function encodingHeaders({ encoding, etag }: EncodedBody): Record<string, string> {
  const base = { ETag: etag, Vary: 'Accept-Encoding' };
  return encoding === 'identity' ? base : { ...base, 'Content-Encoding': encoding };
}

/** Says whether `If-None-Match` names this body (RFC 9110: a list, `*`, and weak marks don't matter). */
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
