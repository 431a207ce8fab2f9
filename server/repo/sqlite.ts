import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite, { type Database as File } from 'better-sqlite3';
import { Kysely } from 'kysely';
import { MAX_LOCK_WAIT_MS, MAX_QUEUED_WRITES } from '../../src/core/limits.ts';
import { makeFolder } from '../base/make-folder.ts';
import { closeToOthers, makePrivateFile, PRIVATE_FILE } from '../base/private-access.ts';
import { createCommitQueue } from './commit-queue.ts';
import type { Database, OpenOptions } from './database.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';

/** Longest time that a read stands still, with the whole process: only the repair of a log by another one locks it out. */
const READ_WAIT_MS = 100;
/** Intervals at which the log is tried to be truncated while another process reads from it. */
const TRUNCATE_RETRY_MS = { first: 10, last: 1_000 };

/**
 * Opens an SQLite file, making its folder when needed: one connection that writes, in shared commits, and one that
 * reads. Every commit reaches the disk before it is acknowledged (`synchronous=FULL`).
 *
 * While it opens, it may stand still until another process has written; from then on writes wait without blocking.
 */
export async function openSqlite(
  path: string,
  { maxQueued = MAX_QUEUED_WRITES }: OpenOptions,
): Promise<Database> {
  if (path === '' || path === ':memory:') throw new Error('SQLite needs the path of a file');
  makeFolder(dirname(path));
  // SQLite gives its log and the log's index the permissions of the database.
  makePrivateFile(path);

  const { writer, reader } = openTwice(path);
  const write = new Kysely<Schema>({ dialect: createSqliteDialect(writer) });
  const read = new Kysely<Schema>({ dialect: createSqliteDialect(reader) });
  const closeFiles = (): void => {
    reader.close();
    // The last connection to close writes the log back into the file.
    writer.close();
  };
  try {
    await migrate(write);
  } catch (error) {
    closeFiles();
    throw error;
  }
  for (const suffix of ['', '-wal', '-shm']) closeToOthers(`${realpathSync(path)}${suffix}`, PRIVATE_FILE);
  writer.pragma('busy_timeout = 0');
  reader.pragma(`busy_timeout = ${READ_WAIT_MS}`);
  const queue = createCommitQueue(writer, write, { maxQueued, maxLockWaitMs: MAX_LOCK_WAIT_MS });
  const log = createLogTruncation(writer);

  return {
    kind: 'sqlite',
    read,
    write: queue.write,
    scrub: log.truncate,
    async close() {
      await queue.drain();
      log.stop();
      closeFiles();
    },
  };
}

/** Opens the file for writing and for reading. Throws when it was replaced meanwhile, as `restore` does. */
function openTwice(path: string): { readonly writer: File; readonly reader: File } {
  const { ino } = statSync(path);
  const writer = openFile(path);
  try {
    const reader = openFile(path);
    reader.pragma('query_only = on');
    if (statSync(path).ino !== ino) throw new Error('the file was replaced while it was opened: start again');
    return { writer, reader };
  } catch (error) {
    writer.close();
    throw error;
  }
}

function openFile(path: string): File {
  const file = new Sqlite(path, { timeout: MAX_LOCK_WAIT_MS });
  try {
    file.pragma('journal_mode = wal');
    file.pragma('synchronous = full');
    file.pragma('foreign_keys = on');
    file.pragma('secure_delete = on');
  } catch (error) {
    file.close();
    throw error;
  }
  return file;
}

interface LogTruncation {
  /** Resolves when the log holds nothing, or after a while: then it is tried on until it succeeds. */
  truncate(): Promise<void>;
  stop(): void;
}

/** Truncates the write-ahead log; another process that writes or reads delays it, and blocks nothing here. */
function createLogTruncation(writer: File): LogTruncation {
  let isStopped = false;
  let isAsked = false;
  let underWay: Promise<void> | undefined;

  async function run(): Promise<void> {
    let pauseMs = TRUNCATE_RETRY_MS.first;
    while (isAsked && !isStopped) {
      // A batch runs within one turn of the event loop: in a turn of its own this is outside of any transaction.
      await new Promise((resolve) => setImmediate(resolve));
      if (isStopped) break;
      isAsked = false;
      const [result] = writer.pragma('wal_checkpoint(truncate)') as { readonly busy: number }[];
      if (result?.busy === 0) continue;
      isAsked = true;
      await wait(pauseMs, undefined, { ref: false });
      pauseMs = Math.min(2 * pauseMs, TRUNCATE_RETRY_MS.last);
    }
  }

  return {
    async truncate() {
      isAsked = true;
      underWay ??= run().finally(() => {
        underWay = undefined;
      });
      const enough = new AbortController();
      const late = wait(MAX_LOCK_WAIT_MS, undefined, { ref: false, signal: enough.signal }).catch(() => {});
      await Promise.race([underWay, late]).finally(() => enough.abort());
    },
    stop() {
      isStopped = true;
    },
  };
}
