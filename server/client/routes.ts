import type { Route } from '../http/routes.ts';
import type { ServerContext } from './context.ts';
import { displayResponseRoute, displayRoute } from './display-route.ts';
import { environmentRoute } from './environment-route.ts';
import { responseRoute, responseUpdateRoute } from './response-route.ts';
import { userRoute } from './user-route.ts';

/**
 * Everything a visitor's browser may ask (client-api.md 3). v2 differs from v1 in who a display or a response names:
 * v1 a user id, v2 a contact id.
 */
export function clientRoutes(context: ServerContext): readonly Route[] {
  const environment = environmentRoute(context);
  const user = userRoute(context);
  const update = responseUpdateRoute(context);
  const displayResponse = displayResponseRoute(context);
  const versions = ['v1', 'v2'] as const;
  return versions.flatMap((version): Route[] => {
    const base = `/api/${version}/client/:environmentId`;
    return [
      { method: 'GET', path: `${base}/environment`, handle: environment },
      { method: 'POST', path: `${base}/user`, handle: user },
      { method: 'POST', path: `${base}/displays`, handle: displayRoute(context, version) },
      { method: 'GET', path: `${base}/displays/:displayId/response`, handle: displayResponse },
      { method: 'POST', path: `${base}/responses`, handle: responseRoute(context, version) },
      { method: 'PUT', path: `${base}/responses/:responseId`, handle: update },
    ];
  });
}

/** `GET /health` (client-api.md 3.9): the process answers; says nothing about the database. */
export const healthRoute: Route = {
  method: 'GET',
  path: '/health',
  handle: (c) => c.json({ status: 'ok' }),
};
