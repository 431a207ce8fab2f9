import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('with a second folder', () => {
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'copy-'));
    mkdirSync(join(copy, 'chunks'));
    for (const place of [copy, folder]) writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => {
    rmSync(copy, { recursive: true });
  });
  const from = (place: string) => `${pathToFileURL(place)}/`;
  const loadEither = async () =>
    (await loadChunk(from(copy), 'advice', from(folder))).advise('', {} as never);
  const put = (place: string, name: string, words: string) =>
    writeFileSync(join(place, 'chunks', name), `export const advise = () => '${words}';`);

  it.each<[string, copied: string[], served: string[], expected: string]>([
    ['the first one has it', ['advice-a1b2c3d4.js'], ['advice-a1b2c3d4.js'], 'copy advice-a1b2c3d4.js'],
    ['only the second one has it', [], ['advice-a1b2c3d4.js'], 'server advice-a1b2c3d4.js'],
    ['the first one is older', ['advice.js'], ['advice-a1b2c3d4.js'], 'server advice-a1b2c3d4.js'],
    ['the second one is newer', [], ['advice.js'], 'server advice.js'],
    ['both are of other builds', ['advice.js'], ['advice.js'], 'copy advice.js'],
  ])('%s', async (_name, copied, served, expected) => {
    for (const name of copied) put(copy, name, `copy ${name}`);
    for (const name of served) put(folder, name, `server ${name}`);
    expect(await loadEither()).toBe(expected);
  });

  it('asks the first one no more once the second has served', async () => {
    put(folder, 'advice-a1b2c3d4.js', 'server');
    expect(await loadEither()).toBe('server');
    put(copy, 'ui-a1b2c3d4.js', 'copy');
    put(folder, 'ui-a1b2c3d4.js', 'server');
    vi.stubGlobal('__CHUNKS__', { ui: 'a1b2c3d4' });
    const chunk = (await loadChunk(from(copy), 'ui', from(folder))) as unknown as { advise: () => string };
    expect(chunk.advise()).toBe('server');
  });

  it('rejects when neither has it, and without a folder', async () => {
    await expect(loadEither()).rejects.toThrow();
    await expect(loadChunk('', 'advice', '')).rejects.toThrow();
  });
});
