import { dirname } from 'node:path';
import Sqlite, { type Database as File } from 'better-sqlite3';
import { Kysely } from 'kysely';
import { makeFolder } from '../base/make-folder.ts';
import { createCommitQueue } from './commit-queue.ts';
import type { Database, OpenOptions } from './database.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';

/**
 * Opens an SQLite file, making its folder when needed: one connection that writes, in shared commits, and one that
 * reads. Every commit reaches the disk before it is acknowledged (`synchronous=FULL`).
 */
export async function openSqlite(path: string, { maxQueued = 10_000 }: OpenOptions): Promise<Database> {
  if (path === '' || path === ':memory:') throw new Error('SQLite needs the path of a file');
  makeFolder(dirname(path));

  const writer = openFile(path);
  const reader = openFile(path);
  reader.pragma('query_only = on');

  const write = new Kysely<Schema>({ dialect: createSqliteDialect(writer) });
  const read = new Kysely<Schema>({ dialect: createSqliteDialect(reader) });
  await migrate(write);
  const queue = createCommitQueue(writer, write, maxQueued);

  return {
    kind: 'sqlite',
    read,
    write: queue.write,
    async scrub() {
      // A batch runs within one turn of the event loop: in a turn of its own this is outside of any transaction.
      await new Promise((resolve) => setImmediate(resolve));
      writer.pragma('wal_checkpoint(truncate)');
    },
    async close() {
      await queue.drain();
      reader.close();
      // The last connection to close writes the log back into the file.
      writer.close();
    },
  };
}

function openFile(path: string): File {
  const file = new Sqlite(path, { timeout: 5000 });
  file.pragma('journal_mode = wal');
  file.pragma('synchronous = full');
  file.pragma('foreign_keys = on');
  file.pragma('secure_delete = on');
  return file;
}
