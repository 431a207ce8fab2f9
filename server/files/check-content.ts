import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';

/** Why a file is not what its extension says. */
export type ContentProblem = 'other-type' | 'binary' | 'html-looking' | 'no-message';

const OFFICE = ['docx', 'xlsx', 'pptx'].map((extension) => FILE_TYPES[extension as FileExtension]);
const HEIF = ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'];

/** What the sniffer may call a file of each extension; its names differ from the ones on the wire. */
const SNIFFED: Readonly<Record<Exclude<FileExtension, TextExtension>, readonly string[]>> = {
  heic: HEIF,
  png: ['image/png', 'image/apng'],
  jpeg: ['image/jpeg'],
  jpg: ['image/jpeg'],
  webp: ['image/webp'],
  ico: ['image/x-icon'],
  pdf: ['application/pdf'],
  doc: ['application/x-cfb'],
  xls: ['application/x-cfb'],
  ppt: ['application/x-cfb'],
  docx: [FILE_TYPES.docx],
  xlsx: [FILE_TYPES.xlsx],
  pptx: [FILE_TYPES.pptx],
  // Phones write the brands of 3GPP and of iTunes into files that they call mp4.
  mp4: ['video/mp4', 'video/x-m4v', 'video/3gpp', 'video/3gpp2'],
  mov: ['video/quicktime'],
  avi: ['video/vnd.avi'],
  mkv: ['video/matroska'],
  webm: ['video/webm'],
  mp3: ['audio/mpeg'],
  // A packed office document is a zip as well; packed programs (jar, apk, xpi) are not welcome under any name.
  zip: ['application/zip', ...OFFICE],
  rar: ['application/x-rar-compressed'],
  '7z': ['application/x-7z-compressed'],
  tar: ['application/x-tar'],
};

type TextExtension = 'txt' | 'csv' | 'eml';

/** All old Office formats and installers share one container; the name of a stream in it tells them apart. */
const STREAMS: Partial<Record<FileExtension, readonly string[]>> = {
  doc: ['WordDocument'],
  xls: ['Workbook', 'Book'],
  ppt: ['PowerPoint Document'],
};

/** Two letters that many texts begin with are no reason to think of a picture or a program. */
const WEAK_MAGIC: ReadonlySet<string> = new Set(['image/bmp', 'application/x-msdownload']);

// What a browser that guesses would take for a page (the table of the MIME sniffing standard, and SVG).
const HTML_START =
  /^(\ufeff|\xef\xbb\xbf)?\s*<((!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|img|meta|link|object|embed|form)[\s>/]|!--|\?xml)/i;
const HTML_NEAR_START = /<(!doctype\s+html|html|head|body|script|iframe|svg|object|embed)[\s>/]/i;
const NEAR_START = 1024;
const MESSAGE_START = /^(\ufeff|\xef\xbb\xbf)?(From |[!-9;-~]+:)/;

/**
 * Compares the bytes of a file with its extension; undefined when they agree. What is not text must begin like its own
 * type, so that of two types in one file the first one counts; text must be text from end to end.
 */
export async function findContentProblem(
  path: string,
  extension: FileExtension,
): Promise<ContentProblem | undefined> {
  // Loaded with the first upload: a sniffer of two hundred types is too heavy for the start.
  const { fileTypeFromFile } = await import('file-type');
  const found = await fileTypeFromFile(path);
  const sniffed = found?.ext === 'cur' ? undefined : found?.mime;
  if (isText(extension)) return findTextProblem(path, { extension, sniffed });
  if (sniffed === undefined || !SNIFFED[extension].includes(sniffed)) return 'other-type';
  const streams = STREAMS[extension];
  if (streams && !(await hasStream(path, streams))) return 'other-type';
  return undefined;
}

function isText(extension: FileExtension): extension is TextExtension {
  return extension === 'txt' || extension === 'csv' || extension === 'eml';
}

async function findTextProblem(
  path: string,
  { extension, sniffed }: { readonly extension: TextExtension; readonly sniffed: string | undefined },
): Promise<ContentProblem | undefined> {
  const encoding = await readEncoding(path);
  // The mark of UTF-16 could as well begin a frame of sound.
  const isWeak = encoding === 'utf16le' || sniffed === undefined || WEAK_MAGIC.has(sniffed);
  if (!isWeak && !sniffed.startsWith('text/')) return 'other-type';
  let start = '';
  for await (const chunk of createReadStream(path, { encoding })) {
    const text = chunk as string;
    if (hasControls(text)) return 'binary';
    if (start.length < NEAR_START) start += text.slice(0, NEAR_START - start.length);
  }
  if (HTML_START.test(start)) return 'html-looking';
  // A mail may well have a page in it; it begins with the lines of a mail all the same.
  if (extension === 'eml') return MESSAGE_START.test(start) ? undefined : 'no-message';
  return HTML_NEAR_START.test(start) ? 'html-looking' : undefined;
}

/** Spreadsheets write UTF-16 with a mark; else one byte is one character, which is enough to see what is no text. */
async function readEncoding(path: string): Promise<'utf16le' | 'latin1'> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0xff && buffer[1] === 0xfe ? 'utf16le' : 'latin1';
  } finally {
    await handle.close();
  }
}

/** The binary data bytes of the MIME sniffing standard: escape is part of Japanese mail. */
function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/.test(text);
}

async function hasStream(path: string, names: readonly string[]): Promise<boolean> {
  const bytes = await readFile(path);
  return names.some((name) => bytes.includes(Buffer.from(`${name}\0`, 'utf16le')));
}
