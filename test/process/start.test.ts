import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type BuiltServer, type Run, runBuiltServer, startBuiltServer } from '../support/built-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inkling-start-'));
const runs: Run[] = [];

afterAll(async () => {
  await Promise.all(runs.map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string>>;

const inFolder = (env: Env): Env => ({
  DATABASE_URL: `sqlite:${join(folder, 'start.db')}`,
  FILES_URL: `file:${join(folder, 'files')}`,
  ...env,
});

/** A run that is expected to end by itself. */
function run(env: Env, ...args: string[]): Run {
  const one = runBuiltServer({ env: inFolder(env), args });
  runs.push(one);
  return one;
}

async function start(env: Env): Promise<BuiltServer> {
  const server = await startBuiltServer({ env: inFolder(env) });
  runs.push(server);
  return server;
}

describe('an error in the configuration ends the start with one line that names it', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  type Row = [name: string, env: Record<string, string>, args: string[], named: RegExp];
  const rows: Row[] = [
    ['a port that is not a number', { PORT: 'many' }, [], /^inkling: .*PORT/],
    ['a port out of range', { PORT: '70000' }, [], /^inkling: .*PORT/],
    ['a database of an unknown kind', { DATABASE_URL: 'mysql://here' }, [], /^inkling: .*DATABASE_URL/],
    [
      'a folder of files that cannot be created',
      { FILES_URL: `file:${file}/files` },
      [],
      /^inkling: .*FILES_URL/,
    ],
    ['a bucket without a name', { FILES_URL: 's3:///files' }, [], /^inkling: FILES_URL: must be s3:/],
    ['a bucket without a region', { FILES_URL: 's3://bucket' }, [], /^inkling: FILES_URL: .*region/i],
    [
      'a folder of the database that cannot be created',
      { DATABASE_URL: `sqlite:${file}/x.db` },
      [],
      /^inkling: .*DATABASE_URL/,
    ],
    [
      'a PostgreSQL that cannot be reached',
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
    ['an invalid public address', { PUBLIC_URL: 'nowhere' }, [], /^inkling: .*PUBLIC_URL/],
    ['a seed that is missing', { INKLING_SEED: join(folder, 'none.json') }, [], /^inkling: .*INKLING_SEED/],
    ['a seed that is not JSON', { INKLING_SEED: file }, [], /^inkling: .*INKLING_SEED/],
    ['an invalid limit', { INKLING_RATE_LIMIT: '0' }, [], /^inkling: .*INKLING_RATE_LIMIT/],
    ['an unknown level', { LOG_LEVEL: 'loud' }, [], /^inkling: .*LOG_LEVEL/],
    ['an unknown flag', {}, ['--fast'], /^inkling: .*--fast/],
    ['an unknown argument', {}, ['serve'], /^inkling: .*serve/],
    ['an unknown command', {}, ['env', 'drop'], /^inkling: env drop: the commands are/],
    [
      'a setting out of range',
      { INKLING_ENVIRONMENT_ID: 'e' },
      ['env', 'set', 'e', 'recontactDays=400'],
      /^inkling: env set: .*(recontactDays|no environment)/,
    ],
  ];
  it.each(rows)('%s', async (_name, env, args, named) => {
    const server = run(env, ...args);
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
  const options = (FILES_URL: string) => ({ cwd: bare, env: inFolder({ FILES_URL }) });
  const server = runBuiltServer(options('s3://bucket?region=eu-west-1'));
  runs.push(server);
  expect(await server.exit).toBe(1);
  expect(server.err().trim()).toBe(
    'inkling: FILES_URL: cannot keep files there: s3:// needs a package that is not installed: ' +
      'npm install @aws-sdk/client-s3 @aws-sdk/s3-presigned-post',
  );
  const other = await startBuiltServer(options(`file:${join(bare, 'files')}`));
  runs.push(other);
  expect(await other.stop()).toBe(0);
});

it('the first start prints key and tag, a later one the tag alone', async () => {
  const env = { DATABASE_URL: `sqlite:${join(folder, 'twice.db')}` };
  const first = await start(env);
  expect(await first.stop()).toBe(0);
  expect(first.out()).toMatch(/API key\s+fbk_/);
  const second = await start(env);
  expect(await second.stop()).toBe(0);
  expect(second.out()).not.toContain('fbk_');
  expect(second.out()).toContain('data-environment-id="');
});

it.each([
  ['127.0.0.1', /^http:\/\/localhost:\d+$/],
  ['0.0.0.0', /^http:\/\/localhost:\d+$/],
  ['::', /^http:\/\/localhost:\d+$/],
  ['::1', /^http:\/\/localhost:\d+$/],
  ['127.0.0.2', /^http:\/\/127\.0\.0\.2:\d+$/],
])('listening on %s it prints an address that a browser on this machine can open', async (HOST, address) => {
  const server = await start({ HOST });
  const printed = / on (\S+)$/m.exec(server.out())?.[1] ?? '';
  expect(printed).toMatch(address);
  expect(new URL(printed).origin).toBe(printed);
  await server.stop();
});

it('scripts that every page or survey needs are served with the hint to compile them eagerly', async () => {
  const server = await start({});
  const [chunk] = readdirSync(join(root, 'dist/chunks')).filter((name) => /^ui-.*js$/.test(name));
  for (const path of ['inkling.js', 'js/formbricks.umd.cjs', `chunks/${chunk}`]) {
    const reply = await fetch(`${server.origin}/${path}`);
    const [first] = (await reply.text()).split('\n');
    expect(first, path).toBe('//# allFunctionsCalledOnLoad');
  }
  await server.stop();
});

it('commands work beside a running server: a new key is valid at once, a setting is sent to browsers within a second', async () => {
  const server = await start({ INKLING_ENVIRONMENT_ID: 'beside' });
  const command = async (...args: string[]) => {
    const one = run({ PORT: `${server.port}` }, ...args);
    expect([await one.exit, one.err()]).toEqual([0, '']);
    return one.out();
  };
  const made = await command('key', 'create', 'beside', '--permission', 'read');
  const key = /fbk_\S+/.exec(made)?.[0] ?? '';
  const ask = (path: string) => fetch(`${server.origin}${path}`, { headers: { 'x-api-key': key } });
  expect((await ask('/api/v1/management/me')).status).toBe(200);

  await command('env', 'set', 'beside', 'recontactDays=3');
  const readRecontactDays = async () => {
    const { data } = (await (await ask('/api/v1/client/beside/environment')).json()) as {
      data: { data: { project: { recontactDays: number } } };
    };
    return data.data.project.recontactDays;
  };
  await wait(1000);
  expect(await readRecontactDays()).toBe(3);

  const keyId = /key id\s+(\S+)/.exec(made)?.[1] ?? '';
  expect(await command('key', 'list', 'beside')).toContain(keyId);
  await command('key', 'revoke', keyId);
  expect((await ask('/api/v1/management/me')).status).toBe(401);
  expect(await command('env', 'create', '--name', 'Second')).toMatch(/your tag.*localhost:\d+\/inkling\.js/);
  expect(await command('env', 'list')).toContain('Second');
  await server.stop();
});

it('a stop completes requests under way and ends with 0', async () => {
  const env = {
    DATABASE_URL: `sqlite:${join(folder, 'stop.db')}`,
    INKLING_ENVIRONMENT_ID: 'stop',
    INKLING_API_KEY: 'a-key-of-the-stop-test',
    INKLING_RATE_LIMIT: 'off',
  };
  const server = await start(env);
  const post = (n: number) =>
    fetch(`${server.origin}/api/v1/client/stop/user`, {
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

  await (await start(env)).stop();
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(join(folder, 'stop.db'), { readonly: true });
  const stored = new Set(database.prepare('select user_id from contact').pluck().all());
  database.close();
  const lost = statuses.filter((status, n) => status === 200 && !stored.has(`user-${n + 1}`));
  expect(lost).toEqual([]);
});
