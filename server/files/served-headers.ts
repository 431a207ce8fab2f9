import { FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';
import type { Access } from './file-address.ts';
import type { StoredName } from './file-name.ts';

/** Types that a browser shows without running anything: raster images, video, audio, PDF. */
const SHOWN: ReadonlySet<FileExtension> = new Set([
  'heic',
  'png',
  'jpeg',
  'jpg',
  'webp',
  'ico',
  'pdf',
  'mp4',
  'mov',
  'avi',
  'mkv',
  'webm',
  'mp3',
]);

// A browser's built-in viewer needs the file and its own styles; no script may run, and the origin is opaque.
const POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

/**
 * Response headers for a visitor's file (management-api.md 12.3): its type is that of its extension, no script in it
 * runs, and every type that isn't shown inline is downloaded. Each of these guards would be enough without the others.
 */
export function toServedHeaders(access: Access, { base, extension }: StoredName): Record<string, string> {
  const isPublic = access === 'public';
  return {
    'Content-Type': FILE_TYPES[extension],
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': POLICY,
    'Content-Disposition': `${SHOWN.has(extension) ? 'inline' : 'attachment'}; ${toFileNames(`${base}.${extension}`)}`,
    // An owner's files are images in surveys on other origins; a visitor's file is for the owner only.
    'Cross-Origin-Resource-Policy': isPublic ? 'cross-origin' : 'same-origin',
    'Cache-Control': isPublic ? 'public, max-age=31536000, immutable' : 'no-store, no-cache, must-revalidate',
    'Referrer-Policy': 'no-referrer',
    'Accept-Ranges': 'bytes',
  };
}

/** `filename` in ASCII for old software, and `filename*` with the whole name (RFC 6266). */
function toFileNames(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** A range of bytes, both ends included. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range of a `Range` header; undefined for none, several or an invalid one, which are answered with the whole
 * file (RFC 9110 section 14.2).
 */
export function readRange(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}
