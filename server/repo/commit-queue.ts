import type { Database as File } from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { OverloadedError } from './database-errors.ts';
import type { Schema } from './schema.ts';

interface Job {
  run(trx: Kysely<Schema>): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Writes that share commits. */
export interface CommitQueue {
  write<T>(job: (trx: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** Resolves once no write is waiting. */
  drain(): Promise<void>;
}

// A batch blocks the event loop; 256 jobs of two or three statements stay in the tens of milliseconds.
const MAX_BATCH = 256;

/**
 * Lets writes that arrive in the same turn of the event loop share one durable commit (architecture.md 5.12).
 *
 * A job waits for the end of the current turn, runs inside a savepoint of its own and resolves only after the commit of
 * the whole batch. A job that throws is rolled back alone; a commit that fails rejects the whole batch.
 * Jobs may await nothing but their own queries, or they would hold the write lock over a turn of the event loop.
 */
export function createCommitQueue(file: File, trx: Kysely<Schema>, maxQueued: number): CommitQueue {
  const begin = file.prepare('begin immediate');
  const commit = file.prepare('commit');
  const rollback = file.prepare('rollback');
  const savepoint = file.prepare('savepoint job');
  const release = file.prepare('release job');
  const undo = file.prepare('rollback to job');

  let waiting: Job[] = [];
  let underWay: Promise<void> | undefined;

  function write<T>(run: (trx: Kysely<Schema>) => Promise<T>): Promise<T> {
    if (waiting.length >= maxQueued) return Promise.reject(new OverloadedError('too many writes wait'));
    return new Promise<T>((resolve, reject) => {
      waiting.push({ run, resolve: resolve as (value: unknown) => void, reject });
      underWay ??= nextTurn().then(runAll);
    });
  }

  async function runAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      await runBatch(batch);
      // Lets replies and new requests run between two batches.
      if (waiting.length > 0) await nextTurn();
    }
    underWay = undefined;
  }

  async function runBatch(batch: readonly Job[]): Promise<void> {
    try {
      begin.run();
      const settlers: (() => void)[] = [];
      for (const job of batch) settlers.push(await runOne(job));
      commit.run();
      for (const settle of settlers) settle();
    } catch (error) {
      if (file.inTransaction) rollback.run();
      for (const job of batch) job.reject(error);
    }
  }

  async function runOne(job: Job): Promise<() => void> {
    savepoint.run();
    try {
      const value = await job.run(trx);
      release.run();
      return () => job.resolve(value);
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction: no job is left to commit.
      if (!file.inTransaction) throw error;
      undo.run();
      release.run();
      return () => job.reject(error);
    }
  }

  return {
    write,
    async drain() {
      while (underWay) await underWay;
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
