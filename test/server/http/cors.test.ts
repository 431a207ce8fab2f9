import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import { OverloadedError } from '../../../server/repo/database-errors.ts';
import { addTenant, describeServer, type Reply, send, silentLog, type Tenant } from '../support.ts';

describeServer('every reply of the client API is readable from every origin', (server) => {
  let own: Tenant;
  const path = (rest: string) => `/api/v1/client/${own.id}/${rest}`;
  const user = JSON.stringify({ userId: 'u', attributes: { plan: 'free' } });

  beforeAll(async () => {
    own = await addTenant(server);
  });

  type Row = [name: string, status: number, ask: () => Promise<Reply>];
  const rows: Row[] = [
    ['a success', 200, () => server.send('GET', path('environment'))],
    ['a preflight', 200, () => server.send('OPTIONS', path('anything'))],
    ['a body that is no JSON', 400, () => server.send('POST', path('user'), '{')],
    ['an environment that is unknown', 404, () => server.send('GET', '/api/v2/client/none/environment')],
    ['a path that is unknown', 404, () => server.send('GET', path('nowhere'))],
    ['a method that is wrong', 405, () => server.send('DELETE', path('user'))],
    ['a body that is too large', 413, () => server.send('POST', path('user'), 'x'.repeat(2 ** 21 + 1))],
    ['too many requests', 429, tooMany],
    ['a database that is broken', 500, broken],
    ['a server that is too busy', 503, tooBusy],
  ];
  it.each(rows)('%s', async (_name, status, ask) => {
    const { headers, ...reply } = await ask();
    expect(reply.status).toBe(status);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')).toBe('Date, Retry-After, ETag');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(Number(headers.get('retry-after')) > 0).toBe(status === 429 || status === 503);
    if (status >= 400) expect(Object.keys(reply.body)).toEqual(['code', 'message', 'details']);
  });

  async function tooMany(): Promise<Reply> {
    const app = createApp(
      createContext({
        database: server.database,
        now: () => server.clock.now,
        log: silentLog,
        rateLimit: 1,
      }),
    );
    const socket = { incoming: { socket: { remoteAddress: '192.0.2.1' } } };
    const limited = { request: (url: string, init: RequestInit) => app.request(url, init, socket) };
    await send(limited as typeof app, 'GET', path('environment'));
    return send(limited as typeof app, 'GET', path('environment'));
  }

  async function broken(): Promise<Reply> {
    await server.database.write((trx) => sql`alter table contact rename to away`.execute(trx));
    const reply = await server.send('POST', path('user'), user);
    await server.database.write((trx) => sql`alter table away rename to contact`.execute(trx));
    return reply;
  }

  function tooBusy(): Promise<Reply> {
    const write = () => Promise.reject(new OverloadedError('full'));
    const database = { ...server.database, write };
    const app = createApp(createContext({ database, now: Date.now, log: silentLog }));
    return send(app, 'POST', path('user'), user);
  }
});
