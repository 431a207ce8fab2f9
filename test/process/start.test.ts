import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inkling-start-'));
const children: ChildProcess[] = [];

beforeAll(() => {
  if (!existsSync(join(root, 'dist/server/main.js'))) throw new Error('Run `npm run build` first.');
});
afterAll(() => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exit: Promise<number | null>;
}

function run(env: Readonly<Record<string, string>>, ...args: string[]): Run {
  return runIn(root, env, ...args);
}

function runIn(cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Run {
  const child = spawn(process.execPath, ['dist/server/main.js', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: `sqlite:${join(folder, 'start.db')}`,
      FILES_URL: `file:${join(folder, 'files')}`,
      ...env,
    },
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout?.on('data', (part) => {
    out += part;
  });
  child.stderr?.on('data', (part) => {
    err += part;
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, out: () => out, err: () => err, exit };
}

const listening = (server: Run) => expect.poll(server.out, { timeout: 15_000 }).toContain('Inkling');

describe('a mistake in the set-up ends the start with one line that names it', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  type Row = [name: string, env: Record<string, string>, args: string[], named: RegExp];
  const rows: Row[] = [
    ['a port that is no number', { PORT: 'many' }, [], /^inkling: .*PORT/],
    ['a port out of range', { PORT: '70000' }, [], /^inkling: .*PORT/],
    ['a database of a kind nobody knows', { DATABASE_URL: 'mysql://here' }, [], /^inkling: .*DATABASE_URL/],
    [
      'a folder of files that cannot be made',
      { FILES_URL: `file:${file}/files` },
      [],
      /^inkling: .*FILES_URL/,
    ],
    ['a bucket that has no name', { FILES_URL: 's3:///files' }, [], /^inkling: FILES_URL: must be s3:/],
    ['a bucket without a region', { FILES_URL: 's3://bucket' }, [], /^inkling: FILES_URL: .*region/i],
    ['a folder that cannot be made', { DATABASE_URL: `sqlite:${file}/x.db` }, [], /^inkling: .*DATABASE_URL/],
    [
      'a PostgreSQL that is not there',
      { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      [],
      /^inkling: .*DATABASE_URL/,
    ],
    [
      'an environment id with capitals',
      { INKLING_ENVIRONMENT_ID: 'ABC' },
      [],
      /^inkling: .*INKLING_ENVIRONMENT_ID/,
    ],
    ['a key that is too short', { INKLING_API_KEY: 'short' }, [], /^inkling: .*INKLING_API_KEY/],
    ['a public address that is none', { PUBLIC_URL: 'nowhere' }, [], /^inkling: .*PUBLIC_URL/],
    ['a seed that is missing', { INKLING_SEED: join(folder, 'none.json') }, [], /^inkling: .*INKLING_SEED/],
    ['a seed that is no JSON', { INKLING_SEED: file }, [], /^inkling: .*INKLING_SEED/],
    ['a limit that is none', { INKLING_RATE_LIMIT: '0' }, [], /^inkling: .*INKLING_RATE_LIMIT/],
    ['a level nobody knows', { LOG_LEVEL: 'loud' }, [], /^inkling: .*LOG_LEVEL/],
    ['a flag nobody knows', {}, ['--fast'], /^inkling: .*--fast/],
    ['a word nobody knows', {}, ['serve'], /^inkling: .*serve/],
    ['a command nobody knows', {}, ['env', 'drop'], /^inkling: env drop: the commands are/],
    [
      'a setting out of range',
      { INKLING_ENVIRONMENT_ID: 'e' },
      ['env', 'set', 'e', 'recontactDays=400'],
      /^inkling: env set: .*(recontactDays|no environment)/,
    ],
  ];
  it.each(rows)('%s', async (_name, env, args, named) => {
    const server = run({ PORT: '0', ...env }, ...args);
    expect(await server.exit).toBe(1);
    expect(server.err()).toMatch(named);
    expect(server.err().trim().split('\n')).toHaveLength(1);
  });

  it('a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const server = run({ PORT: `${port}` });
    expect(await server.exit).toBe(1);
    expect(server.err()).toMatch(new RegExp(`^inkling: PORT: ${port} is taken`));
    expect(server.err().trim().split('\n')).toHaveLength(1);
    other.close();
  });
});

it('a bucket without its SDK ends the start with one line that names the packages', async () => {
  // The built server beside the packages that it always needs, and no others.
  const bare = join(folder, 'bare');
  cpSync(join(root, 'dist/server'), join(bare, 'dist/server'), { recursive: true });
  cpSync(join(root, 'package.json'), join(bare, 'package.json'));
  mkdirSync(join(bare, 'node_modules'));
  for (const name of ['better-sqlite3', 'pg', 'pino']) {
    symlinkSync(join(root, 'node_modules', name), join(bare, 'node_modules', name));
  }
  const start = (FILES_URL: string): Run => runIn(bare, { PORT: '0', FILES_URL });
  const server = start('s3://bucket?region=eu-west-1');
  expect(await server.exit).toBe(1);
  expect(server.err().trim()).toBe(
    'inkling: FILES_URL: cannot keep files there: s3:// needs a package that is not installed: ' +
      'npm install @aws-sdk/client-s3 @aws-sdk/s3-presigned-post',
  );
  const other = start(`file:${join(bare, 'files')}`);
  await listening(other);
  other.child.kill('SIGTERM');
  await other.exit;
});

it('the first start prints the key and the tag, a later one the tag only', async () => {
  const env = { PORT: `${await freePort()}`, DATABASE_URL: `sqlite:${join(folder, 'twice.db')}` };
  const first = run(env);
  await listening(first);
  expect(first.out()).toMatch(/API key\s+fbk_/);
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
  const second = run(env);
  await listening(second);
  expect(second.out()).not.toContain('fbk_');
  expect(second.out()).toContain('data-environment-id="');
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
});

it('scripts that every page or survey needs are served with a hint to compile them at once', async () => {
  const port = await freePort();
  const server = run({ PORT: `${port}` });
  await listening(server);
  const [chunk] = readdirSync(join(root, 'dist/chunks')).filter((name) => /^ui-.*js$/.test(name));
  for (const path of ['inkling.js', 'js/formbricks.umd.cjs', `chunks/${chunk}`]) {
    const reply = await fetch(`http://127.0.0.1:${port}/${path}`);
    const [first] = (await reply.text()).split('\n');
    expect(first, path).toBe('//# allFunctionsCalledOnLoad');
  }
  server.child.kill('SIGTERM');
  await server.exit;
});

it('commands work while the server runs: a new key is valid at once, and a setting reaches browsers', async () => {
  const port = await freePort();
  const server = run({ PORT: `${port}`, INKLING_ENVIRONMENT_ID: 'beside' });
  await listening(server);
  const command = async (...args: string[]) => {
    const one = run({ PORT: `${port}` }, ...args);
    expect([await one.exit, one.err()]).toEqual([0, '']);
    return one.out();
  };
  const made = await command('key', 'create', 'beside', '--permission', 'read');
  const key = /fbk_\S+/.exec(made)?.[0] ?? '';
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-api-key': key } });
  expect((await ask('/api/v1/management/me')).status).toBe(200);

  await command('env', 'set', 'beside', 'recontactDays=3');
  const told = async () => {
    const { data } = (await (await ask('/api/v1/client/beside/environment')).json()) as {
      data: { data: { project: { recontactDays: number } } };
    };
    return data.data.project.recontactDays;
  };
  await expect.poll(told, { timeout: 1_000 }).toBe(3);

  const keyId = /key id\s+(\S+)/.exec(made)?.[1] ?? '';
  expect(await command('key', 'list', 'beside')).toContain(keyId);
  await command('key', 'revoke', keyId);
  expect((await ask('/api/v1/management/me')).status).toBe(401);
  expect(await command('env', 'create', '--name', 'Second')).toMatch(/your tag.*localhost:\d+\/inkling\.js/);
  expect(await command('env', 'list')).toContain('Second');
  server.child.kill('SIGTERM');
  await server.exit;
});

it('SIGTERM lets requests in progress finish, and the process exits with 0', async () => {
  const port = await freePort();
  const env = {
    PORT: `${port}`,
    DATABASE_URL: `sqlite:${join(folder, 'stop.db')}`,
    INKLING_ENVIRONMENT_ID: 'stop',
    INKLING_API_KEY: 'a-key-of-the-stop-test',
    INKLING_RATE_LIMIT: 'off',
  };
  const server = run(env);
  await listening(server);
  const post = (n: number) =>
    fetch(`http://127.0.0.1:${port}/api/v1/client/stop/user`, {
      method: 'POST',
      body: JSON.stringify({ userId: `user-${n}` }),
    }).then(
      ({ status }) => status,
      () => 0,
    );
  await post(0);
  const replies = Array.from({ length: 200 }, (_, n) => post(n + 1));
  await Promise.race(replies);
  server.child.kill('SIGTERM');
  const statuses = await Promise.all(replies);
  expect(await server.exit).toBe(0);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status !== 200 && status !== 0)).toEqual([]);

  const again = run(env);
  await listening(again);
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(join(folder, 'stop.db'), { readonly: true });
  const stored = new Set(database.prepare('select user_id from contact').pluck().all());
  database.close();
  const lost = statuses.filter((status, n) => status === 200 && !stored.has(`user-${n + 1}`));
  expect(lost).toEqual([]);
  again.child.kill('SIGTERM');
});
