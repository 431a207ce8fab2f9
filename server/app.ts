import { Hono } from 'hono';
import type { Lifetimes, ServerContext } from './client/context.ts';
import { createEnvironmentCache } from './client/environment-cache.ts';
import { clientRoutes, healthRoute } from './client/routes.ts';
import { clientCors } from './http/cors.ts';
import { ApiError, answerError } from './http/errors.ts';
import type { Log } from './http/log.ts';
import { addRoutes } from './http/routes.ts';
import type { Database } from './repo/database.ts';

/** What the server is made of; everything it does not know by itself. */
export interface AppDeps {
  readonly database: Database;
  /** Epoch ms. */
  readonly now: () => number;
  readonly lifetimes?: Partial<Lifetimes>;
  readonly log: Log;
}

const MINUTE = 60_000;
const LIFETIMES: Lifetimes = { environmentMs: 60 * MINUTE, slotMs: 5 * MINUTE, userMs: 30 * MINUTE };

/**
 * The whole HTTP surface, without a socket: tests call `app.request()`, main.ts serves `app.fetch`.
 *
 * @example
 * const app = createApp({ database, now: Date.now, log });
 * const reply = await app.request('/health');
 */
export function createApp({ database, now, lifetimes, log }: AppDeps): Hono {
  const context: ServerContext = {
    database,
    cache: createEnvironmentCache(database.read, log),
    now,
    lifetimes: { ...LIFETIMES, ...lifetimes },
    log,
  };

  const app = new Hono();
  app.use('/api/v1/client/*', clientCors);
  app.use('/api/v2/client/*', clientCors);
  addRoutes(app, [healthRoute, ...clientRoutes(context)]);

  app.notFound((c) => answerError(new ApiError('not_found', 'Not found'), c, log));
  app.onError((error, c) => answerError(error, c, log));
  return app;
}
