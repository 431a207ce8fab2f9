import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NAMES } from '../scripts/short-names.mjs';

const WORD = new RegExp(`\\b(${NAMES.join('|')})\\b`);
const read = (file: string): string =>
  readFileSync(file, 'utf8').replace(/\/\*.*?\*\/|^\s*\/\/[^\n]*/gms, '');
const sources = readdirSync('src', { encoding: 'utf8', recursive: true })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => `src/${name}`);

it.each([
  'src/api.ts',
  'src/events.ts',
  'src/core/survey/document.ts',
  'src/core/targeting/history.ts',
  'src/core/targeting/ledger.ts',
  ...sources.filter((file) => file.startsWith('src/wire/')),
])('%s, whose names others rely on, has none that the build shortens', (file) => {
  expect(read(file)).not.toMatch(WORD);
});

it('no name that the build shortens is stored', () => {
  const [state] = /interface DeviceState \{.*?^\}/ms.exec(read('src/session.ts')) ?? [];
  expect(state).toContain('userId');
  expect(state).not.toMatch(WORD);
});

it.each(sources)('%s says none of them in a sentence', (file) => {
  const texts = read(file).match(/'[^'\n]* [^'\n]*'|`[^`\n]* [^`\n]*`/g) ?? [];
  expect(texts.filter((text) => WORD.test(text.replace(/\$\{.*?\}/g, '')))).toEqual([]);
});
