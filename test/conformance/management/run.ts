import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind as DatabaseKind } from '../../support/app.ts';
import type { Incoming } from '../http-client.ts';
import { anyText, anything, differences, Matcher } from '../match.ts';
import { type RunningServer, startServer } from '../server.ts';
import {
  CALLERS,
  type Caller,
  createManagementContext,
  type Kind,
  type ManagementContext,
} from './context.ts';
import { ENDPOINTS, type Endpoint, type Invalid } from './table.ts';

const LEVELS = ['none', 'read', 'write', 'manage'];
const UNKNOWN = 'zzzz0000unknown0000zzzz00';
const MALFORMED_ID = 'Not-An-Id!';

const NOT_AUTHENTICATED = {
  code: 'not_authenticated',
  message: 'Not authenticated',
  details: { 'x-Api-Key': 'Header not provided or API Key invalid' },
};
const UNAUTHORIZED = {
  code: 'unauthorized',
  message: 'You are not authorized to access this resource',
  details: {},
};

interface Expectation {
  readonly status: number;
  readonly body: unknown;
}

/** Variant of a request: valid, or with one error. */
type Say = 'valid' | 'unknown id' | 'malformed id' | Invalid;

/**
 * Runs every row of the endpoint matrix (management-api.md 0) with every kind of key and every variant of the request.
 */
export function describeManagement(kind: DatabaseKind): void {
  let server: RunningServer;
  let context: ManagementContext;
  const made = new Map<Kind, string>();
  const things = new Map<Endpoint, string>();
  let unique = 0;

  beforeAll(async () => {
    server = await startServer(kind);
    context = await createManagementContext(server);
    for (const one of new Set(ENDPOINTS.flatMap(({ uses = [] }) => uses)))
      made.set(one, await context.make(one));
  });
  afterAll(async () => {
    context.close();
    await server.stop();
  });

  describe.each(ENDPOINTS)('$method $path', (endpoint) => {
    const says: readonly Say[] = [
      'valid',
      ...(endpoint.kind ? (['unknown id', 'malformed id'] as const) : []),
      ...(endpoint.invalid ?? []),
    ];
    for (const say of says) {
      for (const caller of CALLERS) {
        const name = typeof say === 'string' ? say : say.name;
        it(`${name}, ${caller} key`, async ({ task }) => {
          const expected = expectationOf(endpoint, say, caller);
          task.meta.line = `${endpoint.method} ${endpoint.path} · ${name}, ${caller} key → ${expected.status}  (management-api.md 0 row ${endpoint.row}, ${kind})`;
          await runCell(endpoint, { say, caller, expected });
        });
      }
    }
  });

  describe('short paths', () => {
    for (const name of ['me', 'surveys', 'responses']) {
      it(`${name} redirects, with its query, with and without a key`, async ({ task }) => {
        task.meta.line = `GET /api/v1/${name} · redirects → 308  (management-api.md 0 row 33, ${kind})`;
        for (const caller of CALLERS) {
          const { status, headers } = await context.call('GET', `/api/v1/${name}?limit=1`, caller);
          expect([status, headers.location]).toEqual([308, `management/${name}?limit=1`]);
        }
        expect((await context.call('GET', `/api/v1/${name}/more`, 'manage')).status).toBe(404);
      });
    }
  });

  describe('stored files', () => {
    const file = (method: string, access: 'public' | 'private', caller: Caller): Expectation => {
      const isOpen = method === 'GET' && access === 'public';
      if (isOpen) return { status: 200, body: anything };
      if (caller === 'none' || caller === 'wrong') return { status: 401, body: NOT_AUTHENTICATED };
      const details = { resource_id: '{env}', resource_type: 'Workspace' };
      if (caller === 'other') {
        return { status: 404, body: { code: 'not_found', message: 'Workspace not found', details } };
      }
      if (method === 'GET') return { status: 200, body: anything };
      if (caller !== 'manage') return { status: 401, body: UNAUTHORIZED };
      return { status: 200, body: { data: 'File deleted successfully' } };
    };
    const cells = (['public', 'private'] as const).flatMap((access) =>
      ['GET', 'DELETE'].flatMap((method) => CALLERS.map((caller) => [method, access, caller] as const)),
    );
    it.each(cells)('%s %s, %s key', async (method, access, caller) => {
      const path = await context.make(access === 'public' ? 'publicFile' : 'privateFile');
      const { status, body } = file(method, access, caller);
      const reply = await context.call(method, path, caller);
      const expected = fill(body, { env: context.env });
      expect([reply.status, differences(expected, parse(reply), { now: server.clock.now })]).toEqual([
        status,
        [],
      ]);
      if (status !== 200 || method === 'GET') {
        expect((await context.call('GET', path, 'manage')).status).toBe(200);
      }
      const unknown = path.replace(/--fid--.{8}/, '--fid--00000000');
      const malformed = path.replace(/[^/]+$/, 'dot.png');
      if (caller === 'manage') {
        expect((await context.call(method, unknown, caller)).status).toBe(404);
        expect((await context.call(method, malformed, caller)).status).toBe(400);
      }
    });
  });

  it('logs no error while bad requests come in', () => {
    expect(server.problems).toEqual([]);
  });

  /** Id of the object that an endpoint is called with: the same until a call has deleted it. */
  async function thingOf(endpoint: Endpoint, one: Kind): Promise<string> {
    const id = things.get(endpoint) ?? (await context.make(one));
    things.set(endpoint, id);
    return id;
  }

  async function runCell(
    endpoint: Endpoint,
    { say, caller, expected }: { readonly say: Say; readonly caller: Caller; readonly expected: Expectation },
  ): Promise<void> {
    const id =
      say === 'unknown id'
        ? UNKNOWN
        : say === 'malformed id'
          ? MALFORMED_ID
          : endpoint.kind
            ? await thingOf(endpoint, endpoint.kind)
            : '';
    unique += 1;
    const query = typeof say === 'object' && say.query ? `?${say.query}` : '';
    const path = endpoint.path.replace('{id}', encodeURIComponent(id)) + query;
    const isRefused = expected.status >= 400;
    const before = isRefused ? await context.dump() : '';
    const reply = await context.call(endpoint.method, path, caller, bodyOf(endpoint, say));
    const values = { env: context.env, other: context.other, id };
    const found = [
      ...(reply.status === expected.status
        ? []
        : [`status: expected ${expected.status}, got ${reply.status}`]),
      ...differences(fill(expected.body, values), parse(reply), { now: server.clock.now }),
    ];
    expect(found, `${endpoint.method} ${path}\n${reply.text.slice(0, 500)}`).toEqual([]);
    if (endpoint.needs !== 'none') expect(reply.headers['cache-control']).toBe('private, no-store');
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    if (isRefused) expect(await context.dump()).toBe(before);
    if (!isRefused && endpoint.method === 'DELETE' && caller === 'manage') {
      things.delete(endpoint);
      expect((await context.call('DELETE', path, caller)).status).toBe(404);
    }
  }

  function bodyOf(endpoint: Endpoint, say: Say): string | undefined {
    if (!endpoint.body) return undefined;
    if (typeof say === 'object' && say.text !== undefined) return say.text;
    const valid = endpoint.body(unique, (one) => made.get(one) ?? '');
    // The body contains the environment where the path has no id: a key of another one is refused.
    const place = endpoint.path.includes('{id}') ? {} : { environmentId: context.env };
    const change = typeof say === 'object' ? say.change : {};
    return JSON.stringify({ ...place, ...valid, ...change });
  }
}

/** The reply that the specification has for a request, by caller and variant. */
function expectationOf(endpoint: Endpoint, say: Say, caller: Caller): Expectation {
  const { needs, kind, type = '', malformed = 400, reply, refusal, body, otherReply } = endpoint;
  const valid = refusal ? toRefusal(refusal) : { status: 200, body: reply };
  if (needs === 'none') return valid;
  if (caller === 'none' || caller === 'wrong') return { status: 401, body: NOT_AUTHENTICATED };

  const unknown = {
    status: 404,
    body: {
      code: 'not_found',
      message: `${type} not found`,
      details: { resource_id: '{id}', resource_type: type },
    },
  };
  if (say === 'unknown id') return unknown;
  if (say === 'malformed id') {
    if (malformed === 404) return unknown;
    const message = 'Validation failed: Invalid cuid2';
    return { status: 400, body: { code: 'bad_request', message, details: {} } };
  }
  // An object of another environment is answered like an unknown one.
  if (kind && caller === 'other') return unknown;
  const invalid = typeof say === 'object' ? toRefusal(say) : undefined;
  const isMine = caller !== 'other' && LEVELS.indexOf(caller) >= LEVELS.indexOf(needs);
  if (isMine) return invalid ?? valid;

  if (!body || kind) {
    if (caller !== 'other') return { status: 401, body: UNAUTHORIZED };
    // A list is of the caller's own environment; an error in a query is one for every key.
    return invalid ?? otherReply ?? valid;
  }
  // The body is read before the environment is known; an error in its environment comes before the permission.
  const isPlace =
    typeof say === 'object' && (say.text?.includes('{}') === false || say.change?.workspaceId !== undefined);
  if (invalid && isPlace) return invalid;
  // Without an environment the request is for the caller's own.
  if (typeof say === 'object' && say.text === '{}' && caller === 'other') return invalid ?? valid;
  return { status: 401, body: UNAUTHORIZED };
}

function toRefusal({ status = 400, code = 'bad_request', message, details }: Invalid): Expectation {
  const usual = 'Fields are missing or incorrectly formatted';
  return { status, body: { code, message: message ?? usual, details: details ?? { '': anyText } } };
}

/** Replaces names by ids, at any depth. */
function fill(template: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') {
    return template.replace(/\{(env|other|id)\}/g, (_whole, name: string) => values[name] ?? '');
  }
  if (template instanceof Matcher) {
    return template.parts === undefined ? template : template.with(fill(template.parts, values));
  }
  if (Array.isArray(template)) return template.map((one) => fill(one, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]));
}

function parse({ text }: Incoming): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
