import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FileStore, openFileStore } from '../../../server/files/file-store.ts';

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

async function read(key: string): Promise<string | undefined> {
  const found = await store.open(key);
  return found && new Response(found.read()).text();
}

it('keeps what was written, piece by piece, under its key', async () => {
  const draft = await store.draft();
  await draft.write(Buffer.from('one '));
  await draft.write(Buffer.from('two'));
  expect(readFileSync(draft.path, 'utf8')).toBe('one two');
  expect(await store.open(KEY)).toBeUndefined();
  expect(await draft.keep(KEY)).toBe(true);
  expect(await read(KEY)).toBe('one two');
  expect(readdirSync(join(folder, '.drafts'))).toEqual([]);
});

it('never replaces what is there', async () => {
  expect(await keep(KEY, 'first')).toBe(true);
  expect(await keep(KEY, 'second')).toBe(false);
  expect(await read(KEY)).toBe('first');
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, n) => keep(KEY.replace('s1', 's2'), String(n))),
  );
  expect(all.filter((isKept) => isKept)).toHaveLength(1);
});

it('throws a draft away without a trace', async () => {
  const draft = await store.draft();
  await draft.write(Buffer.from('x'));
  await draft.discard();
  await draft.discard();
  expect(readdirSync(join(folder, '.drafts'))).toEqual([]);
});

it('removes once, and lists what is below a prefix', async () => {
  const keys = [
    KEY,
    KEY.replace('s1', 's2'),
    KEY.replace('private/s1', 'public/-'),
    KEY.replace('env1', 'env2'),
  ];
  for (const key of keys) await keep(key, 'x');
  const list = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const key of store.list(prefix)) found.push(key);
    return found.sort();
  };
  expect(await list('env1/')).toEqual(keys.slice(0, 3).sort());
  expect(await list('env1/private/')).toEqual(keys.slice(0, 2));
  expect(await list('env1/private/s2/')).toEqual([keys[1]]);
  expect(await list('env3/')).toEqual([]);
  expect(await store.remove(KEY)).toBe(true);
  expect(await store.remove(KEY)).toBe(false);
  expect(await list('env1/private/s1/')).toEqual([]);
});

it('takes nothing for a key that is none', async () => {
  const outside = join(folder, '..', 'outside');
  writeFileSync(outside, 'secret');
  for (const key of [
    '../outside',
    `env1/private/../${HASH}.png`,
    `/${KEY}`,
    `${KEY}/..`,
    '.drafts/x',
    `${KEY}\n`,
    '',
  ]) {
    await expect(store.open(key)).rejects.toThrow('not a file key');
    await expect(store.remove(key)).rejects.toThrow('not a file key');
    await expect(keep(key, 'x')).rejects.toThrow('not a file key');
  }
  for (const prefix of ['', '../', '/', 'env1', 'env1/../'])
    expect(() => store.list(prefix)).toThrow('not a prefix');
  expect(readFileSync(outside, 'utf8')).toBe('secret');
});

it('sweeps out what a crash left behind, and nothing that may still be written', async () => {
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

it.each(['file:/dev/null/files', 'file:/proc/files', 's3://bucket'])('%s cannot be opened', async (url) => {
  await expect(openFileStore(url)).rejects.toThrow();
});

it('opens a folder by its file address too', async () => {
  const other = join(folder, 'with blank');
  await openFileStore(`file://${encodeURI(other)}`);
  expect(existsSync(other)).toBe(true);
});
