import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openFileStore } from '../../server/files/open-file-store.ts';
import { toForm } from '../server/storage/storage.ts';
import { type BuiltServer, runBuiltServer, startBuiltServer } from '../support/built-server.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const folder = mkdtempSync(join(tmpdir(), 'inkling-permissions-'));
const servers: BuiltServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

const places = (at: string) => ({
  DATABASE_URL: `sqlite:${join(at, 'data/inkling.db')}`,
  FILES_URL: `file:${join(at, 'data/files')}`,
});

async function start(at: string, umask?: number): Promise<BuiltServer> {
  const env = { ...places(at), INKLING_ENVIRONMENT_ID: 'own', INKLING_API_KEY: 'a-key-of-this-test' };
  const server = await startBuiltServer({ env, umask });
  servers.push(server);
  return server;
}

/** Uploads a file as an owner does, through both requests. */
async function upload({ origin }: BuiltServer): Promise<void> {
  const permit = await fetch(`${origin}/api/v1/management/storage`, {
    method: 'POST',
    headers: { 'x-api-key': 'a-key-of-this-test', 'content-type': 'application/json' },
    body: JSON.stringify({ environmentId: 'own', fileName: 'a.png', fileType: 'image/png' }),
  });
  const { data } = (await permit.json()) as {
    data: { signedUrl: string; presignedFields: Record<string, string> };
  };
  const url = `${origin}${new URL(data.signedUrl).pathname}`;
  const stored = await fetch(url, { method: 'POST', body: toForm(data.presignedFields, PNG) });
  expect(stored.status, await stored.text()).toBe(201);
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Every file and folder below a folder, with its permissions. */
function listModes(at: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(at, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(at.length + 1), modeOf(path)];
    }),
  );
}

it.each([0o000, 0o002, 0o022, 0o027, 0o077, 0o177, 0o777])(
  'umask %i: whatever a new server and a backup make is its owner’s alone',
  async (umask) => {
    const at = join(folder, `mask-${umask}`);
    mkdirSync(at);
    const server = await start(at, umask);
    await upload(server);
    const backup = runBuiltServer({ args: ['backup', join(at, 'data/saved')], env: places(at), umask });
    expect([await backup.exit, backup.err()]).toEqual([0, '']);
    const modes = listModes(at);
    expect(Object.keys(modes)).toEqual(
      expect.arrayContaining([
        'data',
        'data/inkling.db',
        'data/inkling.db-wal',
        'data/inkling.db-shm',
        'data/saved',
      ]),
    );
    expect(Object.keys(modes).filter((path) => path.endsWith('.png'))).toHaveLength(1);
    for (const [path, mode] of Object.entries(modes)) {
      expect([path, mode]).toEqual([path, statSync(join(at, path)).isDirectory() ? '700' : '600']);
    }
    await server.stop();

    const there = join(folder, `restored-${umask}`);
    const restore = runBuiltServer({ args: ['restore', join(at, 'data/saved')], env: places(there), umask });
    expect([await restore.exit, restore.err()]).toEqual([0, '']);
    for (const [path, mode] of Object.entries(listModes(there))) {
      expect([path, mode]).toEqual([path, statSync(join(there, path)).isDirectory() ? '700' : '600']);
    }
  },
);

it('an installation that anybody on the machine may read is closed at the next start', async () => {
  const at = join(folder, 'open');
  mkdirSync(at);
  await (await start(at)).stop('SIGKILL');
  for (const name of ['', '-wal', '-shm']) chmodSync(join(at, `data/inkling.db${name}`), 0o644);
  chmodSync(join(at, 'data/files'), 0o755);
  const server = await start(at);
  for (const name of ['', '-wal', '-shm']) expect(modeOf(join(at, `data/inkling.db${name}`))).toBe('600');
  expect(modeOf(join(at, 'data/files'))).toBe('700');
  await server.stop();
});

it('what the operator has opened for a group stays open, and a folder that was there keeps its permissions', async () => {
  const at = join(folder, 'group');
  mkdirSync(join(at, 'data'), { recursive: true });
  chmodSync(join(at, 'data'), 0o755);
  await (await start(at)).stop();
  chmodSync(join(at, 'data/inkling.db'), 0o640);
  chmodSync(join(at, 'data/files'), 0o750);
  const server = await start(at);
  for (const name of ['', '-wal', '-shm']) expect(modeOf(join(at, `data/inkling.db${name}`))).toBe('640');
  expect(modeOf(join(at, 'data/files'))).toBe('750');
  expect(modeOf(join(at, 'data'))).toBe('755');
  await server.stop();
});

it('a folder for files that the operator has made is left as it is', async () => {
  const files = join(folder, 'made', 'files');
  mkdirSync(files, { recursive: true });
  chmodSync(files, 0o755);
  writeFileSync(join(files, 'note'), '');
  await openFileStore(`file:${files}`);
  expect(modeOf(files)).toBe('755');
  expect(existsSync(join(files, 'note'))).toBe(true);
});
