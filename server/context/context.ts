import { MAX_ENVIRONMENT_FILE_BYTES } from '../../src/core/limits.ts';
import type { Log } from '../base/log.ts';
import type { ResolveHost } from '../base/resolve-host.ts';
import type { FileStore } from '../files/file-store.ts';
import { type OwnAddresses, toOwnAddresses } from '../files/own-address.ts';
import type { Database } from '../repo/database.ts';
import { createEnvironmentCache, type EnvironmentCache } from './environment-cache.ts';
import { createRateLimits, type RateLimitSetting, type RateLimits } from './rate-limits.ts';

/** Lifetimes of what clients cache, in milliseconds. */
export interface Lifetimes {
  /** From the end of a slot to `expiresAt` of the environment. */
  readonly environmentMs: number;
  /** Length of a slot: all requests of one slot are answered with the same bytes. */
  readonly slotMs: number;
  /** From an identification to `expiresAt` of the user. */
  readonly userMs: number;
}

/** Dependencies and settings of a context. */
export interface ContextDeps {
  readonly database: Database;
  /** Epoch ms. */
  readonly now: () => number;
  readonly lifetimes?: Partial<Lifetimes>;
  readonly log: Log;
  /** Default: `on`. */
  readonly rateLimit?: RateLimitSetting;
  /** Store of uploaded files; without one uploads are refused. */
  readonly files?: FileStore | undefined;
  /** `INKLING_FILE_QUOTA` in bytes: what visitors may upload to one environment. Default: 10 GiB. */
  readonly fileQuota?: number | undefined;
  /** `PUBLIC_URL`: where clients reach the server. Default: the listening address. */
  readonly publicUrl?: string | undefined;
  /** Returns the address on which the server listens, once it does. Default: `http://localhost`. */
  readonly listeningUrl?: () => string;
  /** Number of reverse proxies; undefined when `INKLING_TRUST_PROXY` is unset (architecture.md 4). */
  readonly trustedProxies?: number | undefined;
  /** Version in the OpenAPI description. */
  readonly version?: string;
  /** Lets webhooks reach addresses that only this machine or its network has (`INKLING_ALLOW_PRIVATE_WEBHOOKS`). */
  readonly allowPrivateWebhooks?: boolean | undefined;
  /** Finds all addresses of a host. Default: the system's resolver. */
  readonly resolveHost?: ResolveHost | undefined;
  /** Called when deliveries were queued. */
  readonly onQueued?: (() => void) | undefined;
}

/** Shared by all handlers, services and jobs of a process. */
export interface ServerContext {
  readonly database: Database;
  readonly cache: EnvironmentCache;
  readonly now: () => number;
  readonly lifetimes: Lifetimes;
  readonly log: Log;
  readonly limits: RateLimits;
  readonly files: FileStore | undefined;
  readonly fileQuota: number;
  readonly addresses: OwnAddresses;
  readonly trustedProxies: number | undefined;
  readonly version: string;
  readonly allowPrivateWebhooks: boolean;
  readonly resolveHost: ResolveHost | undefined;
  readonly onQueued: () => void;
}

const MINUTE = 60_000;
const LIFETIMES: Lifetimes = { environmentMs: 60 * MINUTE, slotMs: 5 * MINUTE, userMs: 30 * MINUTE };

/** Makes the context of a process, with its environment cache and its rate limits. */
export function createContext({
  database,
  now,
  lifetimes,
  log,
  rateLimit = 'on',
  files,
  fileQuota = MAX_ENVIRONMENT_FILE_BYTES,
  publicUrl,
  listeningUrl,
  trustedProxies,
  version = 'development',
  allowPrivateWebhooks = false,
  resolveHost,
  onQueued = () => {},
}: ContextDeps): ServerContext {
  const cache = createEnvironmentCache(database.read, log);
  const limits = createRateLimits(rateLimit, now);
  const allLifetimes = { ...LIFETIMES, ...lifetimes };
  const given = {
    files,
    fileQuota,
    addresses: toOwnAddresses(publicUrl, listeningUrl),
    trustedProxies,
    version,
    allowPrivateWebhooks,
    resolveHost,
    onQueued,
  };
  return { database, cache, now, lifetimes: allLifetimes, log, limits, ...given };
}
