import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { insertEnvironment } from '../../server/repo/environments.ts';
import { MAX_LOCK_WAIT_MS } from '../../src/core/limits.ts';
import { openApp, type TestApp } from '../support/app.ts';

/** Far from the seconds of a wait that blocks, and from the pauses of a busy machine. */
const CALM_MS = 1_000;
let folder: string;
let server: TestApp;
let other: ChildProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inkling-locked-'));
  server = await openApp({ parentFolder: folder, log: silent });
  await server.database.write((trx) => insertEnvironment(trx, { id: 'env', name: 'x', now: 1 }));
});
afterEach(async () => {
  await release();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const silent = {
  isOn: () => false,
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  trace: () => {},
};

/** Another process that holds a lock on the database until `release`. */
async function hold(statements: string): Promise<void> {
  const script = join(folder, 'holder.mjs');
  const sqlite = fileURLToPath(import.meta.resolve('better-sqlite3'));
  writeFileSync(
    script,
    `import Sqlite from ${JSON.stringify(sqlite)};
     const file = new Sqlite(${JSON.stringify(server.databaseUrl.slice('sqlite:'.length))});
     file.exec(${JSON.stringify(statements)});
     process.on('message', () => { if (file.inTransaction) file.exec('rollback'); file.close(); process.exit(); });
     process.send('held');`,
  );
  other = fork(script, { execArgv: [] });
  await new Promise((resolve, reject) => {
    other?.once('message', resolve);
    other?.once('exit', reject);
  });
}

async function release(): Promise<void> {
  const held = other;
  other = undefined;
  if (!held) return;
  const end = new Promise((resolve) => held.once('exit', resolve));
  held.send('end');
  await end;
}

const identify = (userId: string) =>
  server.app.request('/api/v1/client/env/user', { method: 'POST', body: JSON.stringify({ userId }) });
const read = async () => (await server.app.request('/api/v1/client/env/environment')).status;

/** Reads until `until` settles, and returns the longest time that the event loop stood still. */
async function readDuring(until: Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let isDone = false;
  const done = until.finally(() => {
    isDone = true;
  });
  let reads = 0;
  while (!isDone) {
    expect(await read()).toBe(200);
    reads += 1;
    await wait(20);
  }
  await done;
  delay.disable();
  expect(reads).toBeGreaterThan(5);
  return delay.max / 1e6;
}

it.each(['begin immediate', 'begin exclusive'])(
  'reads go on and a write waits while another process holds the lock by `%s`, and is stored after it',
  async (statement) => {
    await hold(statement);
    const writes = Promise.all(['a', 'b', 'c'].map(identify));
    const freed = wait(1_500).then(release);
    expect(await readDuring(freed)).toBeLessThan(CALM_MS);
    expect((await writes).map(({ status }) => status)).toEqual([200, 200, 200]);
    const stored = await server.database.read.selectFrom('contact').select('user_id').execute();
    expect(stored.map((row) => row.user_id).sort()).toEqual(['a', 'b', 'c']);
  },
);

it('a write that has waited too long is refused with 503 and Retry-After, and nothing of it is stored', async () => {
  await hold('begin immediate');
  const began = performance.now();
  const writes = Promise.all(['a', 'b'].map(identify));
  // One that comes later waits as long, counted from its own beginning.
  const later = wait(2_000).then(() => identify('c'));
  expect(await readDuring(writes)).toBeLessThan(CALM_MS);
  expect(performance.now() - began).toBeGreaterThanOrEqual(MAX_LOCK_WAIT_MS);
  for (const reply of await writes) {
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
  }
  await release();
  expect((await later).status).toBe(200);
  const stored = await server.database.read.selectFrom('contact').select('user_id').execute();
  expect(stored).toEqual([{ user_id: 'c' }]);
});

it('neither an erasure nor a stop stands still behind a process that reads', async () => {
  // A reader of an old state keeps the log from being truncated.
  await hold('begin; select count(*) from environment');
  await identify('a');
  const delay = readDuring(server.database.scrub());
  await wait(500);
  await release();
  expect(await delay).toBeLessThan(CALM_MS);
});

it('the health check tells a lock from a database that works', async () => {
  const ready = async () => (await server.app.request('/health/ready')).status;
  expect(await ready()).toBe(200);
  await hold('begin immediate');
  await expect.poll(ready).toBe(503);
  await release();
  await expect.poll(ready).toBe(200);
});
