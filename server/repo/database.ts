import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A database with its schema up to date. */
export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  /** For reading outside of a write; never sees what is not yet durable. */
  readonly read: Kysely<Schema>;
  /**
   * Runs `job` in a transaction and resolves once its effect is durable. A job that throws leaves no trace and
   * rejects alone. A job may run again after a conflict, so its only effects are queries on `trx`.
   *
   * Rejects with `OverloadedError` when too many writes already wait.
   */
  write<T>(job: (trx: Kysely<Schema>) => Promise<T>): Promise<T>;
  /**
   * Removes deleted data from the files, where the database doesn't do so by itself: on SQLite none of it stays in the
   * write-ahead log. On PostgreSQL its own vacuum does so in time.
   */
  scrub(): Promise<void>;
  /** Waits for pending writes, then closes. */
  close(): Promise<void>;
}

/** Options of `openDatabase`. */
export interface OpenOptions {
  /** Called when an idle connection broke. */
  readonly onProblem?: (message: string, error: unknown) => void;
  /** Number of writes that may wait before new ones are refused. Default: 10,000. */
  readonly maxQueued?: number;
}
