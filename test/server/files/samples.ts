import { deflateSync } from 'node:zlib';
import type { FileExtension } from '../../../src/wire/file-types.ts';

/** Minimal valid files by extension, built byte by byte. */
export const SAMPLES: Readonly<Record<FileExtension, Buffer>> = {
  heic: box('ftyp', 'heic', Buffer.alloc(4), 'mif1heic'),
  png: png(),
  jpeg: jpeg(),
  jpg: jpeg(),
  webp: riff('WEBP', 'VP8 ', Buffer.alloc(16)),
  ico: bytes([0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0], uint32LE(40), uint32LE(22), Buffer.alloc(40)),
  pdf: pdf(),
  eml: bytes(
    'From: a@example.com\r\nTo: b@example.com\r\nSubject: Hi\r\n\r\n<html><body>Hi</body></html>\r\n',
  ),
  doc: compound('WordDocument'),
  docx: zip({
    '[Content_Types].xml': contentTypes('wordprocessingml.document'),
    'word/document.xml': '<d/>',
  }),
  xls: compound('Workbook'),
  xlsx: zip({ '[Content_Types].xml': contentTypes('spreadsheetml.sheet'), 'xl/workbook.xml': '<w/>' }),
  ppt: compound('PowerPoint Document'),
  pptx: zip({
    '[Content_Types].xml': contentTypes('presentationml.presentation'),
    'ppt/presentation.xml': '<p/>',
  }),
  txt: Buffer.from('Größe: 5 < 6 and <b>bold</b> is fine further on\n'),
  csv: Buffer.from('name;size\nÄ;1\n'),
  mp4: bytes(box('ftyp', 'isom', Buffer.alloc(4), 'isommp42'), box('mdat', 'x')),
  mov: bytes(box('ftyp', 'qt  ', Buffer.alloc(4), 'qt  '), box('mdat', 'x')),
  avi: riff('AVI ', 'LIST', Buffer.alloc(16)),
  mkv: matroska('matroska'),
  webm: matroska('webm'),
  mp3: bytes([0xff, 0xfb, 0x90, 0x44], Buffer.alloc(413), [0xff, 0xfb, 0x90, 0x44], Buffer.alloc(413)),
  zip: zip({ 'a.txt': 'a' }),
  rar: bytes('Rar!', [0x1a, 7, 1, 0], Buffer.alloc(16)),
  '7z': bytes([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4], Buffer.alloc(24)),
  tar: tar(),
};

/** Content that requests `beacon` when a browser treats it as a page or a script. */
export function evilPage(beacon: string): string {
  return `<script>new Image().src=${JSON.stringify(`${beacon}?page`)}</script>`;
}

/** Polyglots and files with a wrong extension: name, declared extension, bytes. */
export const DISGUISED: readonly (readonly [name: string, extension: FileExtension, bytes: Buffer])[] = [
  ['a GIF that is a script, as png', 'png', bytes('GIF89a/*', [0], '*/=1;alert(1)')],
  ['a GIF that is a script, as txt', 'txt', bytes('GIF89a=1;alert(1)//')],
  ['a page before a PDF, as pdf', 'pdf', bytes('<html><script>alert(1)</script>', '%PDF-1.4')],
  ['a PDF, as txt', 'txt', bytes('%PDF-1.4\n<html>')],
  ['a program before a zip, as zip', 'zip', bytes('MZ', Buffer.alloc(64), zip({ a: 'a' }))],
  ['a Linux program, as zip', 'zip', bytes([0x7f], 'ELF', Buffer.alloc(60))],
  ['a Java archive, as zip', 'zip', zip({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n' })],
  ['a page before a zip, as zip', 'zip', bytes('<html>', zip({ a: 'a' }))],
  ['a plain zip, as docx', 'docx', zip({ 'a.txt': 'a' })],
  ['a spreadsheet, as docx', 'docx', SAMPLES.xlsx],
  ['an installer, as doc', 'doc', compound('!_StringData')],
  ['a spreadsheet, as doc', 'doc', SAMPLES.xls],
  ['only the magic of a PNG and then a page', 'png', bytes([0x89], 'PNG\r\n\x1a\n<script>alert(1)</script>')],
  ['a page, as png', 'png', bytes('<html><script>alert(1)</script></html>')],
  ['SVG, as png', 'png', bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['SVG, as txt', 'txt', bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['SVG with an XML head, as txt', 'txt', bytes('<?xml version="1.0"?><svg onload="alert(1)"/>')],
  ['SVG in UTF-16, as txt', 'txt', Buffer.from('\ufeff<svg onload="alert(1)"/>', 'utf16le')],
  ['a page, as txt', 'txt', bytes('<!DOCTYPE html><p>Hi')],
  ['a page after blanks, as txt', 'txt', bytes(' \r\n\t<HTML>Hi')],
  ['a page after a mark, as txt', 'txt', bytes([0xef, 0xbb, 0xbf], '<html>Hi')],
  ['a page after a comment, as csv', 'csv', bytes('<!-- a -->;b\n')],
  ['a script tag after some text, as csv', 'csv', bytes('a;b\n<script>alert(1)</script>;2\n')],
  ['a page, as eml', 'eml', bytes('<html><body>From: nobody</body></html>')],
  ['plain text, as eml', 'eml', bytes('Dear all,\n')],
  ['zeros, as txt', 'txt', bytes('abc', [0], 'def')],
  ['a control character at the end, as csv', 'csv', bytes('a;b\n'.repeat(30_000), [1])],
  ['AVIF, as heic', 'heic', box('ftyp', 'avif', Buffer.alloc(4), 'avif')],
  ['a film, as heic', 'heic', SAMPLES.mp4],
  ['a cursor, as ico', 'ico', bytes([0, 0, 2, 0, 1, 0], Buffer.alloc(60))],
  ['WebM, as mkv', 'mkv', SAMPLES.webm],
  ['sound, as avi', 'avi', riff('WAVE', 'fmt ', Buffer.alloc(16))],
  [
    'a page behind a picture head of JPEG 2000, as jpg',
    'jpg',
    bytes([0, 0, 0, 12], 'jP  \r\n\x87\n<script>'),
  ],
];

/** Files of their type with other content appended: they are kept, and must be harmless where they are served. */
export function loaded(beacon: string): readonly (readonly [extension: FileExtension, bytes: Buffer])[] {
  const page = bytes('\n', evilPage(beacon));
  return [
    ['png', bytes(SAMPLES.png, page)],
    ['jpg', bytes(SAMPLES.jpg, page)],
    ['webp', bytes(SAMPLES.webp, page)],
    ['ico', bytes(SAMPLES.ico, page)],
    ['pdf', bytes(SAMPLES.pdf, page)],
    ['mp4', bytes(SAMPLES.mp4, page)],
    ['mp3', bytes(SAMPLES.mp3, page)],
    ['zip', bytes(SAMPLES.zip, page)],
    ['tar', bytes(SAMPLES.tar, page)],
    ['eml', bytes('From: a\r\nContent-Type: text/html\r\n\r\n', page)],
    ['txt', bytes(`new Image().src=${JSON.stringify(`${beacon}?script`)}//`)],
    ['csv', bytes(`new Image().src=${JSON.stringify(`${beacon}?script`)}//`)],
  ];
}

type Part = string | Buffer | readonly number[];

/** Concatenates parts; a text has one byte per character. */
export function bytes(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
}

/** A zip archive of stored (not packed) files. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const sizes = bytes(uint32LE(crc32(bytes(content))), uint32LE(content.length), uint32LE(content.length));
    const common = bytes([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x28], sizes, [
      name.length & 255,
      name.length >> 8,
      0,
      0,
    ]);
    const entry = bytes('PK', [3, 4], common, name, content);
    central.push(bytes('PK', [1, 2, 20, 0], common, Buffer.alloc(10), uint32LE(offset), name));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const count = [central.length, 0, central.length, 0];
  const end = bytes('PK', [5, 6, 0, 0, 0, 0], count, uint32LE(directory.length), uint32LE(offset), [0, 0]);
  return bytes(...local, directory, end);
}

function png(): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const typed = bytes(type, content);
    return bytes(uint32BE(content.length), typed, uint32BE(crc32(typed)));
  };
  const header = bytes(uint32BE(1), uint32BE(1), [8, 0, 0, 0, 0]);
  const pixels = deflateSync(Buffer.from([0, 255]));
  return bytes(
    [0x89],
    'PNG\r\n\x1a\n',
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  );
}

function jpeg(): Buffer {
  const start = [0xff, 0xd8, 0xff, 0xe0, 0, 16];
  return bytes(start, 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0], [0xff, 0xd9]);
}

/** A PDF with one blank page, so that a viewer can show it. */
function pdf(): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 4\n0000000000 65535 f \n${places.join('')}`;
  return bytes(`${text}${table}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`);
}

function box(type: string, ...content: readonly Part[]): Buffer {
  const inside = bytes(...content);
  return bytes(uint32BE(inside.length + 8), type, inside);
}

function riff(type: string, ...content: readonly Part[]): Buffer {
  const inside = bytes(type, ...content);
  return bytes('RIFF', uint32LE(inside.length), inside);
}

/** The head of an old Office file, with the entry of one stream in its directory. */
function compound(stream: string): Buffer {
  const head = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
  return bytes(head, Buffer.alloc(504), Buffer.from(`${stream}\0`, 'utf16le'), Buffer.alloc(64));
}

function matroska(kind: string): Buffer {
  const docType = bytes([0x42, 0x82, 0x80 | kind.length], kind);
  return bytes([0x1a, 0x45, 0xdf, 0xa3, 0x80 | docType.length], docType, Buffer.alloc(8));
}

function tar(): Buffer {
  const head = Buffer.alloc(512);
  head.write('a.txt', 0);
  head.write('0000644\0', 100);
  head.write('00000000001\0', 124);
  head.write('        ', 148);
  head.write('0ustar\0', 156);
  head.write('00', 263);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes(head, 'a', Buffer.alloc(511 + 1024));
}

function contentTypes(kind: string): string {
  const type = `application/vnd.openxmlformats-officedocument.${kind}.main+xml`;
  return `<Types><Override PartName="/x" ContentType="${type}"/></Types>`;
}

function uint32LE(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function uint32BE(value: number): Buffer {
  return Buffer.from(uint32LE(value).reverse());
}

function crc32(content: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
