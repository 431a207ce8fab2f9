import { MAX_FILE_NAME_CHARS } from '../../src/core/limits.ts';
import { extensionOf, type FileExtension, isFileExtension } from '../../src/wire/file-types.ts';

/** A name under which a file is kept: the visitor's file name, sanitized, and a random part. */
export interface StoredName {
  /** Without the extension and the random part. */
  readonly base: string;
  readonly uuid: string;
  readonly extension: FileExtension;
}

const MAX_BASE_LENGTH = 200;
// Control characters, lone surrogates, and controls of the text direction: `gpj.exe` must not look like `exe.jpg`.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const STORED = /^(.+)--fid--([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([a-z0-9]+)$/;

/**
 * The stored name of a file that a visitor calls `fileName` (client-api.md 3.6); undefined when nothing is left of its
 * base, or its extension is not allowed. It is used in URLs only, never on a disk.
 */
export function toStoredName(fileName: string, uuid: string): string | undefined {
  const extension = extensionOf(fileName);
  if (!isFileExtension(extension)) return undefined;
  const base = cleanBase(fileName.slice(0, -extension.length - 1));
  return base === undefined ? undefined : `${base}--fid--${uuid}.${extension}`;
}

/** Splits a stored name into its parts; undefined for anything that `toStoredName` can't return. */
export function parseStoredName(name: string): StoredName | undefined {
  const [, base = '', uuid = '', extension = ''] = STORED.exec(name) ?? [];
  if (!isFileExtension(extension) || cleanBase(base) !== base) return undefined;
  return { base, uuid, extension };
}

function cleanBase(text: string): string | undefined {
  // By its length first: the time to normalize combining marks grows with the square of their number.
  if (text.length > MAX_FILE_NAME_CHARS) return undefined;
  const clean = text
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(UNPRINTABLE, '')
    .replace(/[/\\]/g, '-')
    .replace(/[#<>:"|?*`']/g, '')
    .replace(/ +/g, ' ')
    .trim();
  const short = [...clean].slice(0, MAX_BASE_LENGTH).join('').trim();
  return /^[-. ]*$/.test(short) ? undefined : short;
}
