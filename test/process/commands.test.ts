import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKUP_USAGES } from '../../server/backup.ts';
import { COMMAND_USAGES } from '../../server/commands.ts';
import { VARIABLE_NAMES } from '../../server/env.ts';
import { KINDS } from '../support/app.ts';
import { type Run, runBuiltServer, startBuiltServer } from '../support/built-server.ts';
import { createDatabase, startPostgres, type TestPostgres } from '../support/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'inkling-commands-'));
const runs: Run[] = [];
afterAll(async () => {
  await Promise.all(runs.map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string>>;

async function call(args: readonly string[], env: Env = {}) {
  const given = { FILES_URL: `file:${join(folder, 'files')}`, ...env };
  const one = runBuiltServer({ args, env: given });
  runs.push(one);
  const code = await one.exit;
  return { code, out: one.out(), lines: one.err().trim().split('\n').filter(Boolean) };
}

/** Every command with arguments that fit; a start of the server has none. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'env create': ['env', 'create', '--name', 'Second'],
  'env list': ['env', 'list'],
  'env secret': ['env', 'secret', 'some'],
  'env set': ['env', 'set', 'some', 'recontactDays=1'],
  'key create': ['key', 'create', 'some'],
  'key list': ['key', 'list'],
  'key revoke': ['key', 'revoke', 'none'],
  backup: ['backup', join(folder, 'backup')],
  restore: ['restore', join(folder, 'backup')],
};
const usages = [...COMMAND_USAGES, ...BACKUP_USAGES];
const nameOf = (usage: string): string => usage.split(/ [[<]/)[0] ?? '';

it('the calls below are those of all commands', () => {
  expect(Object.keys(CALLS).sort()).toEqual(usages.map(nameOf).sort());
});

describe('a call that changes nothing', () => {
  const untouched = join(folder, 'untouched.db');
  const env = { DATABASE_URL: `sqlite:${untouched}` };
  afterAll(() => expect(existsSync(untouched)).toBe(false));

  it('--help lists every command and variable, even beside a wrong one', async () => {
    const { code, out, lines } = await call(['--help'], { ...env, PORT: 'many' });
    expect([code, lines]).toEqual([0, []]);
    for (const expected of [...usages, ...VARIABLE_NAMES]) expect(out).toContain(expected);
  });

  it('--version prints the version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await call(['--version'], env)).toEqual({ code: 0, out: `Inkling ${version}\n`, lines: [] });
  });

  it.each(usages)('%s: answered with --help, refused with an unknown option', async (usage) => {
    const words = nameOf(usage).split(' ');
    expect(await call([...words, '--help'], env)).toEqual({ code: 0, out: `main.js ${usage}\n`, lines: [] });
    const wrong = await call([...(CALLS[nameOf(usage)] ?? []), '--fast'], env);
    expect([wrong.code, wrong.out, wrong.lines.length]).toEqual([1, '', 1]);
    expect(wrong.lines[0]).toContain("'--fast'");
    expect(wrong.lines[0]).toContain(`use: ${usage}`);
    // Too many words, or too few where any number fits.
    const count = usage.endsWith('…') ? 1 : 40;
    const crowded = await call([...words, ...Array<string>(count).fill('x')], env);
    expect([crowded.code, crowded.lines]).toEqual([1, [`inkling: ${words.join(' ')}: use: ${usage}`]]);
  });

  it.each([
    [['--fast'], "'--fast'"],
    [['--demo'], '--demo'],
    [['serve'], 'serve'],
    [['--demo', 'x.json', 'more'], 'use:'],
    [['-x'], "'-x'"],
    [['constructor'], 'constructor'],
    [['env', 'toString'], 'env toString: the commands are'],
  ])('%j is refused in one line that names it and the usage', async (args, named) => {
    const { code, out, lines } = await call(args, env);
    expect([code, out, lines.length]).toEqual([1, '', 1]);
    expect(lines[0]).toContain(named);
    expect(lines[0]).toMatch(/use: main\.js|the commands are: env create/);
  });
});

it.each([
  ['INKLING_RATELIMIT', 'INKLING_RATE_LIMIT'],
  ['INKLING_TRUSTPROXY', 'INKLING_TRUST_PROXY'],
  ['INKLING_API_KEYS', 'INKLING_API_KEY'],
  ['INKLING_PUBLIC_URL', 'PUBLIC_URL'],
  ['INKLING_ENVIRONMENTID', 'INKLING_ENVIRONMENT_ID'],
  ['INKLING_WEATHER_STATION', undefined],
])('%s is named at the start, with %s beside it, and its value is not', async (name, nearest) => {
  const env = { DATABASE_URL: `sqlite:${join(folder, 'variables.db')}`, [name]: 'a-secret' };
  const { code, lines } = await call(['env', 'list'], env);
  expect(code).toBe(0);
  expect(lines).toEqual([
    `inkling: ${name} is ignored: no variable has this name${nearest ? `; ${nearest} has` : ''}`,
  ]);
});

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s stops the server gracefully', async (signal) => {
  const env = { DATABASE_URL: `sqlite:${join(folder, `${signal}.db`)}`, FILES_URL: `file:${folder}/files` };
  const server = await startBuiltServer({ env });
  runs.push(server);
  expect(await server.stop(signal)).toBe(0);
  expect(existsSync(join(folder, `${signal}.db-wal`))).toBe(false);
});

describe.each(KINDS)('on a %s that a newer version has made', (kind) => {
  let postgres: TestPostgres | undefined;
  let url: string;
  beforeAll(async () => {
    if (kind === 'postgres') {
      postgres = await startPostgres();
      url = await createDatabase(postgres.url);
    } else url = `sqlite:${join(folder, 'newer.db')}`;
    writeFileSync(join(folder, 'backup'), '');
    expect((await call(['env', 'create', '--id', 'some'], { DATABASE_URL: url })).code).toBe(0);
    await run("insert into kysely_migration values ('0099-later', '2030-01-01')");
  });
  afterAll(() => postgres?.stop());

  async function run(statement: string): Promise<unknown> {
    if (kind === 'sqlite') {
      const file = new Sqlite(url.slice('sqlite:'.length));
      const prepared = file.prepare(statement);
      const rows = prepared.reader ? prepared.all() : prepared.run();
      file.close();
      return rows;
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(statement);
    await client.end();
    return rows;
  }
  const readAll = async () => [
    await run('select * from environment'),
    await run('select * from api_key'),
    await run('select * from kysely_migration'),
  ];

  it.each([
    [],
    ...Object.entries(CALLS)
      .filter(([name]) => name.includes(' '))
      .map(([, args]) => args),
  ])('`main.js %s %s` says so in one line and changes nothing', async (...args) => {
    const before = await readAll();
    const { code, out, lines } = await call(
      args.filter((word) => word !== undefined),
      { DATABASE_URL: url },
    );
    expect([code, out, lines.length]).toEqual([1, '', 1]);
    expect(lines[0]).toMatch(/this database was made by a newer Inkling \(.*0099-later\)/);
    expect(await readAll()).toEqual(before);
  });
});
