import { beforeAll, expect, it } from 'vitest';
import { listRoutes } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import type { Route } from '../../../server/http/routes.ts';
import { ROUTE_CASES } from '../route-cases.ts';
import { describeServer, silentLog } from '../support.ts';
import { type SeededTenant, seedTenant } from '../tenants.ts';

describeServer('a body that is no object', (server) => {
  let own: SeededTenant;
  let routes: readonly Route[];

  beforeAll(async () => {
    own = await seedTenant(server, 'own');
    const context = createContext({ database: server.database, now: () => server.clock.now, log: silentLog });
    routes = listRoutes(context).filter(
      ({ method, path, auth, body, bodyType }) =>
        auth !== 'none' && body && !bodyType && !ROUTE_CASES[`${method} ${path}`]?.readsBody,
    );
  });

  it('is refused by every route of the owner that reads one, and changes nothing', async () => {
    expect(routes.filter(({ method }) => method === 'PUT').length).toBeGreaterThan(5);
    expect(routes.filter(({ method }) => method === 'POST').length).toBeGreaterThan(6);
    for (const route of routes) {
      const path = route.path.replace(
        /:([A-Za-z]+)/g,
        (_, name: string) => own.ids[route.params?.[name] ?? 'text'],
      );
      const read = () => server.send('GET', path, undefined, { 'x-api-key': own.keys.manage });
      const before = route.method === 'PUT' ? (await read()).text : '';
      for (const body of ['null', '[]', '[{}]', 'true', '0', '"x"', '""']) {
        const reply = await server.send(route.method, path, body, { 'x-api-key': own.keys.manage });
        expect([reply.status, reply.body.code], `${route.method} ${route.path} ${body}`).toEqual([
          400,
          'bad_request',
        ]);
      }
      if (route.method === 'PUT') expect((await read()).text).toBe(before);
    }
  });
});
