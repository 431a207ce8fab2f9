import type { Log } from '../http/log.ts';
import type { Database } from '../repo/database.ts';
import type { EnvironmentCache } from './environment-cache.ts';

/** How long what a client is told stays true. */
export interface Lifetimes {
  /** From the end of a slot to the expiry of the environment. */
  readonly environmentMs: number;
  /** All clients of a slot get the same bytes. */
  readonly slotMs: number;
  readonly userMs: number;
}

/** What every handler works with. */
export interface ServerContext {
  readonly database: Database;
  readonly cache: EnvironmentCache;
  readonly now: () => number;
  readonly lifetimes: Lifetimes;
  readonly log: Log;
}
