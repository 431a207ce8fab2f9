import { expect, it } from 'vitest';
import { parseStoredName, toStoredName } from '../../../server/files/file-name.ts';
import { TRAVERSALS } from './traversals.ts';

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

const rows: [given: string, base: string | undefined, extension?: string][] = [
  ['photo.png', 'photo'],
  ['Photo.PNG', 'Photo'],
  ['a.b.c.png', 'a.b.c'],
  ['shell.php.png', 'shell.php'],
  ['  a   b  .png', 'a b'],
  ['a/b\\c.png', 'a-b-c'],
  ['a#b<c>d:e"f|g?h*i`j\'k.png', 'abcdefghijk'],
  ['Gro\u0308\u00dfe.png', 'Gr\u00f6\u00dfe'],
  ['\u{1f600}.png', '\u{1f600}'],
  ['\u202egnp.exe.png', 'gnp.exe'],
  ['a\u0000b\u0007c.png', 'abc'],
  ['a\ud800b.png', 'ab'],
  ['a\tb\nc.png', 'a b c'],
  [`${'x'.repeat(300)}.png`, 'x'.repeat(200)],
  [`${'\u{1f600}'.repeat(300)}.png`, '\u{1f600}'.repeat(200)],
  ['..png', undefined],
  ['.png', undefined],
  ['--.png', undefined],
  ['. .png', undefined],
  ['/.png', undefined],
  ['"".png', undefined],
  ['png', undefined],
  ['a.svg', undefined],
  ['a.png.exe', undefined],
  ['a.exe\u0000.png', 'a.exe'],
  ['a.png\u0000.exe', undefined],
  ['a.toString', undefined],
];

it.each(rows)('%j is stored as %j', (given, base) => {
  const name = toStoredName(given, UUID);
  expect(name).toBe(base === undefined ? undefined : `${base}--fid--${UUID}.png`);
  // A stored name can be parsed into the same parts.
  if (name !== undefined) expect(parseStoredName(name)).toEqual({ base, uuid: UUID, extension: 'png' });
});

it.each(TRAVERSALS)('%j is stored without separators and control characters', (text) => {
  const name = toStoredName(`${text}.png`, UUID);
  if (name === undefined) return;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be removed
  expect(name).not.toMatch(/[/\\:\u0000-\u001f\u202e]/);
  expect(parseStoredName(name)).toBeDefined();
});

it.each([
  ['no random part', 'a.png'],
  ['a short random part', 'a--fid--0f8f.png'],
  ['an upper-case random part', `a--fid--${UUID.toUpperCase()}.png`],
  ['an upper-case extension', `a--fid--${UUID}.PNG`],
  ['another extension', `a--fid--${UUID}.html`],
  ['two extensions', `a--fid--${UUID}.png.html`],
  ['a separator', `a/b--fid--${UUID}.png`],
  ['a line end at the end', `a--fid--${UUID}.png\n`],
  ['no base', `--fid--${UUID}.png`],
  ['only dots', `..--fid--${UUID}.png`],
])('%s is no stored name', (_name, text) => {
  expect(parseStoredName(text)).toBeUndefined();
});
