import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database } from '../../../server/repo/database.ts';
import { isUnavailable } from '../../../server/repo/database-errors.ts';
import { insertEnvironment, listEnvironments } from '../../../server/repo/environments.ts';
import { newId } from '../../../server/repo/new-id.ts';
import { openDatabase } from '../../../server/repo/open-database.ts';
import { KINDS, openApp, type TestApp } from '../../support/app.ts';
import { createDatabase } from '../../support/postgres.ts';
import { silentLog } from '../support.ts';

describe('errors that the driver reports in words alone', () => {
  const sources = [
    ...['client', 'connection', 'query', 'crypto/sasl', 'utils', 'connection-parameters'].map(
      (name) => `node_modules/pg/lib/${name}.js`,
    ),
    'node_modules/pg-pool/index.js',
    'node_modules/pg-protocol/dist/parser.js',
  ];
  /** Mistakes in how the driver is called: trying again would not help. */
  const MISTAKES =
    /^(A query must have|Prepared statements must be unique|Query values must be|Client was passed a null|callback is not|circular reference|Password must be a string|sslnegotiation=|Passing a function|Called end on pool|Release called on client|unexpected condition|Binary mode not|Buffer|first argument must|second argument must| not supported in pipeline mode|Invalid )/;
  const messages = [
    ...new Set(
      sources.flatMap((source) =>
        [...readFileSync(source, 'utf8').matchAll(/Error\(\s*(['"`])(.+?)\1/g)].map(([, , text = '']) =>
          text.replace(/\$\{[^}]*\}/g, ''),
        ),
      ),
    ),
  ];

  it('are found in its sources', () => {
    expect(messages.length).toBeGreaterThan(40);
    expect(messages).toContain('Client has encountered a connection error and is not queryable');
    expect(messages).toContain('timeout exceeded when trying to connect');
  });

  it.each(messages)('%s', (message) => {
    expect(isUnavailable(new Error(message))).toBe(!MISTAKES.test(message));
  });
});

it.each([
  ...[
    '57P01',
    '57P02',
    '57P03',
    '57P04',
    '57P05',
    '57014',
    '25P03',
    '25006',
    '08000',
    '08006',
    '28P01',
    '3D000',
  ],
  ...['53100', '53200', '53300', '53400', '55P03', '58030', 'XX001', '40001', '40P01'],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENETDOWN',
    'EADDRNOTAVAIL',
  ],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'EPROTO', 'ERR_SOCKET_CLOSED', 'ERR_STREAM_DESTROYED'],
  ...[
    'ENOSPC',
    'EDQUOT',
    'EROFS',
    'EMFILE',
    'EIO',
    'SQLITE_FULL',
    'SQLITE_BUSY_RECOVERY',
    'SQLITE_READONLY_DBMOVED',
  ],
])('%s means: try again later', (code) => {
  expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(true);
});

it.each([
  '23505',
  '42601',
  '42P01',
  '22P02',
  '22003',
  'ENOENT',
  'EACCES',
  'SQLITE_ERROR',
  'SQLITE_CONSTRAINT',
])('%s does not', (code) => {
  expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(false);
});

describe.runIf(KINDS.includes('postgres'))('PostgreSQL that ends connections', () => {
  const release: (() => Promise<unknown>)[] = [];
  let admin: pg.Client;
  let server: TestApp;

  beforeAll(async () => {
    server = await openApp({ postgresUrl: inject('postgresUrl'), log: silentLog });
    admin = new pg.Client({ connectionString: server.databaseUrl });
    await admin.connect();
    release.push(() => admin.end(), server.stop);
  });
  afterAll(async () => {
    for (const step of release) await step();
  });

  /** Ends every connection to the database but this test's own, and waits until they are gone. */
  async function endAll(): Promise<void> {
    const others = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    await admin.query(`select pg_terminate_backend(pid) ${others}`);
    while ((await admin.query(`select 1 ${others}`)).rowCount) await wait(5);
  }

  const insert = (id: string) => (trx: Database['read']) => insertEnvironment(trx, { id, name: 'x', now: 1 });
  const isStored = async (id: string) =>
    (await listEnvironments(server.database.read)).some((found) => found.id === id);

  type Moment = [name: string, write: (database: Database, id: string) => Promise<unknown>];
  const moments: Moment[] = [
    [
      'while it is idle',
      async (database, id) => {
        await database.read.selectFrom('environment').select('id').execute();
        const ending = endAll();
        try {
          return await database.write(insert(id));
        } finally {
          await ending;
        }
      },
    ],
    [
      'in a query',
      (database, id) =>
        database.write(async (trx) => {
          await insert(id)(trx);
          await sql`select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)`.execute(trx);
        }),
    ],
    [
      'between two queries',
      (database, id) =>
        database.write(async (trx) => {
          await insert(id)(trx);
          await endAll();
          await insert(newId())(trx);
        }),
    ],
    [
      'before the commit',
      (database, id) =>
        database.write(async (trx) => {
          await insert(id)(trx);
          await endAll();
        }),
    ],
    [
      'in a query whose error the job does not pass on',
      (database, id) =>
        database.write(async (trx) => {
          await insert(id)(trx);
          await sql`select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)`.execute(trx).catch(() => {});
        }),
    ],
  ];
  it.each(moments)(
    '%s: the write is stored, or refused for now; the next one succeeds',
    async (_name, write) => {
      const id = newId();
      const [outcome] = await Promise.allSettled([write(server.database, id)]);
      if (outcome.status === 'rejected') {
        expect([isUnavailable(outcome.reason), outcome.reason]).toEqual([true, outcome.reason]);
      }
      const next = newId();
      await expect
        .poll(
          () =>
            server.database.write(insert(next)).then(
              () => true,
              () => false,
            ),
          { timeout: 1_000 },
        )
        .toBe(true);
      expect(await isStored(id)).toBe(outcome.status === 'fulfilled');
    },
  );

  it('the first error is the one that is reported, not that of the rollback', async () => {
    const broken = server.database.write((trx) =>
      sql`select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)`.execute(trx),
    );
    await expect(broken).rejects.toMatchObject({ code: '57P01' });
    const own = server.database.write(async () => {
      await endAll();
      throw new Error('of the job');
    });
    await expect(own).rejects.toThrow('of the job');
  });

  it('under load every request is right or 503 with Retry-After, and what was acknowledged is there', async () => {
    await server.database.write(insert('load'));
    const rounds = 120;
    const acknowledged: string[] = [];
    const wrong: unknown[] = [];
    let refused = 0;
    const client = async (name: string): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        const userId = `${name}-${round}`;
        const reply = await server.app.request('/api/v1/client/load/user', {
          method: 'POST',
          body: JSON.stringify({ userId }),
        });
        if (reply.status === 200) acknowledged.push(userId);
        else if (reply.status === 503 && reply.headers.get('retry-after') === '1') refused += 1;
        else wrong.push([reply.status, await reply.text()]);
      }
    };
    let isRunning = true;
    const killing = (async () => {
      while (isRunning) {
        await endAll();
        await wait(20);
      }
    })();
    await Promise.all(Array.from({ length: 8 }, (_, n) => client(`visitor${n}`)));
    isRunning = false;
    await killing;
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    const { rows } = await admin.query("select user_id from contact where environment_id = 'load'");
    const stored = new Set(rows.map((row) => row.user_id));
    expect(acknowledged.filter((userId) => !stored.has(userId))).toEqual([]);
    expect(acknowledged.length + refused).toBe(8 * rounds);
  });
});

describe.runIf(KINDS.includes('postgres')).each([true, false])(
  'a connection that breaks at the commit (which has arrived: %s)',
  (hasArrived) => {
    it('leaves the write unacknowledged; its repetition stores it once', async () => {
      const url = new URL(await createDatabase(inject('postgresUrl')));
      const target = { host: url.hostname, port: Number(url.port) };
      let isArmed = false;
      const sockets: Socket[] = [];
      const proxy = createServer((down) => {
        const up = connect(target);
        sockets.push(down, up);
        down.on('data', (bytes) => {
          if (!isArmed || !bytes.includes('commit')) return void up.write(bytes);
          isArmed = false;
          if (!hasArrived) return void up.destroy();
          // What the database answers to it never comes back.
          up.removeAllListeners('data');
          up.write(bytes, () => up.once('data', () => down.destroy()));
        });
        up.on('data', (bytes) => down.write(bytes));
        for (const [one, two] of [
          [up, down],
          [down, up],
        ] as const) {
          one.on('error', () => {});
          one.on('close', () => two.destroy());
        }
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      url.port = String((proxy.address() as { port: number }).port);
      const database = await openDatabase(url.href);
      const id = newId();
      const write = () => database.write((trx) => insertEnvironment(trx, { id, name: 'x', now: 1 }));
      isArmed = true;
      const error = await write().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(isUnavailable(error)).toBe(true);
      const find = async () => (await listEnvironments(database.read)).filter((one) => one.id === id).length;
      await expect.poll(find).toBe(hasArrived ? 1 : 0);
      await write();
      expect(await find()).toBe(1);
      await database.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    });
  },
);
