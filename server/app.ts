import { Hono } from 'hono';
import { type Assets, answerAsset } from './assets.ts';
import { ApiError, badRequest } from './base/api-error.ts';
import { healthRoutes } from './client/health-routes.ts';
import { olderPaths } from './client/older-routes.ts';
import { clientRoutes } from './client/routes.ts';
import type { ServerContext } from './context/context.ts';
import { docsRoutes } from './docs/routes.ts';
import { clientCors, ownersOnly } from './http/cors.ts';
import { answerError } from './http/errors.ts';
import { limitClients } from './http/limit-clients.ts';
import { logRequests } from './http/log-requests.ts';
import { addRoutes, type Route } from './http/routes.ts';
import { addShortPaths, managementRoutes } from './management/routes.ts';

/** Lists every endpoint with its description. */
export function listRoutes(context: ServerContext): readonly Route[] {
  return [
    ...healthRoutes(context),
    ...clientRoutes(context),
    ...olderPaths(context),
    ...managementRoutes(context),
    ...docsRoutes(() => listRoutes(context), context),
  ];
}

/**
 * Makes the whole HTTP surface, without a socket: tests call `app.request()`, main.ts serves `app.fetch`. `assets` are the
 * built files; without them only the API answers.
 *
 * @example
 * const app = createApp(createContext({ database, now: Date.now, log }));
 * const reply = await app.request('/health');
 */
export function createApp(context: ServerContext, assets?: Assets): Hono {
  const { log, trustedProxies } = context;
  const app = new Hono();
  // Only when they are written: they cost time in each request.
  if (log.isOn('info')) app.use('*', logRequests(log));
  const limited = limitClients(context.limits, { trustedProxies, log });
  app.use('/api/v1/client/*', clientCors, limited);
  app.use('/api/v2/client/*', clientCors, limited);
  app.use('/api/v1/management/*', ownersOnly);
  app.use('/api/v1/webhooks', ownersOnly);
  app.use('/api/v1/webhooks/*', ownersOnly);
  addRoutes(app, listRoutes(context));
  addShortPaths(app);
  // A path of the wrong shape is a bad request, not a missing file (management-api.md 12.3).
  app.all('/storage/*', () => {
    throw badRequest('Invalid input', { path: 'Expected the address of a stored file' });
  });

  app.notFound((c) => {
    const answer = assets && answerAsset(c, assets);
    return answer ?? answerError(new ApiError('not_found', 'Not found'), c, log);
  });
  app.onError((error, c) => answerError(error, c, log));
  return app;
}
