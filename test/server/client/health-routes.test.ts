import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeServer, type TestServer } from '../support.ts';

/** Makes the database fail while `job` runs: PostgreSQL blocks every query, SQLite answers with an error. */
async function whileBroken({ kind, database }: TestServer, job: () => Promise<void>): Promise<void> {
  if (kind === 'postgres') {
    return database.write(async (trx) => {
      await sql`lock table environment in access exclusive mode`.execute(trx);
      await job();
    });
  }
  await database.write((trx) => sql`alter table environment rename to away`.execute(trx));
  await job();
  await database.write((trx) => sql`alter table away rename to environment`.execute(trx));
}

describeServer('health', (server) => {
  const works = { data: { main_database: true, cache_database: true } };

  it('/api/v2/health reports a working database', async () => {
    const { status, body, headers } = await server.send('GET', '/api/v2/health');
    expect([status, body]).toEqual([200, works]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await server.send('HEAD', '/api/v2/health')).status).toBe(200);
  });

  it('/api/v2/health reports a failing database within seconds, to concurrent requests too, and recovers', async () => {
    await whileBroken(server, async () => {
      const began = performance.now();
      const replies = await Promise.all(
        Array.from({ length: 20 }, () => server.send('GET', '/api/v2/health')),
      );
      expect(performance.now() - began).toBeLessThan(5000);
      for (const { status, body } of replies) {
        expect([status, body]).toEqual([200, { data: { main_database: false, cache_database: true } }]);
      }
    });
    await expect.poll(async () => (await server.send('GET', '/api/v2/health')).body).toEqual(works);
  });

  it('/health does not query the database', async () => {
    await whileBroken(server, async () => {
      const { status, body } = await server.send('GET', '/health');
      expect([status, body]).toEqual([200, { status: 'ok' }]);
      expect((await server.send('HEAD', '/health')).status).toBe(200);
    });
  });

  it.each(['/health', '/api/v2/health'])('%s refuses other methods in the error format', async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const { status, body, headers } = await server.send(method, path);
      expect([status, body.code, headers.get('allow')]).toEqual([405, 'method_not_allowed', 'GET, HEAD']);
    }
  });
});
