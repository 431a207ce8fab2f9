import { setTimeout as wait } from 'node:timers/promises';
import type { Database as File } from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { isLocked, OverloadedError } from './database-errors.ts';
import type { Schema } from './schema.ts';

interface Job {
  run(trx: Kysely<Schema>): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** When it was queued, by the monotonic clock. */
  readonly at: number;
}

/** Bounds of a queue. */
export interface QueueLimits {
  /** Number of writes that may wait. */
  readonly maxQueued: number;
  /** Longest time that a write waits for another process that has locked the file. */
  readonly maxLockWaitMs: number;
}

/** Writes that share commits. */
export interface CommitQueue {
  write<T>(job: (trx: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** Resolves once no write is waiting. */
  drain(): Promise<void>;
}

// A batch blocks the event loop; 256 jobs of two or three statements stay in the tens of milliseconds.
const MAX_BATCH = 256;
/** Pause between two tries to lock a file that another process has locked. */
const LOCK_RETRY_MS = 10;

/**
 * Lets writes that arrive in the same turn of the event loop share one durable commit (architecture.md 5.12).
 *
 * A job waits for the end of the current turn, runs inside a savepoint of its own and resolves only after the commit of
 * the whole batch. A job that throws is rolled back alone; a commit that fails rejects the whole batch.
 * Jobs may await nothing but their own queries, or they would hold the write lock over a turn of the event loop.
 *
 * The file must have no busy timeout, during which SQLite blocks the whole process: while another process has the write
 * lock, jobs wait here, and are rejected with SQLite's error when they have waited too long.
 */
export function createCommitQueue(
  file: File,
  trx: Kysely<Schema>,
  { maxQueued, maxLockWaitMs }: QueueLimits,
): CommitQueue {
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
      waiting.push({ run, resolve: resolve as (value: unknown) => void, reject, at: performance.now() });
      underWay ??= nextTurn().then(runAll);
    });
  }

  async function runAll(): Promise<void> {
    while (waiting.length > 0) {
      const problem = lock();
      if (isLocked(problem)) {
        refuseWaiting(performance.now() - maxLockWaitMs, problem);
        await wait(LOCK_RETRY_MS);
        continue;
      }
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      if (problem === undefined) await runBatch(batch);
      else for (const job of batch) job.reject(problem);
      // Lets replies and new requests run between two batches.
      if (waiting.length > 0) await nextTurn();
    }
    underWay = undefined;
  }

  /** Begins a transaction. Returns what prevented it. */
  function lock(): unknown {
    try {
      undoAll();
      begin.run();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Ends a transaction that can't be committed. One that can't be rolled back either is tried again before the next. */
  function undoAll(): void {
    try {
      if (file.inTransaction) rollback.run();
    } catch {
      // The error that led here is the one to report.
    }
  }

  function refuseWaiting(queuedBefore: number, problem: unknown): void {
    const isLate = ({ at }: Job): boolean => at < queuedBefore;
    for (const job of waiting.filter(isLate)) job.reject(problem);
    waiting = waiting.filter((job) => !isLate(job));
  }

  async function runBatch(batch: readonly Job[]): Promise<void> {
    try {
      const settlers: (() => void)[] = [];
      for (const job of batch) settlers.push(await runOne(job));
      commit.run();
      for (const settle of settlers) settle();
    } catch (error) {
      for (const job of batch) job.reject(error);
      undoAll();
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
