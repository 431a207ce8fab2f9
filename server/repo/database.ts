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
