import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { FILE_TYPES, type FileExtension } from '../../src/wire/file-types.ts';

/** Why the content of a file doesn't fit its extension. */
export type ContentProblem = 'other-type' | 'binary' | 'html-looking' | 'no-message';

const OFFICE = ['docx', 'xlsx', 'pptx'].map((extension) => FILE_TYPES[extension as FileExtension]);
const HEIF = ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'];

/** Types that the sniffer may report for each extension; its names differ from those on the wire. */
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
  // A packed office document is a zip as well; packed programs (jar, apk, xpi) are refused under any extension.
  zip: ['application/zip', ...OFFICE],
  rar: ['application/x-rar-compressed'],
  '7z': ['application/x-7z-compressed'],
  tar: ['application/x-tar'],
};

type TextExtension = 'txt' | 'csv' | 'eml';

/** All old Office formats and installers share one container format; they differ in the name of a stream in it. */
const STREAMS: Partial<Record<FileExtension, readonly string[]>> = {
  doc: ['WordDocument'],
  xls: ['Workbook', 'Book'],
  ppt: ['PowerPoint Document'],
};

/** Signatures of only two letters, with which many texts begin too: ignored for text files. */
const WEAK_MAGIC: ReadonlySet<string> = new Set(['image/bmp', 'application/x-msdownload']);

// What a browser that sniffs would treat as a page (table of the MIME sniffing standard, and SVG).
const HTML_START =
  /^(\ufeff|\xef\xbb\xbf)?\s*<((!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|img|meta|link|object|embed|form)[\s>/]|!--|\?xml)/i;
const HTML_NEAR_START = /<(!doctype\s+html|html|head|body|script|iframe|svg|object|embed)[\s>/]/i;
const NEAR_START = 1024;
const MESSAGE_START = /^(\ufeff|\xef\xbb\xbf)?(From |[!-9;-~]+:)/;

/**
 * Compares the bytes of a file with its extension; undefined when they agree. A binary file must begin with the
 * signature of its type, so that of two types in one file the first one counts; a text file must be text throughout.
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
  // A byte order mark of UTF-16 can be the beginning of an MP3 frame as well.
  const isWeak = encoding === 'utf16le' || sniffed === undefined || WEAK_MAGIC.has(sniffed);
  if (!isWeak && !sniffed.startsWith('text/')) return 'other-type';
  let start = '';
  for await (const chunk of createReadStream(path, { encoding })) {
    const text = chunk as string;
    if (hasControls(text)) return 'binary';
    if (start.length < NEAR_START) start += text.slice(0, NEAR_START - start.length);
  }
  if (HTML_START.test(start)) return 'html-looking';
  // A mail may contain HTML, but begins with mail headers.
  if (extension === 'eml') return MESSAGE_START.test(start) ? undefined : 'no-message';
  return HTML_NEAR_START.test(start) ? 'html-looking' : undefined;
}

/**
 * Spreadsheets write UTF-16 with a byte order mark; otherwise one byte is one character, enough to detect binary data.
 */
async function readEncoding(path: string): Promise<'utf16le' | 'latin1'> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0xff && buffer[1] === 0xfe ? 'utf16le' : 'latin1';
  } finally {
    await handle.close();
  }
}

/** The binary data bytes of the MIME sniffing standard: escape occurs in Japanese mail. */
function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/.test(text);
}

async function hasStream(path: string, names: readonly string[]): Promise<boolean> {
  const bytes = await readFile(path);
  return names.some((name) => bytes.includes(Buffer.from(`${name}\0`, 'utf16le')));
}
