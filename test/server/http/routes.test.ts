import { expect, it } from 'vitest';
import * as z from 'zod';
import { listRoutes } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import { TAGS } from '../../../server/http/routes.ts';
import { describeServer, silentLog } from '../support.ts';

describeServer('every route', (server) => {
  const routes = () =>
    listRoutes(createContext({ database: server.database, now: Date.now, log: silentLog }));

  it('is described', async () => {
    expect(routes().length).toBeGreaterThan(20);
    for (const route of routes()) {
      const name = `${route.method} ${route.path}`;
      expect(route.summary, name).toMatch(/^[A-Z][^.\n]{9,}[^.]$/);
      expect(TAGS, name).toContain(route.tag);
      const placeholders = [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, param]) => param);
      expect(Object.keys(route.params ?? {}), name).toEqual(placeholders);
      // Replaying a delivery needs no body.
      const isPlain = /^(GET|DELETE)$/.test(route.method) || route.path.endsWith('/replay');
      expect(route.body === undefined, name).toBe(isPlain);
      for (const lazy of [route.query, route.body, route.reply]) {
        if (lazy !== undefined && lazy !== 'bytes') expect(await lazy(), name).toBeInstanceOf(z.ZodType);
      }
    }
  });

  it('answers HEAD like GET, and every other method with 405 and Allow', async () => {
    const paths = new Set(routes().map(({ path }) => path));
    expect(paths.size).toBeGreaterThan(15);
    for (const path of paths) {
      const there = routes().filter((route) => route.path === path);
      const methods = there.map(({ method }): string => method);
      const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort();
      const address = path.replaceAll(/:[A-Za-z]+/g, 'anything');
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        const reply = await server.send(method, address);
        if (allowed.includes(method)) {
          expect(reply.status, `${method} ${path}`).not.toBe(405);
          continue;
        }
        expect(reply.status, `${method} ${path}`).toBe(405);
        expect(reply.headers.get('allow')?.split(', ').sort()).toEqual(allowed);
        if (method === 'HEAD') continue;
        expect(reply.body).toEqual({
          code: 'method_not_allowed',
          message: 'Method not allowed',
          details: { allowed_methods: reply.headers.get('allow')?.split(', ') },
        });
      }
    }
  });

  it.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/client',
    '/api/v1/client/x',
    '/api/v1/client/x/environment/',
    '/api/v1/client//environment',
    '/api/v2/management/me',
    '/api/v3/client/x/environment',
    '/api/v1/management',
    '/api/v1/management/unknown',
    '/api/v1/management/surveys/x/y',
    '/API/v1/management/me',
    '/api/%00',
    '/api/v1/client/%E0%A4%A/unknown',
    '/nothing',
  ])('answers %s with 404 in the error format', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const reply = await server.send(method, path);
      expect([reply.status, reply.body]).toEqual([
        404,
        { code: 'not_found', message: 'Not found', details: {} },
      ]);
      expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  it('is registered through the list, so that it is documented', () => {
    const described = new Set(routes().map(({ method, path }) => `${method} ${path}`));
    const registered = server.app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*');
    for (const { method, path } of registered) expect(described).toContain(`${method} ${path}`);
    expect(registered.length).toBe(described.size);
  });
});
