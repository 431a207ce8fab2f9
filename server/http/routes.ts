import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import { ApiError } from '../base/api-error.ts';

/** Gives a schema when somebody asks for it: building one costs time that a start must not pay. */
export type LazySchema = () => z.ZodType | Promise<z.ZodType>;

/** What a placeholder of a path names. The generated tests put own, foreign and unknown ids of this kind there. */
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
  /** A person as the site names them, any text. */
  | 'user'
  /** An element of a survey. */
  | 'element'
  /** A stored file's name. */
  | 'file'
  /** Names nothing that belongs to anybody. */
  | 'text';

/** The headings of the documentation, in its order. */
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

/** One endpoint, with what its documentation and the tests generated from it need to know. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A hono pattern, for instance `/api/v1/management/surveys/:surveyId`. */
  readonly path: string;
  readonly handle: (c: Context) => Response | Promise<Response>;
  /** What it does, in one sentence. Routes of the same method, tag and summary are documented as one. */
  readonly summary: string;
  readonly tag: (typeof TAGS)[number];
  /** What a key must be allowed to do; `none` asks for no key. */
  readonly auth: 'none' | 'read' | 'write' | 'manage';
  /** One entry for each placeholder of the path. */
  readonly params?: Readonly<Record<string, ParamKind>>;
  /** An object schema with one entry per parameter. */
  readonly query?: LazySchema;
  /** The schema that checks the body; for a multipart body its fields. Absent when no body is read. */
  readonly body?: LazySchema;
  /** JSON unless told. */
  readonly bodyType?: 'multipart/form-data';
  /** The whole body of a success, envelope included; `bytes` when it is not JSON. */
  readonly reply: LazySchema | 'bytes';
  /** What `bytes` are, for instance `text/html`. */
  readonly replyType?: string;
  /** The status of a success; 200 unless told. */
  readonly status?: number;
  /** Statuses of its own beside the usual 400, 401, 404, 413 and 429. */
  readonly errors?: readonly number[];
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
