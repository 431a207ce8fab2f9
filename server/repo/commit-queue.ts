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
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>;
}

// One batch holds the event loop; 256 jobs of two or three statements stay in the tens of milliseconds.
const MAX_BATCH = 256;

/**
 * Lets writes that arrive in the same turn of the event loop share one durable commit (design.md 5.12).
 *
 * A job waits for the end of the present turn, runs inside a savepoint of its own and hears of its success only after
 * the commit of the whole batch. A job that throws is undone alone; a commit that fails rejects the whole batch.
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
      // Replies and new requests get their turn between two batches.
      if (waiting.length > 0) await nextTurn();
    }
    underWay = undefined;
  }

  async function runBatch(batch: readonly Job[]): Promise<void> {
    try {
      begin.run();
      const settle: (() => void)[] = [];
      for (const job of batch) settle.push(await runOne(job));
      commit.run();
      for (const tell of settle) tell();
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
      // A full disk or an I/O error ends the whole transaction: nobody's work is left to be committed.
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
