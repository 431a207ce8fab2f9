import { FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';
import type { Access } from './file-address.ts';
import type { StoredName } from './file-name.ts';

/** What a browser shows by itself without running anything: pictures made of dots, film, sound, PDF. */
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

// A browser's own viewer needs the file itself and the style it puts on it; nothing may run, and there is no origin.
const POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

/**
 * The headers a visitor's file is served with (management-api.md 12.3): it is what its extension says, nothing in it
 * runs, and everything that isn't just shown is downloaded. Each of these guards would do without the others.
 */
export function toServedHeaders(access: Access, { base, extension }: StoredName): Record<string, string> {
  const isPublic = access === 'public';
  return {
    'Content-Type': FILE_TYPES[extension],
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': POLICY,
    'Content-Disposition': `${SHOWN.has(extension) ? 'inline' : 'attachment'}; ${toFileNames(`${base}.${extension}`)}`,
    // What an owner has published is a picture in surveys on other people's pages; what a visitor sent is for the owner.
    'Cross-Origin-Resource-Policy': isPublic ? 'cross-origin' : 'same-origin',
    'Cache-Control': isPublic ? 'public, max-age=31536000, immutable' : 'no-store, no-cache, must-revalidate',
    'Referrer-Policy': 'no-referrer',
    'Accept-Ranges': 'bytes',
  };
}

/** The plain form for old software, and the whole name (RFC 6266). */
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
 * The one range that a `Range` header asks for; undefined for none, several or an unreadable one, which are answered
 * with the whole file (RFC 9110 section 14.2).
 */
export function readRange(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}
