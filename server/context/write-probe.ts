import { MAX_PROBE_MS, PROBE_CACHE_MS } from '../../src/core/limits.ts';
import type { Database } from '../repo/database.ts';
import { findUnavailability, type Unavailability } from '../repo/database-errors.ts';
import { pingDatabase, storeProbe } from '../repo/ping.ts';

/** Why no write can be made durable; `no_answer`: the database hangs. */
export type Unreadiness = Unavailability | 'no_answer';

/** Finds out whether a write can be made durable: undefined when it can. Never rejects. */
export type WriteProbe = () => Promise<Unreadiness | undefined>;

/**
 * Makes the probe of a process. It reads and writes for real, one at a time, and writes once a moment at most, so that
 * any number of health checks adds next to nothing to a database in trouble.
 */
export function createWriteProbe(database: Database): WriteProbe {
  let asking: { readonly result: Promise<Unreadiness | undefined>; readonly since: number } | undefined;
  let written: { readonly result: Promise<void>; readonly at: number } | undefined;

  async function ask(at: number): Promise<Unreadiness | undefined> {
    try {
      await pingDatabase(database.read);
      if (!written || at - written.at >= PROBE_CACHE_MS) written = { result: storeProbe(database), at };
      await written.result;
      return undefined;
    } catch (error) {
      return findUnavailability(error) ?? 'failed';
    } finally {
      asking = undefined;
    }
  }

  return () => {
    const now = performance.now();
    asking ??= { result: ask(now), since: now };
    return withDeadline(asking.result, asking.since + MAX_PROBE_MS - now);
  };
}

async function withDeadline(
  result: Promise<Unreadiness | undefined>,
  remainingMs: number,
): Promise<Unreadiness | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Unreadiness>((resolve) => {
    timer = setTimeout(() => resolve('no_answer'), Math.max(0, remainingMs));
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
