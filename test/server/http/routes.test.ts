import { expect, it } from 'vitest';
import * as z from 'zod';
import { listRoutes } from '../../../server/app.ts';
import { createContext } from '../../../server/client/context.ts';
import { TAGS } from '../../../server/http/routes.ts';
import { describeServer } from '../support.ts';

describeServer('every route', (server) => {
  const routes = () => listRoutes(createContext({ database: server.database, now: Date.now, log: console }));

  it('is described', async () => {
    expect(routes().length).toBeGreaterThan(20);
    for (const route of routes()) {
      const name = `${route.method} ${route.path}`;
      expect(route.summary, name).toMatch(/^[A-Z][^.\n]{9,}[^.]$/);
      expect(TAGS, name).toContain(route.tag);
      const placeholders = [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, param]) => param);
      expect(Object.keys(route.params ?? {}), name).toEqual(placeholders);
      expect(route.body === undefined, name).toBe(route.method === 'GET' || route.method === 'DELETE');
      for (const lazy of [route.query, route.body, route.reply]) {
        if (lazy !== undefined && lazy !== 'bytes') expect(await lazy(), name).toBeInstanceOf(z.ZodType);
      }
    }
  });

  it('is registered through the list, so that nothing escapes its description', () => {
    const described = new Set(routes().map(({ method, path }) => `${method} ${path}`));
    const registered = server.app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*');
    for (const { method, path } of registered) expect(described).toContain(`${method} ${path}`);
    expect(registered.length).toBe(described.size);
  });
});
