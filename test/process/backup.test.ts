import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toForm } from '../server/storage/storage.ts';
import { type BuiltServer, type Run, runBuiltServer, startBuiltServer } from '../support/built-server.ts';

const ANSWERS = 300;
const KEY = 'a-key-of-the-backup-test';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const folder = mkdtempSync(join(tmpdir(), 'inkling-backup-'));
const runs: Run[] = [];
afterAll(async () => {
  await Promise.all(runs.map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

const placesOf = (name: string) => ({
  DATABASE_URL: `sqlite:${join(folder, name, 'inkling.db')}`,
  FILES_URL: `file:${join(folder, name, 'files')}`,
});

async function start(name: string): Promise<BuiltServer> {
  const server = await startBuiltServer({
    env: {
      ...placesOf(name),
      INKLING_ENVIRONMENT_ID: 'env',
      INKLING_API_KEY: KEY,
      INKLING_RATE_LIMIT: 'off',
    },
  });
  runs.push(server);
  return server;
}

async function call(name: string, ...args: string[]) {
  const one = runBuiltServer({ args, env: placesOf(name) });
  runs.push(one);
  return { code: await one.exit, out: one.out(), err: one.err() };
}

const DONE = { code: 0, err: '' };

async function send({ origin }: BuiltServer, path: string, body?: unknown) {
  const reply = await fetch(`${origin}/api/v1/${path}`, {
    headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  expect(reply.status, await reply.clone().text()).toBe(200);
  return ((await reply.json()) as { data: never }).data;
}

let surveys = 0;
async function addSurvey(server: BuiltServer): Promise<string> {
  surveys += 1;
  const key = `action-${surveys}`;
  const action = { environmentId: 'env', name: key, type: 'code', key };
  const survey: { id: string } = await send(server, 'management/surveys', {
    environmentId: 'env',
    name: 'Survey',
    type: 'app',
    status: 'inProgress',
    triggers: [{ actionClass: await send(server, 'management/action-classes', action) }],
    blocks: [
      {
        id: 'block1',
        name: 'Block 1',
        elements: [{ id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false }],
      },
    ],
  });
  return survey.id;
}

/** Uploads a file and returns its path. */
async function upload(server: BuiltServer): Promise<string> {
  const permit: { signedUrl: string; presignedFields: Record<string, string>; fileUrl: string } = await send(
    server,
    'management/storage',
    { environmentId: 'env', fileName: 'a.png', fileType: 'image/png' },
  );
  const url = `${server.origin}${new URL(permit.signedUrl).pathname}`;
  const stored = await fetch(url, { method: 'POST', body: toForm(permit.presignedFields, PNG) });
  expect(stored.status).toBe(201);
  return permit.fileUrl;
}

const answer = async (server: BuiltServer, surveyId: string, n: number): Promise<string> => {
  const { id }: { id: string } = await send(server, 'client/env/responses', {
    surveyId,
    finished: true,
    data: { q1: `answer ${n}` },
  });
  return id;
};

/** The ids of all responses in a database that no server uses. */
function readIds(name: string): Set<string> {
  const file = new Sqlite(join(folder, name, 'inkling.db'));
  expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
  const tables = file.prepare("select name from sqlite_master where name like 'inkling%'").pluck().all();
  expect(tables).toEqual([]);
  const ids = file.prepare('select id from response').pluck().all() as string[];
  file.close();
  return new Set(ids);
}

it(`backups while ${ANSWERS} answers come in: each restores to a server with all that was acknowledged before`, async () => {
  const server = await start('busy');
  const surveyId = await addSurvey(server);
  const ids: string[] = [];
  const files: string[] = [];
  let isAnswering = true;
  const answering = (async () => {
    for (let n = 0; n < ANSWERS; n += 4) {
      ids.push(...(await Promise.all([0, 1, 2, 3].map((more) => answer(server, surveyId, n + more)))));
      if (n % 20 === 0) files.push(await upload(server));
    }
  })().finally(() => {
    isAnswering = false;
  });
  const backups: { name: string; ids: string[]; files: string[] }[] = [];
  do {
    const name = `backup-${backups.length}`;
    const before = { name, ids: [...ids], files: [...files] };
    expect(await call('busy', 'backup', join(folder, name))).toMatchObject(DONE);
    expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
    backups.push(before);
  } while (isAnswering);
  await answering;
  // One more, of a server that is killed with everything still in its log.
  await server.stop('SIGKILL');
  expect(existsSync(join(folder, 'busy/inkling.db-wal'))).toBe(true);
  expect(await call('busy', 'backup', join(folder, 'backup-last'))).toMatchObject(DONE);
  backups.push({ name: 'backup-last', ids, files });
  expect(ids).toHaveLength(ANSWERS);

  // The first one, one in the middle of the load, and the last one.
  const chosen = [backups[0], backups[Math.floor(backups.length / 2)], backups.at(-1)];
  for (const backup of chosen) {
    if (!backup) throw new Error('no backup');
    const name = `restored-${backup.name}`;
    expect(await call(name, 'restore', join(folder, backup.name))).toMatchObject(DONE);
    const stored = readIds(name);
    expect(backup.ids.filter((id) => !stored.has(id))).toEqual([]);
    const restored = await start(name);
    for (const path of backup.files) {
      const reply = await fetch(`${restored.origin}${path}`);
      expect(Buffer.from(await reply.arrayBuffer()).equals(PNG)).toBe(true);
    }
    expect(
      (await send(restored, `management/responses/${backup.ids.at(-1) ?? [...stored][0]}`)) !== undefined,
    ).toBe(true);
    await answer(restored, surveyId, -1);
    expect(await restored.stop()).toBe(0);
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
}, 300_000);

describe('with a backup of a small database', () => {
  let first: string;
  const saved = join(folder, 'saved');

  beforeAll(async () => {
    const server = await start('small');
    const surveyId = await addSurvey(server);
    await answer(server, surveyId, 1);
    first = await upload(server);
    expect(await call('small', 'backup', saved)).toMatchObject(DONE);
    await answer(server, surveyId, 2);
    await upload(server);
    await server.stop();
  });

  const copySmall = (name: string): void =>
    cpSync(join(folder, 'small'), join(folder, name), { recursive: true });
  const listFiles = (name: string) =>
    readdirSync(join(folder, name, 'files'), { recursive: true }).filter((path) =>
      String(path).endsWith('.png'),
    );

  it('a second backup does not replace the first one, unless it is forced to', async () => {
    const before = readFileSync(saved);
    const refused = await call('small', 'backup', saved);
    expect([refused.code, refused.err]).toEqual([
      1,
      `inkling: backup: ${saved} is there already: --force replaces it\n`,
    ]);
    expect(readFileSync(saved).equals(before)).toBe(true);
    const other = join(folder, 'other');
    writeFileSync(other, 'x');
    expect(await call('small', 'backup', other, '--force')).toMatchObject(DONE);
    expect(readFileSync(other).subarray(0, 6).toString()).toBe('SQLite');
    expect(readdirSync(join(folder, 'small')).sort()).toEqual(['files', 'inkling.db']);
  });

  it('a restore replaces a database and its files only when it is forced to', async () => {
    copySmall('replaced');
    const refused = await call('replaced', 'restore', saved);
    expect([refused.code, refused.err]).toMatchObject([1, expect.stringContaining('--force')]);
    expect([readIds('replaced').size, listFiles('replaced').length]).toEqual([2, 2]);
    expect(await call('replaced', 'restore', saved, '--force')).toMatchObject(DONE);
    expect([readIds('replaced').size, listFiles('replaced').length]).toEqual([1, 1]);
    const server = await start('replaced');
    expect((await fetch(`${server.origin}${first}`)).status).toBe(200);
    await server.stop();
  });

  it('a restore beside files alone, or what a database has left, is refused, too', async () => {
    copySmall('rest');
    rmSync(join(folder, 'rest/inkling.db'));
    expect((await call('rest', 'restore', saved)).err).toContain('there are files');
    rmSync(join(folder, 'rest/files'), { recursive: true });
    writeFileSync(join(folder, 'rest/inkling.db-wal'), 'x');
    expect((await call('rest', 'restore', saved)).err).toContain('there is a database');
    expect(await call('rest', 'restore', saved, '--force')).toMatchObject(DONE);
    expect(existsSync(join(folder, 'rest/inkling.db-wal'))).toBe(false);
    expect(readIds('rest').size).toBe(1);
  });

  it('a restore is refused while a server runs, even when it is forced', async () => {
    copySmall('running');
    const server = await start('running');
    const { code, err } = await call('running', 'restore', saved, '--force');
    expect([code, err]).toEqual([
      1,
      'inkling: restore: a server or a command uses the database: stop it first\n',
    ]);
    expect((await fetch(`${server.origin}/health/ready`)).status).toBe(200);
    await server.stop();
    expect([readIds('running').size, listFiles('running').length]).toEqual([2, 2]);
  });

  it('a restore over a database that a killed server has left takes nothing from its log', async () => {
    copySmall('killed');
    const server = await start('killed');
    await addSurvey(server);
    await server.stop('SIGKILL');
    expect(await call('killed', 'restore', saved, '--force')).toMatchObject(DONE);
    expect(readIds('killed').size).toBe(1);
  });

  it('a restore over a damaged database works', async () => {
    copySmall('broken');
    writeFileSync(join(folder, 'broken/inkling.db'), 'not a database at all '.repeat(500));
    expect(await call('broken', 'restore', saved, '--force')).toMatchObject(DONE);
    expect(readIds('broken').size).toBe(1);
  });

  type Damage = [name: string, damage: (path: string) => void, says: RegExp];
  const damages: Damage[] = [
    ['that is not there', (path) => rmSync(path), /there is no file/],
    ['that is empty', (path) => writeFileSync(path, ''), /not made by `backup`/],
    ['that is something else', (path) => writeFileSync(path, 'x'.repeat(9000)), /not a database/],
    [
      'that is only half there',
      (path) => writeFileSync(path, readFileSync(saved).subarray(0, 40_960)),
      /malformed|damaged/,
    ],
    [
      'that is a database without a manifest',
      (path) => run(path, 'drop table inkling_backup'),
      /not made by/,
    ],
    [
      'with a file that has changed',
      (path) => run(path, "update inkling_backup_file set bytes = x'00'"),
      /damaged: the file/,
    ],
    [
      'of a newer form',
      (path) => run(path, "update inkling_backup set format = 9, version = '7.0.0'"),
      /newer Inkling \(7\.0\.0\)/,
    ],
    [
      'of a newer version',
      (path) => run(path, "insert into kysely_migration values ('0099-later', '2030-01-01')"),
      /newer Inkling .*0099-later/,
    ],
  ];
  const run = (path: string, statement: string): void => {
    const file = new Sqlite(path);
    file.exec(statement);
    file.close();
  };
  it.each(damages)(
    'a backup %s is refused in one line, and nothing is changed',
    async (name, damage, says) => {
      const path = join(folder, 'damaged');
      cpSync(saved, path);
      damage(path);
      const place = `of ${name}`;
      copySmall(place);
      const { code, out, err } = await call(place, 'restore', path, '--force');
      expect([code, out, err.trim().split('\n').length]).toEqual([1, '', 1]);
      expect(err).toMatch(/^inkling: restore: /);
      expect(err).toMatch(says);
      expect([readIds(place).size, listFiles(place).length]).toEqual([2, 2]);
      rmSync(path, { force: true });
    },
  );

  it('a backup needs a database, a folder of files and a place to write to', async () => {
    mkdirSync(join(folder, 'empty'));
    expect((await call('empty', 'backup', join(folder, 'none'))).err).toContain(
      'DATABASE_URL: there is no database',
    );
    copySmall('without-files');
    rmSync(join(folder, 'without-files/files'), { recursive: true });
    expect((await call('without-files', 'backup', join(folder, 'none'))).err).toContain(
      'FILES_URL: there is no folder',
    );
    expect((await call('small', 'backup', join(folder, 'no/such/folder'))).code).toBe(1);
    const itself = await call('small', 'backup', join(folder, 'small/inkling.db'), '--force');
    expect(itself.err).toContain('is the database itself');
    expect(existsSync(join(folder, 'none'))).toBe(false);
    expect(existsSync(join(folder, 'empty/inkling.db'))).toBe(false);
  });

  it('a database with its files in a bucket is saved without them, and says so', async () => {
    const env = { ...placesOf('small'), FILES_URL: 's3://bucket?region=eu-west-1' };
    const one = runBuiltServer({ args: ['backup', join(folder, 'bucket')], env });
    expect([await one.exit, one.err()]).toEqual([0, '']);
    expect(one.out()).toMatch(/files +none: they are in a bucket/);
    expect((await call('from-bucket', 'restore', join(folder, 'bucket'))).out).toMatch(/files +none/);
    expect(readIds('from-bucket').size).toBe(2);
  });

  it.each(['backup', 'restore'])('%s of a PostgreSQL names its own tools in one line', async (command) => {
    const env = { ...placesOf('small'), DATABASE_URL: 'postgres://127.0.0.1:1/x' };
    const one = runBuiltServer({ args: [command, join(folder, 'none')], env });
    expect(await one.exit).toBe(1);
    expect(one.err()).toMatch(/^inkling: .*pg_dump.*\n$/);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
