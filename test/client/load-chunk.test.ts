import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadChunk } from '../../src/client/load-chunk.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chunks-'));
  mkdirSync(join(folder, 'chunks'));
  vi.stubGlobal('__CHUNKS__', { advice: 'a1b2c3d4' });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllGlobals();
});

const write = (name: string, words: string) =>
  writeFileSync(join(folder, 'chunks', name), `export const advise = () => '${words}';`);
const load = async () => (await loadChunk(`${pathToFileURL(folder)}/`, 'advice')).advise('', {} as never);

it('fetches the file whose name has the hash of this build', async () => {
  write('advice-a1b2c3d4.js', 'hashed');
  write('advice.js', 'unversioned');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  expect(await load()).toBe('hashed');
});

it('falls back to the unversioned file after a deploy', async () => {
  write('advice.js', 'unversioned');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  expect(await load()).toBe('unversioned');
});

it('rejects when neither is there', async () => {
  await expect(load()).rejects.toThrow();
});
