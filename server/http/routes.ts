import type { Context, Hono } from 'hono';
import { ApiError } from './errors.ts';

/** One endpoint. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A hono pattern, for instance `/api/v1/management/surveys/:surveyId`. */
  readonly path: string;
  readonly handle: (c: Context) => Response | Promise<Response>;
}

/** Registers routes, and for each of their paths the 405 that any other method gets. */
export function addRoutes(app: Hono, routes: readonly Route[]): void {
  const allowed = new Map<string, string[]>();
  for (const { method, path, handle } of routes) {
    app.on(method, path, handle);
    const methods = allowed.get(path) ?? [];
    methods.push(...(method === 'GET' ? ['GET', 'HEAD'] : [method]));
    allowed.set(path, methods);
  }
  for (const [path, methods] of allowed) {
    app.all(path, () => {
      throw new ApiError(
        'method_not_allowed',
        'Method not allowed',
        { allowed_methods: methods },
        { Allow: methods.join(', ') },
      );
    });
  }
}

/** A path parameter that the route's pattern promises. */
export function pathParam(c: Context, name: string): string {
  return c.req.param(name) ?? '';
}

/** The success envelope. */
export function ok(c: Context, data: unknown): Response {
  return c.json({ data });
}
