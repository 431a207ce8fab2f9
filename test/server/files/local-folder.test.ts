import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FileStore } from '../../../server/files/file-store.ts';
import { openFileStore } from '../../../server/files/open-file-store.ts';

const HASH = 'a'.repeat(64);
const KEY = `env1/private/s1/${HASH}.png`;
let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'inkling-store-')), 'deep', 'files');
  store = await openFileStore(`file:${folder}`);
});
afterEach(() => rmSync(join(folder, '..', '..'), { recursive: true, force: true }));

async function keep(key: string, text: string): Promise<boolean> {
  const draft = await store.draft();
  await draft.write(Buffer.from(text));
  const isKept = await draft.keep(key);
  await draft.discard();
  return isKept;
}

it('keeps one of many concurrent drafts with the same key', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => keep(KEY, String(n))));
  expect(all.filter((isKept) => isKept)).toHaveLength(1);
});

it('discards a draft completely', async () => {
  const draft = await store.draft();
  await draft.write(Buffer.from('x'));
  await draft.discard();
  await draft.discard();
  expect(readdirSync(join(folder, '.drafts'))).toEqual([]);
});

it('removes drafts that a crash left behind, and none that may still be written', async () => {
  const old = join(folder, '.drafts', 'old');
  const young = join(folder, '.drafts', 'young');
  writeFileSync(old, 'x');
  writeFileSync(young, 'x');
  const hoursAgo = Date.now() / 1000 - 2 * 3600;
  utimesSync(old, hoursAgo, hoursAgo);
  store = await openFileStore(`file:${folder}`);
  await (await store.draft()).discard();
  expect(existsSync(old)).toBe(false);
  expect(existsSync(young)).toBe(true);
});

it.each(['file:/dev/null/files', 'file:/proc/files'])('%s cannot be opened', async (url) => {
  await expect(openFileStore(url)).rejects.toThrow();
});

it('opens a folder by its file URL too', async () => {
  const other = join(folder, 'with blank');
  await openFileStore(`file://${encodeURI(other)}`);
  expect(existsSync(other)).toBe(true);
});
