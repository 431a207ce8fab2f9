import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findContentProblem } from '../../../server/files/check-content.ts';
import { FILE_EXTENSIONS, type FileExtension } from '../../../src/wire/file-types.ts';
import { bytes, DISGUISED, loaded, SAMPLES, zip } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'inkling-content-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function check(content: Buffer, extension: FileExtension): Promise<string | undefined> {
  count += 1;
  const path = join(folder, String(count));
  writeFileSync(path, content);
  return findContentProblem(path, extension);
}

it.each(FILE_EXTENSIONS)('%s is accepted with its own extension', async (extension) => {
  expect(await check(SAMPLES[extension], extension)).toBeUndefined();
});

/** Extensions with the same type, or of which one is a special case of the other. */
const RELATED: readonly (readonly FileExtension[])[] = [
  ['jpg', 'jpeg'],
  ['zip', 'docx', 'xlsx', 'pptx'],
  ['txt', 'csv', 'eml'],
];

it.each(FILE_EXTENSIONS)('%s is refused with other extensions', async (extension) => {
  for (const other of FILE_EXTENSIONS) {
    if (other === extension || RELATED.some((kin) => kin.includes(other) && kin.includes(extension)))
      continue;
    expect(await check(SAMPLES[extension], other), `${extension} as ${other}`).toBeTruthy();
  }
});

it.each(DISGUISED)('%s is refused', async (_name, extension, content) => {
  expect(await check(content, extension)).toBeTruthy();
});

it.each(loaded('/'))('%s with other data appended is accepted', async (extension, content) => {
  expect(await check(content, extension)).toBeUndefined();
});

const WORD_TYPES =
  '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';

const rows: [name: string, extension: FileExtension, content: Buffer, problem: string | undefined][] = [
  ['an empty text', 'txt', bytes(''), undefined],
  ['an empty image', 'png', bytes(''), 'other-type'],
  ['one byte', 'zip', bytes('P'), 'other-type'],
  ['a table of a spreadsheet in UTF-16', 'csv', Buffer.from('\ufeffa\tb\nÄ\t1\n', 'utf16le'), undefined],
  ['UTF-16 with a zero in it', 'csv', Buffer.from('\ufeffa\0b', 'utf16le'), 'binary'],
  ['Windows-1252', 'csv', bytes('Gr\xf6\xdfe;\x80\n'), undefined],
  ['Japanese mail with escapes', 'eml', bytes('Subject: \x1b$B%F\x1b(B\n\n'), undefined],
  ['a mail of a mailbox', 'eml', bytes('From someone Mon Jan 1\nTo: b\n\n'), undefined],
  ['a table whose first column is BM', 'csv', bytes('BM;price\n1;2\n'), undefined],
  ['a text that begins with MZ', 'txt', bytes('MZ is a city code\n'), undefined],
  ['a text with comparison signs', 'txt', bytes('a <b and c> d, 1<2\n'), undefined],
  ['a tag far from the start', 'txt', bytes(`${'x'.repeat(1100)}<script>`), undefined],
  ['a tag at the edge of the start', 'txt', bytes(`${'x'.repeat(1000)}<script>`), 'html-looking'],
  ['a text that spans chunks and ends in a zero', 'txt', bytes('a'.repeat(200_000), [0]), 'binary'],
  [
    'a document whose types come last',
    'docx',
    zip({ 'word/a.xml': '<a/>', '[Content_Types].xml': WORD_TYPES }),
    undefined,
  ],
];

it.each(rows)('%s', async (_name, extension, content, problem) => {
  expect(await check(content, extension)).toBe(problem);
});
