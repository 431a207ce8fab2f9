import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A database with its schema up to date. */
export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  /** For reading outside of a write; never sees what is not yet durable. */
  readonly read: Kysely<Schema>;
  /**
   * Runs `job` in a transaction and resolves once its effect is durable. A job that throws leaves no trace and
   * rejects alone. A job may run again after a conflict, so it does nothing but talk to `trx`.
   *
   * Rejects with `OverloadedError` when too many writes already wait.
   */
  write<T>(job: (trx: Kysely<Schema>) => Promise<T>): Promise<T>;
  /**
   * Takes what was deleted out of the files, where the database leaves that to us: on SQLite nothing of it stays in the
   * log. On PostgreSQL its own vacuum does so in time.
   */
  scrub(): Promise<void>;
  /** Waits for writes under way, then closes. */
  close(): Promise<void>;
}

/** What opening may be told. */
export interface OpenOptions {
  /** Hears of connections that broke while idle. */
  readonly onProblem?: (message: string, error: unknown) => void;
  /** Writes that may wait before new ones are refused; 10,000 unless told. */
  readonly maxQueued?: number;
}

/**
 * Opens `sqlite:path` or `postgres://…` and runs the migrations. Rejects with a readable message when the address
 * is of another kind or the database cannot be reached.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(url.slice('sqlite:'.length), options);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    // pg is loaded only here: it costs memory and start time that an embedded database should not pay.
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, options);
  }
  throw new Error('expected sqlite:<path> or postgres://…');
}
