import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileStore } from '../../../server/files/file-store.ts';
import { openFileStore } from '../../../server/files/open-file-store.ts';
import { startBucket, type TestBucket } from '../../support/bucket.ts';

const HASH = 'a'.repeat(64);
let count = 0;
/** A key that no other test uses. */
const newKey = (): string => {
  count += 1;
  return `env${count}/private/s1/${HASH}.png`;
};

describe.each(['folder', 'bucket'])('a store in a %s', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-store-'));
  let bucket: TestBucket | undefined;
  let store: FileStore;

  beforeAll(async () => {
    if (kind === 'bucket') {
      bucket = await startBucket();
      Object.assign(process.env, bucket.credentials);
    }
    store = await openFileStore(bucket?.filesUrl ?? `file:${join(folder, 'deep', 'files')}`);
  });
  afterAll(async () => {
    await bucket?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const keep = async (key: string, text: string): Promise<boolean> => {
    const draft = await store.draft();
    await draft.write(Buffer.from(text));
    try {
      return await draft.keep(key);
    } finally {
      await draft.discard();
    }
  };
  const read = async (key: string): Promise<string | undefined> => {
    const found = await store.open(key);
    return found && new Response(found.read()).text();
  };

  it('stores chunks under their key', async () => {
    const key = newKey();
    const draft = await store.draft();
    await draft.write(Buffer.from('one '));
    await draft.write(Buffer.from('two'));
    expect(readFileSync(draft.path, 'utf8')).toBe('one two');
    expect(await store.open(key)).toBeUndefined();
    expect(await draft.keep(key)).toBe(true);
    await draft.discard();
    expect(await read(key)).toBe('one two');
    const found = await store.open(key);
    expect(found?.size).toBe(7);
    expect(await new Response(found?.read({ start: 2, end: 4 })).text()).toBe('e t');
  });

  it('never replaces a file', async () => {
    const key = newKey();
    expect(await keep(key, 'first')).toBe(true);
    expect(await keep(key, 'second')).toBe(false);
    expect(await read(key)).toBe('first');
  });

  it('discards a draft completely', async () => {
    const draft = await store.draft();
    await draft.write(Buffer.from('x'));
    await draft.discard();
    await draft.discard();
    expect(() => readFileSync(draft.path)).toThrow('ENOENT');
  });

  it('removes a file once, and lists files below a prefix', async () => {
    const first = newKey();
    const environment = first.split('/')[0];
    const keys = [
      first,
      first.replace('/s1/', '/s2/'),
      first.replace('private/s1', 'public/-'),
      newKey(),
    ] as const;
    for (const key of keys) await keep(key, 'x');
    const list = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const key of store.list(prefix)) found.push(key);
      return found.sort();
    };
    expect(await list(`${environment}/`)).toEqual(keys.slice(0, 3).sort());
    expect(await list(`${environment}/private/`)).toEqual(keys.slice(0, 2));
    expect(await list(`${environment}/private/s2/`)).toEqual([keys[1]]);
    expect(await list('env/')).toEqual([]);
    expect(await store.remove(first)).toBe(true);
    expect(await store.remove(first)).toBe(false);
    expect(await read(first)).toBeUndefined();
    expect(await list(`${environment}/private/s1/`)).toEqual([]);
  });

  it('rejects invalid keys', async () => {
    const key = newKey();
    for (const other of [
      '../outside',
      `env1/private/../${HASH}.png`,
      `/${key}`,
      `${key}/..`,
      '.drafts/x',
      `.uploads/${key}`,
      `${key}\n`,
      '',
    ]) {
      await expect(store.open(other)).rejects.toThrow('not a file key');
      await expect(store.remove(other)).rejects.toThrow('not a file key');
      await expect(keep(other, 'x')).rejects.toThrow('not a file key');
    }
    for (const prefix of ['', '../', '/', 'env1', 'env1/../', '.uploads/']) {
      await expect(
        (async () => (await store.list(prefix)[Symbol.asyncIterator]().next()).value)(),
      ).rejects.toThrow('not a prefix');
    }
  });
});
