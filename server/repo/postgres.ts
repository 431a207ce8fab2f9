import { type Driver, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { MAX_QUEUED_WRITES } from '../../src/core/limits.ts';
import type { Database, OpenOptions } from './database.ts';
import { isConflict, OverloadedError } from './database-errors.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';

const INT8 = 20;
const POOL_SIZE = 10;
const MAX_TRIES = 5;

/**
 * The dialect of kysely, except for a rollback that fails: a connection that broke in a transaction can't roll back
 * either, and that second error would hide the first one. The server has rolled back, and the pool drops the connection.
 */
class FirstErrorDialect extends PostgresDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    const rollback = driver.rollbackTransaction.bind(driver);
    driver.rollbackTransaction = (connection) => rollback(connection).catch(() => {});
    return driver;
  }
}

/**
 * Opens a PostgreSQL database, which any number of processes may share. A transaction that lost against another one
 * (serialization failure, deadlock) runs again a few times.
 */
export async function openPostgres(
  url: string,
  { onProblem, maxQueued = MAX_QUEUED_WRITES }: OpenOptions,
): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    types: { getTypeParser },
  });
  // Without a listener a broken connection would end the process, whether idle or in use.
  pool.on('error', (error) => onProblem?.('idle database connection lost', error));
  pool.on('connect', (client) => client.on('error', () => {}));

  const db = new Kysely<Schema>({ dialect: new FirstErrorDialect({ pool }) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }

  // A pool that is ended drops callers that still wait for a connection, so closing waits for them first.
  const pending = new Set<Promise<unknown>>();

  async function write<T>(job: (trx: Kysely<Schema>) => Promise<T>): Promise<T> {
    if (pool.waitingCount >= maxQueued) throw new OverloadedError('too many writes wait');
    const written = tryWrite(job);
    pending.add(written);
    try {
      return await written;
    } finally {
      pending.delete(written);
    }
  }

  async function tryWrite<T>(job: (trx: Kysely<Schema>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await db.transaction().execute(job);
      } catch (error) {
        if (attempt === MAX_TRIES || !isConflict(error)) throw error;
      }
    }
  }

  async function close(): Promise<void> {
    await Promise.allSettled(pending);
    await db.destroy();
  }

  return { kind: 'postgres', read: db, write, scrub: async () => {}, close };
}

/** int8 arrives as text because it may exceed a double; ours are instants and counters, which don't. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) return Number;
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}
