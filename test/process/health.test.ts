import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { KINDS } from '../support/app.ts';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';
import { createDatabase, startPostgres } from '../support/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'inkling-health-'));
const disk = join(folder, 'disk');
const release: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const step of release) await step();
});

/** A small disk of its own, which only root can make. */
function mountDisk(): boolean {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return false;
  }
  release.unshift(() => execFileSync('umount', [disk]));
  return true;
}
const isDiskThere = mountDisk();

async function start(DATABASE_URL: string): Promise<BuiltServer> {
  const server = await startBuiltServer({
    env: {
      DATABASE_URL,
      FILES_URL: `file:${join(folder, 'files')}`,
      INKLING_ENVIRONMENT_ID: 'env',
      INKLING_RATE_LIMIT: 'off',
      LOG_LEVEL: 'silent',
    },
  });
  release.unshift(() => server.stop('SIGKILL'));
  return server;
}

const WORKS = [
  ['/health', 200, { status: 'ok' }],
  ['/health/live', 200, { status: 'ok' }],
  ['/health/ready', 200, { status: 'ok' }],
  ['/api/v2/health', 200, { data: { main_database: true, cache_database: true } }],
];
const isBrokenBy = (reason: string) => [
  ['/health', 200, { status: 'ok' }],
  ['/health/live', 200, { status: 'ok' }],
  [
    '/health/ready',
    503,
    {
      code: 'service_unavailable',
      message: expect.stringMatching(/^Nothing can be stored now: /),
      details: { reason },
    },
  ],
  ['/api/v2/health', 200, { data: { main_database: false, cache_database: true } }],
];

async function askAll({ origin }: BuiltServer): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const path of ['/health', '/health/live', '/health/ready', '/api/v2/health']) {
    const reply = await fetch(`${origin}${path}`);
    if (reply.status === 503) expect(reply.headers.get('retry-after')).toBe('1');
    if (path.match(/ready|v2/)) expect(reply.headers.get('cache-control')).toBe('no-store');
    answers.push([path, reply.status, await reply.json()]);
  }
  return answers;
}

const identify = async ({ origin }: BuiltServer, userId: string): Promise<Response> => {
  const body = JSON.stringify({ userId, attributes: { note: 'x'.repeat(500) } });
  const reply = await fetch(`${origin}/api/v1/client/env/user`, { method: 'POST', body });
  await reply.arrayBuffer();
  return reply;
};

it.runIf(isDiskThere)('a disk that is full: not ready, and ready again once there is room', async () => {
  const server = await start(`sqlite:${join(disk, 'inkling.db')}`);
  await expect.poll(() => askAll(server)).toEqual(WORKS);
  const filler = join(disk, 'filler');
  const file = openSync(filler, 'w');
  const block = Buffer.alloc(4096, 'x');
  const fill = (): void => {
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  };
  const acknowledged: string[] = [];
  let refused: Response | undefined;
  for (let n = 0; n < 5_000 && !refused; n += 1) {
    fill();
    const reply = await identify(server, `user-${n}`);
    if (reply.status === 200) acknowledged.push(`user-${n}`);
    else refused = reply;
  }
  closeSync(file);
  expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, '1']);
  await expect.poll(() => askAll(server)).toEqual(isBrokenBy('disk_full'));
  expect((await fetch(`${server.origin}/api/v1/client/env/environment`)).status).toBe(200);

  rmSync(filler);
  await expect.poll(() => askAll(server)).toEqual(WORKS);
  expect((await identify(server, 'after')).status).toBe(200);
  await server.stop();
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(join(disk, 'inkling.db'), { readonly: true });
  const stored = new Set(database.prepare('select user_id from contact').pluck().all());
  database.close();
  expect(acknowledged.filter((userId) => !stored.has(userId))).toEqual([]);
});

it.runIf(KINDS.includes('postgres'))('a PostgreSQL that is stopped: not ready', async () => {
  const postgres = await startPostgres();
  release.unshift(postgres.stop);
  const server = await start(await createDatabase(postgres.url));
  await expect.poll(() => askAll(server)).toEqual(WORKS);
  await postgres.stop();
  await expect.poll(() => askAll(server)).toEqual(isBrokenBy('unreachable'));
  const reply = await identify(server, 'user');
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
});

it('many checks at once write a few times', async () => {
  const path = join(folder, 'many.db');
  const server = await start(`sqlite:${path}`);
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(path, { readonly: true });
  const content = database.prepare('select content from probe').pluck();
  await askAll(server);
  const contents = new Set<unknown>();
  const began = performance.now();
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.origin}/health/ready`)));
    contents.add(content.get());
  }
  expect(contents.size).toBeLessThanOrEqual(2 + (performance.now() - began) / 1000);
  database.close();
});
