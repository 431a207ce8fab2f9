import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCommitQueue } from '../../../server/repo/commit-queue.ts';
import { ensureContact } from '../../../server/repo/contacts.ts';
import type { Database } from '../../../server/repo/database.ts';
import { isUnavailable, isUnstorableText } from '../../../server/repo/database-errors.ts';
import { findEnvironment, insertEnvironment } from '../../../server/repo/environments.ts';
import { newId } from '../../../server/repo/new-id.ts';
import { openDatabase } from '../../../server/repo/open-database.ts';
import type { Schema } from '../../../server/repo/schema.ts';
import { createSqliteDialect } from '../../../server/repo/sqlite-dialect.ts';
import { KINDS } from '../../support/app.ts';
import { createDatabase } from '../../support/postgres.ts';
import { postgresUrlOf } from '../support.ts';

describe.each(KINDS)('a database on %s', (kind) => {
  const release: (() => Promise<void> | void)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'inkling-database-'));
  let url: string;
  let database: Database;

  beforeAll(async () => {
    release.push(() => rmSync(folder, { recursive: true, force: true }));
    const postgresUrl = postgresUrlOf(kind);
    url = postgresUrl ? await createDatabase(postgresUrl) : `sqlite:${join(folder, 'test.db')}`;
    // Several processes start at once on an empty database: one creates the tables, the others wait for it. On SQLite
    // waiting blocks the thread, so that this can't be tested in one process.
    const count = kind === 'sqlite' ? 1 : 4;
    const opened = await Promise.all(Array.from({ length: count }, () => openDatabase(url)));
    for (const one of opened) release.unshift(() => one.close());
    database = opened[0] as Database;
  });
  afterAll(async () => {
    for (const step of release) await step();
  });

  const insert = (id: string) => (trx: Kysely<Schema>) => insertEnvironment(trx, { id, name: 'x', now: 1 });

  it('has its kind and its tables, in each process that opens it', async () => {
    expect(database.kind).toBe(kind);
    expect(await findEnvironment(database.read, 'none')).toBeUndefined();
    const again = await openDatabase(url);
    expect(await findEnvironment(again.read, 'none')).toBeUndefined();
    await again.close();
  });

  it('rolls back only the job that fails of several in the same turn', async () => {
    const ids = Array.from({ length: 9 }, () => newId());
    const outcomes = await Promise.allSettled(
      ids.map((id, index) =>
        database.write(async (trx) => {
          await insert(id)(trx);
          if (index === 4) throw new Error('no');
          if (index === 6) await sql`select * from nowhere`.execute(trx);
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      true,
      true,
      false,
      true,
      false,
      true,
      true,
    ]);
    const found = await Promise.all(ids.map((id) => findEnvironment(database.read, id)));
    expect(found.map((row) => row !== undefined)).toEqual(
      outcomes.map(({ status }) => status === 'fulfilled'),
    );
  });

  it('shows a write to readers only once it is acknowledged', async () => {
    const id = newId();
    let duringJob: unknown = 'not asked';
    await database.write(async (trx) => {
      await insert(id)(trx);
      if (kind === 'sqlite') duringJob = await findEnvironment(database.read, id);
    });
    if (kind === 'sqlite') expect(duringJob).toBeUndefined();
    expect(await findEnvironment(database.read, id)).toBeDefined();
  });

  it('creates one contact for many concurrent calls', async () => {
    const environmentId = newId();
    await database.write(insert(environmentId));
    const other = kind === 'sqlite' ? database : await openDatabase(url);
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? database : other).write((trx) => ensureContact(trx, { environmentId, userId: 'u' }, 1)),
      ),
    );
    if (other !== database) await other.close();
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
    expect(ids.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('stores instants beyond 32 bits and any text', async () => {
    const id = newId();
    const now = Date.UTC(2099, 0);
    await database.write((trx) => insertEnvironment(trx, { id, name: 'ü 🎈', now }));
    expect(await findEnvironment(database.read, id)).toMatchObject({
      createdAt: now,
      name: 'ü 🎈',
      revision: 1,
    });
  });

  it('completes pending writes before it closes', async () => {
    const own = await openDatabase(url);
    const ids = Array.from({ length: 20 }, () => newId());
    const writes = ids.map((id) => own.write(insert(id)));
    await own.close();
    await Promise.all(writes);
    const found = await Promise.all(ids.map((id) => findEnvironment(database.read, id)));
    expect(found.every((row) => row !== undefined)).toBe(true);
  });
});

describe('the commit queue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-queue-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const open = (maxQueued = 100) => {
    const statements: string[] = [];
    const file = new Sqlite(join(folder, `${newId()}.db`), {
      verbose: (statement) => statements.push(String(statement)),
    });
    file.exec('create table t (v integer unique)');
    const db = new Kysely<Schema>({ dialect: createSqliteDialect(file) });
    const queue = createCommitQueue(file, db, { maxQueued, maxLockWaitMs: 5_000 });
    const commits = () => statements.filter((statement) => statement === 'commit').length;
    const add = (v: number) =>
      queue.write(async (trx) => {
        await sql`insert into t values (${v})`.execute(trx);
        return v;
      });
    return { queue, commits, add, file };
  };

  it('lets writes of one turn share one commit', async () => {
    const { add, commits } = open();
    expect(await Promise.all([1, 2, 3, 4, 5].map(add))).toEqual([1, 2, 3, 4, 5]);
    expect(commits()).toBe(1);
  });

  it('commits a lone write by the end of the turn', async () => {
    const { add, commits } = open();
    await add(1);
    await add(2);
    expect(commits()).toBe(2);
  });

  it('commits 600 writes in batches of at most 256', async () => {
    const { add, commits } = open(1000);
    await Promise.all(Array.from({ length: 600 }, (_, v) => add(v)));
    expect(commits()).toBe(3);
  });

  it('refuses writes beyond the limit of the queue, and accepts writes again afterwards', async () => {
    const { add } = open(3);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(add));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await add(5)).toBe(5);
  });

  it('rejects the whole batch when the commit fails', async () => {
    const { add, file } = open();
    file.exec('create table parent (id integer primary key)');
    file.exec('create table child (p integer references parent (id) deferrable initially deferred)');
    file.pragma('foreign_keys = on');
    const db = new Kysely<Schema>({ dialect: createSqliteDialect(file) });
    const queue = createCommitQueue(file, db, { maxQueued: 10, maxLockWaitMs: 5_000 });
    const orphan = queue.write(async (trx) => {
      await sql`insert into child values (1)`.execute(trx);
    });
    const innocent = queue.write(async (trx) => {
      await sql`insert into t values (9)`.execute(trx);
    });
    expect((await Promise.allSettled([orphan, innocent])).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    expect(await add(9)).toBe(9);
  });
});

describe('opening', () => {
  it.each(['mysql://x', 'inkling.db', 'sqlite:', 'sqlite::memory:'])('refuses %s', async (url) => {
    await expect(openDatabase(url)).rejects.toThrow();
  });

  it('rejects when PostgreSQL cannot be reached', async () => {
    await expect(openDatabase('postgres://nobody@127.0.0.1:9/none')).rejects.toThrow();
  });
});

describe('errors', () => {
  const coded = (code: string) => Object.assign(new Error('x'), { code });
  it.each(['08006', '57P01', '53300', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'ECONNREFUSED'])(
    '%s means: try again later',
    (code) => expect(isUnavailable(coded(code))).toBe(true),
  );
  it.each(['23505', 'SQLITE_CONSTRAINT_UNIQUE', '42601'])('%s does not', (code) =>
    expect(isUnavailable(coded(code))).toBe(false),
  );
  it('include a text that cannot be stored', () => {
    expect(isUnstorableText(coded('22021'))).toBe(true);
    expect(isUnstorableText(undefined)).toBe(false);
  });
});

describe('new ids', () => {
  it('have 25 characters, start with c and sort by time', () => {
    const ids = [1, 2, 3].map((step) => newId(Date.UTC(2026, 10, 24) + step));
    expect(ids.every((id) => /^c[0-9a-z]{24}$/.test(id))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 5000 }, () => newId(0))).size).toBe(5000);
  });
});
