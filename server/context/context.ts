import type { Log } from '../base/log.ts';
import type { FileStore } from '../files/file-store.ts';
import type { Database } from '../repo/database.ts';
import type { ResolveHost } from '../webhooks/address-guard.ts';
import { createEnvironmentCache, type EnvironmentCache } from './environment-cache.ts';
import { createRateLimits, type RateLimitSetting, type RateLimits } from './rate-limits.ts';

/** How long what a client is told stays true, in milliseconds. */
export interface Lifetimes {
  /** From the end of a slot to the expiry of the environment. */
  readonly environmentMs: number;
  /** All clients of a slot get the same bytes. */
  readonly slotMs: number;
  readonly userMs: number;
}

/** What a context is made of. */
export interface ContextDeps {
  readonly database: Database;
  /** Epoch ms. */
  readonly now: () => number;
  readonly lifetimes?: Partial<Lifetimes>;
  readonly log: Log;
  /** `on` unless told. */
  readonly rateLimit?: RateLimitSetting;
  /** Where uploads are kept; without it they are refused. */
  readonly files?: FileStore | undefined;
  /** Where clients reach the server; where each request was sent to unless told. */
  readonly publicUrl?: string | undefined;
  /** Proxies before the server; undefined when nobody has said (design.md 4, `INKLING_TRUST_PROXY`). */
  readonly trustedProxies?: number | undefined;
  /** What the description says it describes. */
  readonly version?: string;
  /** Lets webhooks reach addresses that only this machine or its network has (`INKLING_ALLOW_PRIVATE_WEBHOOKS`). */
  readonly allowPrivateWebhooks?: boolean | undefined;
  /** Finds all addresses of a host; the system's resolver unless told. */
  readonly resolveHost?: ResolveHost | undefined;
  /** Hears that something waits to be delivered. */
  readonly onQueued?: (() => void) | undefined;
}

/** What every handler works with. */
export interface ServerContext {
  readonly database: Database;
  readonly cache: EnvironmentCache;
  readonly now: () => number;
  readonly lifetimes: Lifetimes;
  readonly log: Log;
  readonly limits: RateLimits;
  readonly files: FileStore | undefined;
  readonly publicUrl: string | undefined;
  readonly trustedProxies: number | undefined;
  readonly version: string;
  readonly allowPrivateWebhooks: boolean;
  readonly resolveHost: ResolveHost | undefined;
  readonly onQueued: () => void;
}

const MINUTE = 60_000;
const LIFETIMES: Lifetimes = { environmentMs: 60 * MINUTE, slotMs: 5 * MINUTE, userMs: 30 * MINUTE };

/** Puts together what handlers and services need. */
export function createContext({
  database,
  now,
  lifetimes,
  log,
  rateLimit = 'on',
  files,
  publicUrl,
  trustedProxies,
  version = 'development',
  allowPrivateWebhooks = false,
  resolveHost,
  onQueued = () => {},
}: ContextDeps): ServerContext {
  const cache = createEnvironmentCache(database.read, log);
  const limits = createRateLimits(rateLimit, now);
  const allLifetimes = { ...LIFETIMES, ...lifetimes };
  const told = { files, publicUrl, trustedProxies, version, allowPrivateWebhooks, resolveHost, onQueued };
  return { database, cache, now, lifetimes: allLifetimes, log, limits, ...told };
}
