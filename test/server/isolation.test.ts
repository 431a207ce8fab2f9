import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { listRoutes } from '../../server/app.ts';
import { createContext } from '../../server/context/context.ts';
import type { ParamKind, Route } from '../../server/http/routes.ts';
import { newId } from '../../server/repo/new-id.ts';
import {
  NAMED_ENVIRONMENT,
  OWNERSHIPS,
  type Ownership,
  type Places,
  ROUTE_CASES,
  type RouteCase,
  USUAL,
  USUAL_ENVIRONMENT,
} from './route-cases.ts';
import { describeServer, type Reply, silentLog } from './support.ts';
import { type KeyName, type SeededTenant, seedTenant } from './tenants.ts';

/** `npm run prove` asks everything twice on both databases. */
const IS_FULL = process.env.INKLING_PROVE === 'full';
const KEYS = ['none', 'read', 'write', 'manage', 'revoked'] as const;
/** Kinds that name something by a text of the caller's choice. */
const NAMES: readonly ParamKind[] = ['user', 'text'];
const LEVELS = ['none', 'read', 'write', 'manage'];

/** One request: whose ids stand in which place, and with which key it comes. */
interface Cell {
  readonly route: Route;
  readonly request: RouteCase['requests'][number];
  /** What stands in the places that are not one's own. */
  readonly choice: Readonly<Record<string, Ownership>>;
  readonly key: (typeof KEYS)[number] | 'other';
}

interface Answer {
  readonly cell: Cell;
  readonly reply: Reply;
  readonly sent: ReadonlyMap<string, string>;
}

describeServer('isolation', (server) => {
  let first: SeededTenant;
  let second: SeededTenant;

  const routes = (): readonly Route[] =>
    listRoutes(createContext({ database: server.database, now: () => server.clock.now, log: silentLog }));

  beforeAll(async () => {
    first = await seedTenant(server, 'ownmarker');
    second = await seedTenant(server, 'foreignmarker');
  });

  it('has a case for every route, and none for a route that is gone', () => {
    expect(Object.keys(ROUTE_CASES).sort()).toEqual(routes().map(nameOf).sort());
  });

  it('lets nobody read or change a byte of another environment, nor learn what exists there', async () => {
    let cells = 0;
    // Each environment is once the caller's and once the foreign one; in the short run on SQLite only.
    const isHalf = !IS_FULL && server.kind === 'postgres';
    const pairs = [[first, second] as const, ...(isHalf ? [] : [[second, first] as const])];
    for (const [own, foreign] of pairs) {
      const asked = routes().flatMap(cellsOf);
      // A name that was sent once is known here too: each request gets another one.
      const names = await makeNames(foreign, asked);
      const secrets = await listSecrets(foreign);
      const before = await dump(foreign);
      const answers: Answer[] = [];
      for (const cell of asked) answers.push(await ask(cell, own, { ...foreign, names }));
      cells += answers.length;
      for (const answer of answers) {
        expectStatus(answer);
        expectNothingForeign(answer, secrets);
      }
      expectForeignLikeUnknown(answers);
      expect(await dump(foreign)).toEqual(before);
    }
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(cells).toBeGreaterThan(1_000 * pairs.length);
  }, 120_000);

  async function makeNames(tenant: SeededTenant, cells: readonly Cell[]): Promise<Map<ParamKind, string[]>> {
    const names = new Map<ParamKind, string[]>(NAMES.map((kind) => [kind, []]));
    for (const { route, request, choice } of cells) {
      for (const [place, kind] of [...Object.entries(route.params ?? {}), ...placesOf(request)]) {
        if (choice[place] === 'foreign') names.get(kind)?.push(await tenant.make(kind));
      }
    }
    return names;
  }

  async function ask(
    { route, request, choice, key }: Cell,
    own: SeededTenant,
    foreign: SeededTenant & { readonly names: ReadonlyMap<ParamKind, string[]> },
  ): Promise<Answer> {
    const sent = new Map<string, string>();
    // What a deletion or a link uses up is made for each request that may do so.
    const fresh = new Map<ParamKind, string>();
    const mayUse = route.auth === 'none' || key === route.auth || key === 'manage';
    for (const [place, kind] of usedUp(route, request)) {
      const isOwn = (choice[place] ?? 'own') === 'own';
      if (mayUse && isOwn) fresh.set(kind, await own.make(kind));
    }
    const idOf = (place: string, kind: ParamKind): string => {
      const ownership = choice[place] ?? 'own';
      const id =
        ownership === 'own'
          ? isUsedUp(route, place)
            ? (fresh.get(kind) ?? own.ids[kind])
            : own.ids[kind]
          : ownership === 'foreign'
            ? (foreign.names.get(kind)?.pop() ?? foreign.ids[kind])
            : ownership === 'random'
              ? unknownId(kind)
              : malformedId(kind);
      sent.set(place, id);
      return id;
    };
    const places: Places = { id: idOf, text: own.text };
    let path = route.path;
    for (const [name, kind] of Object.entries(route.params ?? {})) {
      path = path.replace(`:${name}`, encodeURIComponent(idOf(name, kind)));
    }
    const query = new URLSearchParams(request.query?.(places) ?? {});
    const header =
      key === 'none' ? {} : { 'x-api-key': key === 'other' ? foreign.keys.manage : own.keys[key as KeyName] };
    const address = query.size > 0 ? `${path}?${query}` : path;
    const reply = await server.send(route.method, address, request.body?.(places), header);
    return { cell: { route, request, choice, key }, reply, sent };
  }

  /** Everything that only the owner of an environment may see, in lower case: its marker and each of its ids. */
  async function listSecrets(tenant: SeededTenant): Promise<readonly string[]> {
    const rows = Object.values(await dump(tenant)).flat() as {
      readonly id?: string;
      readonly identity_secret?: string;
    }[];
    const ids = rows.flatMap(({ id, identity_secret }) => [id, identity_secret].filter((one) => one != null));
    const all = [tenant.marker, tenant.id, ...ids, ...Object.values(tenant.keys)];
    return [...new Set(all.map((secret) => secret.toLowerCase()))];
  }

  async function dump({ id }: SeededTenant): Promise<Readonly<Record<string, unknown[]>>> {
    const db = server.database.read;
    const tables = [
      'action_class',
      'attribute_key',
      'language',
      'segment',
      'survey',
      'contact',
      'display',
      'response',
      'webhook',
      'webhook_delivery',
    ] as const;
    const owned = await Promise.all(
      tables.map(async (table) => [
        table,
        await db.selectFrom(table).selectAll().where('environment_id', '=', id).orderBy('id').execute(),
      ]),
    );
    return {
      ...Object.fromEntries(owned),
      environment: await db.selectFrom('environment').selectAll().where('id', '=', id).execute(),
      contact_attribute: await db
        .selectFrom('contact_attribute')
        .innerJoin('contact', 'contact.id', 'contact_attribute.contact_id')
        .selectAll('contact_attribute')
        .where('environment_id', '=', id)
        .orderBy('contact_id')
        .orderBy('attribute_key_id')
        .execute(),
      survey_trigger: await db
        .selectFrom('survey_trigger')
        .innerJoin('survey', 'survey.id', 'survey_trigger.survey_id')
        .selectAll('survey_trigger')
        .where('environment_id', '=', id)
        .orderBy('survey_id')
        .orderBy('position')
        .execute(),
      api_key_permission: await db
        .selectFrom('api_key_permission')
        .selectAll()
        .where('environment_id', '=', id)
        .orderBy('api_key_id')
        .execute(),
    };
  }
});

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

function isClient({ path }: Route): boolean {
  return path.includes('/client/');
}

/** Every combination of ids in the path, and each place of query and body by itself, with every key. */
function cellsOf(route: Route): readonly Cell[] {
  const { requests } = ROUTE_CASES[nameOf(route)] ?? { requests: [] };
  return requests.flatMap((request) => {
    const choices = [
      ...pathChoices(route),
      ...placesOf(request).flatMap(([place]) => onePlace(route, place)),
    ];
    const keys = isClient(route) ? [...KEYS, 'other' as const] : KEYS;
    return choices.flatMap((choice) => keys.map((key) => ({ route, request, choice, key })));
  });
}

function pathChoices(route: Route): readonly Readonly<Record<string, Ownership>>[] {
  const params = Object.entries(route.params ?? {});
  const choicesOf = ([name, kind]: [string, ParamKind]): readonly Ownership[] =>
    kind === 'environment' ? NOT_FOREIGN : ownershipsOf(route, name);
  // A path that names four things would ask for hundreds of requests: one of them at a time is varied.
  if (params.length > 3) {
    const varied = params.flatMap((param) =>
      choicesOf(param).map((ownership) => ({ [param[0]]: ownership })),
    );
    return [{}, ...varied.filter((choice) => !Object.values(choice).includes('own'))];
  }
  let choices: Readonly<Record<string, Ownership>>[] = [{}];
  for (const [name, kind] of params) {
    const ownerships = choicesOf([name, kind]);
    choices = choices.flatMap((choice) => ownerships.map((ownership) => ({ ...choice, [name]: ownership })));
  }
  return choices;
}

// What says which environment is meant is the caller's own by definition: the second round visits the other one.
const NOT_FOREIGN = OWNERSHIPS.filter((one) => one !== 'foreign');

function ownershipsOf(route: Route, place: string): readonly Ownership[] {
  return ROUTE_CASES[nameOf(route)]?.environmentOf === place ? NOT_FOREIGN : OWNERSHIPS;
}

function onePlace(route: Route, place: string): readonly Readonly<Record<string, Ownership>>[] {
  const ownerships = ownershipsOf(route, place).filter((one) => one !== 'own');
  return ownerships.map((ownership) => ({ [place]: ownership }));
}

function placesOf({ query, body }: RouteCase['requests'][number]): readonly (readonly [string, ParamKind])[] {
  const asked: [string, ParamKind][] = [];
  const places: Places = {
    id: (place, kind) => {
      asked.push([place, kind]);
      return 'x';
    },
    text: () => 'x',
  };
  query?.(places);
  body?.(places);
  return asked;
}

function usedUp(
  route: Route,
  request: RouteCase['requests'][number],
): readonly (readonly [string, ParamKind])[] {
  const asked = [...Object.entries(route.params ?? {}), ...placesOf(request)];
  return asked.filter(([place]) => isUsedUp(route, place));
}

/** A deletion takes away what its path ends in; a display takes one response. */
function isUsedUp({ method, params }: Route, place: string): boolean {
  return (
    (method === 'DELETE' && Object.keys(params ?? {}).at(-1) === place) ||
    (method === 'POST' && place === 'displayId')
  );
}

function unknownId(kind: ParamKind): string {
  if (kind === 'file') return `nobody--fid--${randomUUID()}.txt`;
  return kind === 'user' || kind === 'text' ? `nobody-${newId()}` : newId();
}

function malformedId(kind: ParamKind): string {
  if (kind === 'text') return `${newId()} \u202e \ud83d\ude00`;
  return kind === 'user' ? 'x'.repeat(3_000) : 'Not An Id!';
}

/** The status that the specification gives, from what the route asks for. */
function expectedStatus({ route, request, choice, key }: Cell): number {
  const { statuses = {} } = ROUTE_CASES[nameOf(route)] ?? {};
  const statusOf = (place: string, usual: Readonly<Record<Ownership, number>>): number => {
    const ownership = choice[place] ?? 'own';
    return statuses[place]?.[ownership] ?? usual[ownership];
  };
  const kinds = placesOf(request);
  const path = Object.entries(route.params ?? {}).map(([place, kind]) =>
    statusOf(place, kind === 'environment' ? USUAL_ENVIRONMENT : USUAL),
  );
  const named = kinds
    .filter(([, kind]) => kind === 'environment')
    .map(([place]) => statusOf(place, NAMED_ENVIRONMENT));
  const others = kinds.filter(([, kind]) => kind !== 'environment').map(([place]) => statusOf(place, USUAL));
  const isKnown = key !== 'none' && key !== 'revoked';
  const mayEnter = route.auth === 'none' || isKnown ? 200 : 401;
  const mayDo = route.auth === 'none' || LEVELS.indexOf(key) >= LEVELS.indexOf(route.auth) ? 200 : 401;
  return [mayEnter, ...path, ...named, mayDo, ...others].find((status) => status !== 200) ?? 200;
}

function expectStatus({ cell, reply }: Answer): void {
  expect(reply.status, `${describeCell(cell)}\n${reply.text.slice(0, 400)}`).toBe(expectedStatus(cell));
}

function expectNothingForeign({ cell, reply, sent }: Answer, secrets: readonly string[]): void {
  const given = new Set(sent.values());
  const told = `${reply.text}\n${[...reply.headers].flat().join('\n')}`.toLowerCase();
  // What the caller knows already and hears again says nothing.
  const rest = [...given].reduce((text, id) => text.replaceAll(id.toLowerCase(), ''), told);
  const found = secrets.filter((secret) => rest.includes(secret));
  expect(found, describeCell(cell)).toEqual([]);
}

function expectForeignLikeUnknown(answers: readonly Answer[]): void {
  const byCell = new Map(answers.map((answer) => [describeCell(answer.cell), answer]));
  let compared = 0;
  for (const answer of answers) {
    const [place] = Object.entries(answer.cell.choice).find(([, ownership]) => ownership === 'foreign') ?? [];
    if (place === undefined) continue;
    // differences.md 1.14: a foreign environment named in a body is 401, an unknown one 404.
    if (/^\??(environmentId|workspaceId)$/.test(place)) continue;
    const unknown = { ...answer.cell, choice: { ...answer.cell.choice, [place]: 'random' as const } };
    const twin = byCell.get(describeCell(unknown));
    if (!twin) throw new Error(`no twin for ${describeCell(answer.cell)}`);
    expect(plain(answer), describeCell(answer.cell)).toEqual(plain(twin));
    compared++;
  }
  expect(compared).toBeGreaterThan(200);
}

/** A reply without what must differ: the ids that were sent, ids made just now, and the length they give. */
function plain({ reply, sent, cell }: Answer): unknown {
  const hide = (text: string): string => {
    let hidden = text;
    for (const [place, id] of sent) {
      if (cell.choice[place] !== undefined && cell.choice[place] !== 'own')
        hidden = hidden.replaceAll(id, '<id>');
    }
    return (
      hidden
        .replace(/"id":"(?:<id>|c[0-9a-z]{24})"/g, '"id":"<id>"')
        .replace(/c[0-9a-z]{24}/g, '<made>')
        .replace(/whsec_[A-Za-z0-9+/=]+/g, '<secret>')
        // The name of a file that was made for one request.
        .replace(/(own|foreign)marker\d+--fid--[0-9a-f-]{36}/g, '<id>')
        .replace(/(own|foreign)marker\d+/g, '<text>')
    );
  };
  const headers = [...reply.headers].filter(([name]) => !['content-length', 'date'].includes(name));
  return { status: reply.status, headers, text: hide(reply.text) };
}

function describeCell({ route, request, choice, key }: Cell): string {
  const { requests } = ROUTE_CASES[nameOf(route)] ?? { requests: [] };
  return `${nameOf(route)} #${requests.indexOf(request)} ${JSON.stringify(choice)} with ${key}`;
}
