import { LOG_LEVELS, type LogLevel } from './base/log.ts';
import { withoutEnd } from './base/without-end.ts';
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
  INKLING_FILE_QUOTA: whole({ least: 1, most: 1_000_000_000, error: 'must be a number of MiB' }),
  INKLING_RATE_LIMIT: rateLimit,
  INKLING_TRUST_PROXY: whole({ least: 0, most: 100, error: 'must be a number of proxies' }),
  INKLING_ALLOW_PRIVATE_WEBHOOKS: text(/^1$/, 'must be 1 or unset'),
  PUBLIC_URL: webAddress,
  LOG_LEVEL: logLevel,
} as const;

/** Their names. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLES);

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

/**
 * Names variables that look like ours and are not, one line each, with the nearest known name: a misspelt one would be
 * ignored in silence. Values are not repeated.
 */
export function listUnknownVariables(
  variables: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.keys(variables)
    .filter((name) => name.startsWith(PREFIX) && variables[name] && !Object.hasOwn(VARIABLES, name))
    .map((name) => {
      const nearest = findNearest(name);
      return `${name} is ignored: no variable has this name${nearest ? `; ${nearest} has` : ''}`;
    });
}

const PREFIX = 'INKLING_';

/** The known name that takes the fewest edits, if they are few. */
function findNearest(name: string): string | undefined {
  const bare = (one: string): string => one.replace(PREFIX, '').replaceAll('_', '');
  const [best] = VARIABLE_NAMES.map((known) => ({ known, edits: countEdits(bare(name), bare(known)) })).sort(
    (a, b) => a.edits - b.edits,
  );
  return best && best.edits <= bare(best.known).length / 3 ? best.known : undefined;
}

/** Characters to insert, delete or replace to make one text from the other. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const [y, a] of [...from].entries()) {
    const next = [y + 1];
    for (const [x, b] of [...to].entries()) {
      const kept = (row[x] ?? 0) + (a === b ? 0 : 1);
      next.push(Math.min(kept, (row[x + 1] ?? 0) + 1, (next[x] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
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
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given)) throw new Error('must be an http(s) address');
  const { origin, pathname, search, hash, username, password } = new URL(given);
  if (search || hash || username || password) throw new Error('must be host and path only');
  return withoutEnd(`${origin}${pathname}`, '/');
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
