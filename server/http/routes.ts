import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import { ApiError } from '../base/api-error.ts';

/** Returns a schema, built on demand: building all of them would delay the start. */
export type LazySchema = () => z.ZodType | Promise<z.ZodType>;

/** Kind of object that a path parameter names. Generated tests insert own, foreign and unknown ids of this kind. */
export type ParamKind =
  | 'environment'
  | 'survey'
  | 'action-class'
  | 'segment'
  | 'display'
  | 'response'
  | 'contact'
  | 'attribute-key'
  | 'webhook'
  | 'delivery'
  /** A user id, any text. */
  | 'user'
  /** An element of a survey. */
  | 'element'
  /** A stored file's name. */
  | 'file'
  /** Any text that names no object. */
  | 'text';

/** Headings of the API documentation, in order. */
export const TAGS = [
  'Environment',
  'People',
  'Displays',
  'Responses',
  'Files',
  'Older paths',
  'Management: environment',
  'Management: action classes',
  'Management: contacts',
  'Management: segments',
  'Management: surveys',
  'Management: responses',
  'Management: webhooks',
  'Management: files',
  'Service',
] as const;

/** One endpoint, with the data for its documentation and for generated tests. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A Hono pattern, for instance `/api/v1/management/surveys/:surveyId`. */
  readonly path: string;
  readonly handle: (c: Context) => Response | Promise<Response>;
  /** One sentence. Routes of the same method, tag and summary are documented as one. */
  readonly summary: string;
  readonly tag: (typeof TAGS)[number];
  /** Permission that the API key needs; `none` for a route without a key. */
  readonly auth: 'none' | 'read' | 'write' | 'manage';
  /** One entry for each parameter of the path. */
  readonly params?: Readonly<Record<string, ParamKind>>;
  /** An object schema with one entry per parameter. */
  readonly query?: LazySchema;
  /** The schema that checks the body; for a multipart body its fields. Absent when no body is read. */
  readonly body?: LazySchema;
  /** Default: JSON. */
  readonly bodyType?: 'multipart/form-data';
  /** The whole body of a success, envelope included; `bytes` when it is not JSON. */
  readonly reply: LazySchema | 'bytes';
  /** Media type of `bytes`, for instance `text/html`. */
  readonly replyType?: string;
  /** Status of a success. Default: 200. */
  readonly status?: number;
  /** Further statuses beside the usual 400, 401, 404, 413 and 429. */
  readonly errors?: readonly number[];
}

/** Registers routes, and for each of their paths a 405 for all other methods. */
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

/** Returns a path parameter of the route's pattern. */
export function pathParam(c: Context, name: string): string {
  return c.req.param(name) ?? '';
}

/** Answers 200 with the success envelope. */
export function ok(c: Context, data: unknown): Response {
  return c.json({ data });
}
