import { listRoutes } from '../../server/app.ts';
import { createContext } from '../../server/context/context.ts';
import type { ParamKind, Route } from '../../server/http/routes.ts';
import { type Places, ROUTE_CASES, type RouteCase } from './route-cases.ts';
import { silentLog, type TestServer } from './support.ts';
import type { SeededTenant } from './tenants.ts';

/** One way of asking a route. */
export interface Template {
  readonly route: Route;
  readonly request: RouteCase['requests'][number];
}

/** A valid request. */
export interface ValidRequest {
  readonly path: string;
  /** JSON text. */
  readonly body: string | undefined;
  /** The places of path, query and body where an id stands. */
  readonly places: readonly string[];
}

/** What a request is made with. */
export interface Making {
  readonly tenant: SeededTenant;
  /** The survey that requests may change. */
  readonly changing: string;
  /** Replaces what stands in a place of the path, the query or the body. */
  readonly given?: ReadonlyMap<string, string>;
}

/** Every way of asking every route. */
export function listTemplates(server: TestServer): readonly Template[] {
  const context = createContext({ database: server.database, now: () => server.clock.now, log: silentLog });
  return listRoutes(context).flatMap((route) =>
    (ROUTE_CASES[`${route.method} ${route.path}`]?.requests ?? []).map((request) => ({ route, request })),
  );
}

/** Makes a valid request of a tenant. */
export async function makeRequest(
  { route, request }: Template,
  { tenant, changing, given = new Map() }: Making,
): Promise<ValidRequest> {
  const asked: string[] = [];
  // A display takes one response, and a survey that is changed may close.
  const fresh = takesDisplay(request) ? await tenant.make('display') : '';
  const id = (place: string, kind: ParamKind): string => {
    asked.push(place);
    if (place === 'displayId' && fresh) return given.get(place) ?? fresh;
    if (place === 'id' && kind === 'survey' && route.method === 'PUT') return changing;
    return given.get(place) ?? tenant.ids[kind];
  };
  const places: Places = { id, text: tenant.text };
  let { path } = route;
  for (const [name, kind] of Object.entries(route.params ?? {})) {
    path = path.replace(`:${name}`, encodeURIComponent(wellFormed(id(name, kind))));
  }
  const query = new URLSearchParams(request.query?.(places) ?? {});
  const body = request.body?.(places);
  return {
    path: query.size > 0 ? `${path}?${query}` : path,
    body: body === undefined ? undefined : JSON.stringify(body),
    places: asked,
  };
}

function takesDisplay({ body }: Template['request']): boolean {
  return JSON.stringify(body?.({ id: (place) => place, text: () => '' }) ?? '').includes('"displayId"');
}

/** What an address can carry: half a character cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8') || ' ';
}
