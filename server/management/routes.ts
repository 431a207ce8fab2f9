import type { Hono } from 'hono';
import type { ServerContext } from '../context/context.ts';
import type { Route } from '../http/routes.ts';
import { actionClassRoutes } from './action-class-routes.ts';
import { attributeKeyRoutes } from './attribute-key-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { environmentRoutes } from './environment-routes.ts';
import { responseRoutes } from './response-routes.ts';
import { segmentRoutes } from './segment-routes.ts';
import { surveyRoutes } from './survey-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** Lists the routes for an owner's API key (management-api.md 0). */
export function managementRoutes(context: ServerContext): readonly Route[] {
  return [
    ...environmentRoutes(context),
    ...actionClassRoutes(context),
    ...attributeKeyRoutes(context),
    ...contactRoutes(context),
    ...segmentRoutes(context),
    ...surveyRoutes(context),
    ...responseRoutes(context),
    ...webhookRoutes(context),
  ];
}

/**
 * Registers redirects (308) for short paths that published clients use (management-api.md 0, row 33). They are relative: a
 * proxy may have stripped the beginning of the path.
 */
export function addShortPaths(app: Hono): void {
  for (const name of ['me', 'surveys', 'responses']) {
    app.all(`/api/v1/${name}`, (c) => {
      const { search } = new URL(c.req.url);
      return c.redirect(`management/${name}${search}`, 308);
    });
  }
}
