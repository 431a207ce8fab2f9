import { hashApiKey, newApiKey } from './auth/auth.ts';
import { readArgs, type Syntax } from './base/read-args.ts';
import { checkSettings, mergeSettings, takeIdentitySecret } from './domain/environment-service.ts';
import {
  type ApiKeyEntry,
  deleteApiKey,
  grantApiKey,
  listApiKeys,
  PERMISSIONS,
  type Permission,
} from './repo/api-keys.ts';
import type { Database } from './repo/database.ts';
import {
  DEFAULT_SETTINGS,
  type Environment,
  insertEnvironment,
  listEnvironments,
} from './repo/environments.ts';
import { newId } from './repo/new-id.ts';

/** Dependencies of the commands. */
export interface CommandDeps {
  readonly database: Database;
  /** Epoch ms. */
  readonly now: () => number;
  /** Origin of the server as visitors reach it, for the script tag; without a slash at the end. */
  readonly origin: string;
}

/** Output of a command. */
type Lines = readonly string[];

interface Command extends Syntax {
  run(
    deps: CommandDeps,
    words: readonly string[],
    options: Options,
    flags: ReadonlySet<string>,
  ): Promise<Lines>;
}

interface Options {
  readonly id?: string;
  readonly name?: string;
  readonly label?: string;
  readonly permission?: string;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const SETTINGS = Object.keys(DEFAULT_SETTINGS);

const COMMANDS: Readonly<Record<string, Command>> = {
  'env create': {
    usage: 'env create [--id <id>] [--name <name>]',
    options: { id: text, name: text },
    words: [0, 0],
    run: createEnvironment,
  },
  'env list': { usage: 'env list', words: [0, 0], run: listAllEnvironments },
  'env set': {
    usage: 'env set <environment id> <setting>=<value> …',
    words: [2, Number.POSITIVE_INFINITY],
    run: setEnvironment,
  },
  'env secret': {
    usage: 'env secret <environment id> [--new [--now]]',
    options: { new: flag, now: flag },
    words: [1, 1],
    run: showSecret,
  },
  'key create': {
    usage: 'key create <environment id> [--permission read|write|manage] [--label <text>]',
    options: { permission: text, label: text },
    words: [1, 1],
    run: createKey,
  },
  'key list': { usage: 'key list [<environment id>]', words: [0, 1], run: listKeys },
  'key revoke': { usage: 'key revoke <key id>', words: [1, 1], run: revokeKey },
};

/** How each command that works on the database is called. */
export const COMMAND_USAGES: readonly string[] = Object.values(COMMANDS).map(({ usage }) => usage);

/**
 * Runs `env create|list|set|secret` or `key create|list|revoke` on the database, which running servers may use at the same time,
 * and returns the lines to print. Throws an `Error` with a message of one line for a wrong call; then nothing has been
 * changed.
 */
export async function runCommand(deps: CommandDeps, args: readonly string[]): Promise<Lines> {
  return readCommand(args)(deps);
}

/** Checks a call and returns what runs it. Throws as `runCommand` does, without needing the database. */
export function readCommand(args: readonly string[]): (deps: CommandDeps) => Promise<Lines> {
  const [kind = '', verb = '', ...rest] = args;
  const name = `${kind} ${verb}`;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const known = COMMAND_USAGES.filter((usage) => usage.startsWith(`${kind} `));
    throw new Error(`the commands are: ${known.join('; ')}`);
  }
  const { words, values, flags } = readArgs(rest, command);
  return (deps) => command.run(deps, words, values, flags);
}

async function createEnvironment(
  { database, now, origin }: CommandDeps,
  _words: readonly string[],
  { id = newId(now()), name = 'Website' }: Options,
): Promise<Lines> {
  if (!/^[0-9a-z]+$/.test(id)) throw new Error('--id: must be lower-case letters and digits');
  const key = newApiKey();
  const isNew = await database.write(async (trx) => {
    if (!(await insertEnvironment(trx, { id, name, now: now() }))) return false;
    await grantApiKey(trx, {
      id: newId(now()),
      hash: hashApiKey(key),
      label: 'owner',
      environmentId: id,
      permission: 'manage',
      now: now(),
    });
    return true;
  });
  if (!isNew) throw new Error(`--id: there is an environment ${id} already`);
  return [
    `environment  ${id}`,
    `API key      ${key}  (shown this once)`,
    `your tag     <script async src="${origin}/inkling.js" data-environment-id="${id}"></script>`,
  ];
}

async function listAllEnvironments({ database }: CommandDeps): Promise<Lines> {
  const environments = await listEnvironments(database.read);
  return toColumns(
    ['environment', 'name', 'made', 'seen in a browser'],
    environments.map(({ id, name, createdAt, isAppSetUp }) => [
      id,
      name,
      toDay(createdAt),
      isAppSetUp ? 'yes' : 'no',
    ]),
  );
}

async function setEnvironment(
  { database, now }: CommandDeps,
  [id = '', ...pairs]: readonly string[],
): Promise<Lines> {
  await requireEnvironment(database, id);
  const wanted = Object.fromEntries(pairs.map(readPair));
  const change = checkSettings(wanted);
  const unknown = Object.keys(wanted).filter((name) => !Object.hasOwn(change, name));
  if (unknown.length > 0)
    throw new Error(`there is no setting ${unknown.join(', ')}: ${SETTINGS.join(', ')}`);
  const { settings } = await mergeSettings(database, id, { change, now: now() });
  return Object.entries(settings).map(([name, value]) => `${name}=${toText(value)}`);
}

async function showSecret(
  { database, now }: CommandDeps,
  [id = '']: readonly string[],
  _options: Options,
  flags: ReadonlySet<string>,
): Promise<Lines> {
  await requireEnvironment(database, id);
  if (flags.has('now') && !flags.has('new'))
    throw new Error('--now: the former secret ends at once, with --new');
  const change = flags.has('new') ? (flags.has('now') ? 'replace-now' : 'replace') : 'keep';
  const { present, former } = await takeIdentitySecret(database, id, { change, now: now() });
  const until = former?.validUntil ? [`former       valid until ${toMinute(former.validUntil)}`] : [];
  return [`secret       ${present.value}`, ...until];
}

async function createKey(
  { database, now }: CommandDeps,
  [environmentId = '']: readonly string[],
  { permission = 'manage', label = 'command line' }: Options,
): Promise<Lines> {
  if (!isPermission(permission)) throw new Error(`--permission: must be one of ${PERMISSIONS.join(', ')}`);
  await requireEnvironment(database, environmentId);
  const key = newApiKey();
  const grant = { id: newId(now()), hash: hashApiKey(key), label, environmentId, permission, now: now() };
  await database.write((trx) => grantApiKey(trx, grant));
  return [
    `key id       ${grant.id}`,
    `API key      ${key}  (shown this once)`,
    `permission   ${permission} on ${environmentId}`,
  ];
}

async function listKeys({ database }: CommandDeps, [environmentId]: readonly string[]): Promise<Lines> {
  if (environmentId !== undefined) await requireEnvironment(database, environmentId);
  const keys = await listApiKeys(database.read, environmentId);
  return toColumns(
    ['key id', 'label', 'permission', 'made', 'last used'],
    keys.map((key) => [
      key.id,
      key.label,
      toPermissions(key),
      toDay(key.createdAt),
      key.lastUsedAt === null ? 'never' : toDay(key.lastUsedAt),
    ]),
  );
}

async function revokeKey({ database }: CommandDeps, [id = '']: readonly string[]): Promise<Lines> {
  if (!(await database.write((trx) => deleteApiKey(trx, id)))) {
    throw new Error(`there is no key with the id ${id}: \`key list\` shows them`);
  }
  return [`revoked      ${id}`];
}

async function requireEnvironment(database: Database, id: string): Promise<Environment> {
  const found = (await listEnvironments(database.read)).find((one) => one.id === id);
  if (!found) throw new Error(`there is no environment ${id}: \`env list\` shows them`);
  return found;
}

/** Parses `recontactDays=3`: the value is JSON where it parses as such, else text. */
function readPair(pair: string): readonly [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw new Error(`${pair}: must be <setting>=<value>`);
  const value = pair.slice(at + 1);
  try {
    return [pair.slice(0, at), JSON.parse(value)];
  } catch {
    return [pair.slice(0, at), value];
  }
}

function isPermission(value: string): value is Permission {
  return (PERMISSIONS as readonly string[]).includes(value);
}

function toPermissions({ permissions }: ApiKeyEntry): string {
  return permissions.map(({ environmentId, permission }) => `${permission} on ${environmentId}`).join(', ');
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toDay(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function toMinute(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function toColumns(titles: readonly string[], rows: readonly (readonly string[])[]): Lines {
  const widths = titles.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)));
  return [titles, ...rows].map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
