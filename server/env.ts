import { LOG_LEVELS, type LogLevel } from './base/log.ts';
import type { RateLimitSetting } from './context/rate-limits.ts';
import { readS3Address } from './files/s3-address.ts';

// Checked without zod, which alone would take a tenth of the start time.
const VARIABLES = {
  PORT: whole({ least: 0, most: 65_535, error: 'must be a port number from 0 to 65535' }, 3000),
  HOST: text(/./, 'must be an address', '127.0.0.1'),
  DATABASE_URL: text(
    /^(sqlite:.+|postgres(ql)?:\/\/.+)$/,
    'must be sqlite:<path> or postgres://…',
    'sqlite:data/inkling.db',
  ),
  FILES_URL: filesUrl,
  INKLING_ENVIRONMENT_ID: text(/^[0-9a-z]+$/, 'must be lower-case letters and digits'),
  INKLING_API_KEY: text(/^.{16}/s, 'must have at least 16 characters'),
  INKLING_SEED: text(/./, 'must be a file'),
  INKLING_RATE_LIMIT: rateLimit,
  INKLING_TRUST_PROXY: whole({ least: 0, most: 100, error: 'must be a number of proxies' }),
  INKLING_ALLOW_PRIVATE_WEBHOOKS: text(/^1$/, 'must be 1 or unset'),
  PUBLIC_URL: webAddress,
  LOG_LEVEL: logLevel,
} as const;

/** The server's environment variables (architecture.md 4). */
export type Env = { readonly [Name in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[Name]> };

/**
 * Checks the environment variables once, at the start; an empty one counts as unset. Throws an `Error` whose message
 * names the wrong variable but not its value, which may be a secret.
 */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const entries = Object.entries(VARIABLES).map(([name, read]) => {
    try {
      return [name, read(variables[name] || undefined)];
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    }
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Env;
}

type Read<T> = (given: string | undefined) => T;

function text(pattern: RegExp, error: string): Read<string | undefined>;
function text(pattern: RegExp, error: string, unset: string): Read<string>;
function text(pattern: RegExp, error: string, unset?: string): Read<string | undefined> {
  return (given) => {
    if (given !== undefined && !pattern.test(given)) throw new Error(error);
    return given ?? unset;
  };
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly error: string;
}

function whole(range: Range): Read<number | undefined>;
function whole(range: Range, unset: number): Read<number>;
function whole({ least, most, error }: Range, unset?: number): Read<number | undefined> {
  return (given) => {
    if (given === undefined) return unset;
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (!(value >= least && value <= most)) throw new Error(error);
    return value;
  };
}

function webAddress(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) throw new Error('must be an http(s) address');
  return given.replace(/\/+$/, '');
}

function filesUrl(given = 'file:data/files'): string {
  if (given.startsWith('s3:')) readS3Address(given);
  else if (!/^file:./.test(given)) throw new Error('must be file:<folder> or s3://bucket/prefix');
  return given;
}

function rateLimit(given = 'on'): RateLimitSetting {
  if (given === 'on' || given === 'off') return given;
  if (!/^[1-9]\d*$/.test(given)) throw new Error('must be on, off, or requests per minute');
  return Number(given);
}

function logLevel(given: string | undefined): LogLevel {
  const level = LOG_LEVELS.find((one) => one === (given ?? 'warn'));
  if (level === undefined) throw new Error(`must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
