import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp, listRoutes } from '../../server/app.ts';
import { loadAssets } from '../../server/assets.ts';
import { createContext, type ServerContext } from '../../server/context/context.ts';
import { openFileStore } from '../../server/files/open-file-store.ts';
import type { ParamKind, Route } from '../../server/http/routes.ts';
import { createJobs } from '../../server/jobs.ts';
import { newId } from '../../server/repo/new-id.ts';
import { type Listening, listen } from '../../server/serve.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { SAMPLES } from './files/samples.ts';
import { ROUTE_CASES, type RouteCase } from './route-cases.ts';
import { toForm } from './storage/storage.ts';
import { describeServer, type Reply, silentLog } from './support.ts';
import { type SeededTenant, seedTenant } from './tenants.ts';

const TIMEOUT_MS = 300_000;
// Long enough that no random id contains it.
const EVIL = /evil-address/i;
// `npm run prove` sends every disguise everywhere; `npm test` the first, and of the others each to a fifth of the routes.
const IS_FULL = process.env.INKLING_PROVE === 'full';
const SHARE = 5;

/** One way of telling the server another address than its own: the request line's target and the headers. */
interface Disguise {
  readonly target?: (path: string) => string;
  readonly headers: (own: string) => readonly string[];
}

const beside = (...more: string[]): Disguise => ({ headers: (own) => [`Host: ${own}`, ...more] });
const host = (name: string): Disguise => ({ headers: () => [`Host: ${name}`] });

const DISGUISES: Readonly<Record<string, Disguise>> = {
  'Host of somebody else': host('evil-address.example'),
  'Host in upper case': { headers: () => ['HOST: EVIL-ADDRESS.EXAMPLE'] },
  'Host with a port': host('evil-address.example:8443'),
  'Host with a port that is none': host('evil-address.example:99999'),
  'Host with a dot at its end': host('evil-address.example.'),
  'Host with a path': host('evil-address.example/x'),
  'Host with a user name': host('evil-address@localhost'),
  'Host after a user name': host('localhost@evil-address.example'),
  'a second Host': { headers: (own) => [`Host: ${own}`, 'Host: evil-address.example'] },
  'a first Host': { headers: (own) => ['Host: evil-address.example', `Host: ${own}`] },
  'a target with a host': {
    target: (path) => `http://evil-address.example${path}`,
    headers: (own) => [`Host: ${own}`],
  },
  'a target with TLS and a port': {
    target: (path) => `https://evil-address.example:1${path}`,
    headers: (own) => [`Host: ${own}`],
  },
  'X-Forwarded-Host': beside(
    'X-Forwarded-Host: evil-address.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Port: 666',
  ),
  'X-Forwarded-Server and a prefix': beside(
    'X-Forwarded-Server: evil-address.example',
    'X-Forwarded-Prefix: /evil-address',
  ),
  Forwarded: beside('Forwarded: host=evil-address.example;proto=https'),
  'X-Host and X-Original-Host': beside(
    'X-Host: evil-address.example',
    'X-Original-Host: evil-address.example',
  ),
  'X-Original-URL and X-Rewrite-URL': beside(
    'X-Original-URL: /evil-address',
    'X-Rewrite-URL: http://evil-address.example/',
  ),
  'Origin and Referer': beside(
    'Origin: https://evil-address.example',
    'Referer: https://evil-address.example/page',
  ),
};

/** A request as it is asked for. */
interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

function share<T>(list: readonly T[], turn: number): readonly T[] {
  return list.filter((_, index) => IS_FULL || turn === 0 || (index + turn) % SHARE === 0);
}

/** A server on a socket. */
interface Started {
  readonly port: number;
  readonly context: ServerContext;
  /** Where the addresses begin that it hands out. */
  readonly base: string;
}

interface Equipped {
  readonly own: SeededTenant;
  /** Path of a public file. */
  readonly picture: string;
  /** A survey that requests may change. */
  readonly changing: string;
}

interface Template {
  readonly route: Route;
  readonly request: RouteCase['requests'][number];
}

describeServer('addresses', (server) => {
  let receiver: Receiver;
  const open: Listening[] = [];

  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(async () => {
    for (const listening of open) await listening.stop(0);
    await receiver.stop();
  });

  /** Serves the same database on a socket, under another configuration. */
  async function start(publicUrl?: string): Promise<Started> {
    let port = 0;
    const context = createContext({
      database: server.database,
      files: await openFileStore(server.filesUrl),
      now: () => server.clock.now,
      log: silentLog,
      rateLimit: 'off',
      allowPrivateWebhooks: true,
      publicUrl,
      listeningUrl: () => `http://localhost:${port}`,
    });
    // The pages as they lie in the repository: no build is needed.
    const folder = fileURLToPath(new URL('../..', import.meta.url));
    const assets = loadAssets({
      folder,
      version: '1',
      addresses: context.addresses,
      demoEnvironmentId: 'demo',
    });
    const listening = await listen(createApp(context, assets), { host: '127.0.0.1', port: 0 });
    open.push(listening);
    port = listening.port;
    return { port, context, base: context.addresses.base };
  }

  /** Makes an environment that has one of everything, a webhook that is told of everything, and a picture in use. */
  async function equip({ port }: Started): Promise<Equipped> {
    const own = await seedTenant(server, 'own');
    const manage = async (method: string, path: string, body: object): Promise<Reply['body']> => {
      const reply = await fetch(`http://localhost:${port}${path}`, {
        method,
        headers: { 'x-api-key': own.keys.manage },
        body: JSON.stringify({ environmentId: own.id, ...body }),
      });
      const text = await reply.text();
      expect(reply.status, text).toBe(200);
      return JSON.parse(text).data;
    };
    const triggers = ['responseCreated', 'responseUpdated', 'responseFinished'];
    await manage('POST', '/api/v1/webhooks', { name: 'All', url: `${receiver.origin}/`, triggers });
    const permit = await manage('POST', '/api/v1/management/storage', {
      fileName: 'a.png',
      fileType: 'image/png',
    });
    const picture: string = permit.fileUrl;
    const form = toForm(permit.presignedFields, SAMPLES.png);
    const { pathname } = new URL(permit.signedUrl);
    const upload = pathname.slice(pathname.indexOf('/api/'));
    const sent = await fetch(`http://localhost:${port}${upload}`, { method: 'POST', body: form });
    expect(sent.status).toBe(201);
    await manage('PUT', '/api/v1/management/environment', { styling: { logo: { url: picture } } });
    await manage('PUT', `/api/v1/management/surveys/${own.ids.survey}`, {
      welcomeCard: { enabled: true, headline: { default: 'Hi' }, fileUrl: picture },
    });
    return { own, picture, changing: await own.make('survey') };
  }

  it.each([undefined, 'https://surveys.example/below'])(
    'are never those of a header, on any route, with PUBLIC_URL %s',
    async (publicUrl) => {
      const started = await start(publicUrl);
      const { port, context, base } = started;
      const templates = listRoutes(context).flatMap((route) =>
        (ROUTE_CASES[`${route.method} ${route.path}`]?.requests ?? [{}]).map((request) => ({
          route,
          request,
        })),
      );
      const statuses = new Map<string, Set<number>>();
      let filed = 0;
      let equipped = await equip(started);
      // The path of PUBLIC_URL changes no header: a few of them tell.
      const disguises = Object.entries(DISGUISES).filter(
        (_, turn) => publicUrl === undefined || turn % 6 === 0,
      );
      for (const [turn, [name, disguise]] of disguises.entries()) {
        // An environment takes 150 attribute keys, and some requests make one.
        if (IS_FULL || turn % 6 === 0) equipped = await equip(started);
        const { own } = equipped;
        const environment: Ask = { method: 'GET', path: `/api/v1/client/${own.id}/environment` };
        const asked = [
          environment,
          ...askWithFiles(equipped, base),
          ...(await askAll(equipped, share(templates, turn))),
          ...PLAIN.map((path) => ({ method: 'GET', path })),
        ];
        for (const ask of asked) {
          const reply = await send(port, { ...ask, key: own.keys.manage }, disguise);
          const where = `${name}: ${ask.method} ${ask.path}\n${reply.text.slice(0, 2_000)}`;
          expect(reply.text, where).not.toMatch(EVIL);
          expect(reply.status, where).toBeLessThan(500);
          statuses.set(name, (statuses.get(name) ?? new Set()).add(reply.status));
        }
        filed += await countReceived(context, `"${base}/storage/${own.id}/private/`);
      }
      // Most of them are answered as always: what is refused for its header proves nothing.
      const answered = [...statuses.values()].filter((found) => [200, 308].every((one) => found.has(one)));
      expect(answered.length).toBeGreaterThanOrEqual((disguises.length * 2) / 3);
      expect(filed).toBeGreaterThan(disguises.length * 6);
      expect(await findRows(EVIL)).toEqual([]);
      // Answers name their files by paths, whatever was sent.
      expect(await findRows(/https?:\/\/[^"]*\/storage\//, 'response')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.each([undefined, 'https://surveys.example/below'])(
    'of files in what everybody is sent are made from the configuration, with PUBLIC_URL %s',
    async (publicUrl) => {
      const started = await start(publicUrl);
      const { own, picture } = await equip(started);
      const ask = { method: 'GET', path: `/api/v1/client/${own.id}/environment`, key: '' };
      for (const disguise of [host('evil-address.example'), beside()]) {
        const { data } = JSON.parse((await send(started.port, ask, disguise)).body).data;
        const survey = data.surveys.find(({ id }: { id: string }) => id === own.ids.survey);
        expect(survey.welcomeCard.fileUrl).toBe(started.base + picture);
        expect(data.workspace.styling.logo.url).toBe(started.base + picture);
      }
    },
  );

  /** Sends what is queued. Returns how many of the bodies contain a text; none may contain the other address. */
  async function countReceived(context: ServerContext, text: string): Promise<number> {
    const jobs = createJobs(context);
    await jobs.tick();
    await jobs.stop();
    const bodies = receiver.received.splice(0).map(({ body }) => body);
    expect(bodies.filter((body) => EVIL.test(body))).toEqual([]);
    return bodies.filter((body) => body.includes(text)).length;
  }

  /** Every route with every template of its requests, as its owner and its visitors use it. */
  async function askAll(
    { own, changing }: Equipped,
    templates: readonly Template[],
  ): Promise<readonly Ask[]> {
    const asked: Ask[] = [];
    for (const { route, request } of templates) {
      const wanted = JSON.stringify(request.body?.({ id: (place) => place, text: () => '' }) ?? '');
      const fresh = wanted.includes('"displayId"') ? await own.make('display') : '';
      const doomed = new Map<ParamKind, string>();
      if (route.method === 'DELETE') {
        for (const kind of Object.values(route.params ?? {})) doomed.set(kind, await own.make(kind));
      }
      const id = (place: string, kind: ParamKind): string => {
        if (place === 'displayId' && fresh) return fresh;
        if (kind === 'survey' && route.method === 'PUT') return changing;
        return doomed.get(kind) ?? own.ids[kind];
      };
      let { path } = route;
      for (const [name, kind] of Object.entries(route.params ?? {})) {
        path = path.replace(`:${name}`, encodeURIComponent(id(name, kind)));
      }
      const places = { id, text: own.text };
      const query = new URLSearchParams(request.query?.(places) ?? {});
      const body = request.body?.(places);
      asked.push({
        method: route.method,
        path: query.size > 0 ? `${path}?${query}` : path,
        body: body && JSON.stringify(body),
      });
    }
    return asked;
  }

  async function send(
    port: number,
    ask: Ask & { readonly key: string },
    disguise: Disguise,
  ): Promise<Answer> {
    const { method, path, body = '', headers = {}, key } = ask;
    const head = [
      `${method} ${disguise.target?.(path) ?? path} HTTP/1.1`,
      ...disguise.headers(`localhost:${port}`),
      `x-api-key: ${key}`,
      ...Object.entries(headers).map((pair) => pair.join(': ')),
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    return exchange(port, `${head.join('\r\n')}\r\n\r\n${body}`);
  }

  /** Rows of any table, or of one, in which a pattern is found. */
  async function findRows(pattern: RegExp, only?: string): Promise<readonly string[]> {
    const db = server.database.read;
    const found: string[] = [];
    for (const { name } of await db.introspection.getTables()) {
      if (only !== undefined && name !== only) continue;
      const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(db);
      const texts = rows.map((row) => `${name}: ${JSON.stringify(row).replaceAll('\\"', '"')}`);
      found.push(...texts.filter((text) => pattern.test(text)));
    }
    return found;
  }
});

/** What is served beside the routes. */
const PLAIN = [
  '/',
  '/welcome',
  '/results',
  '/api/v1/me?a=1',
  '/api/v1/surveys',
  '/api/v1/responses?limit=1',
  '/s/nothing',
  '/storage/x',
  '/nowhere',
];

/** Answers with a file, in each way that a client may name it, and everything that reads them. */
function askWithFiles({ own, picture }: Equipped, base: string): readonly Ask[] {
  const { survey: surveyId, element, file, contact, user } = own.ids;
  const path = `/storage/${own.id}/private/surveys/${surveyId}/elements/${element}/${file}`;
  const client = (version: string) => `/api/${version}/client/${own.id}`;
  const owner = '/api/v1/management';
  const named = [[path], [base + path], [path, base + path], [`http://evil-address.example${path}`]];
  const answers = named.map((files) => ({ [element]: files }));
  const later = newId();
  const post = (to: string, body: object): Ask => ({ method: 'POST', path: to, body: JSON.stringify(body) });
  return [
    ...answers.flatMap((data) => [
      post(`${client('v1')}/responses`, { surveyId, finished: false, data, userId: user }),
      post(`${client('v2')}/responses`, { surveyId, finished: true, data }),
      post('/api/v1/client/responses', { surveyId, finished: false, data }),
      post(`${owner}/responses`, { environmentId: own.id, surveyId, finished: true, data, userId: user }),
    ]),
    ...answers.map((data, seq) =>
      post(`${client('v1')}/responses`, { id: later, seq, surveyId, finished: false, data, userId: user }),
    ),
    ...answers.map((data): Ask => {
      const change = JSON.stringify({ finished: false, data });
      return { method: 'PUT', path: `${client('v1')}/responses/${later}`, body: change };
    }),
    { method: 'PUT', path: `${owner}/responses/${later}`, body: JSON.stringify({ data: answers[1] }) },
    { method: 'GET', path: `${owner}/responses/${later}` },
    { method: 'GET', path: `${owner}/responses?surveyId=${surveyId}&limit=50` },
    { method: 'GET', path: `${owner}/responses`, headers: { accept: 'text/csv' } },
    { method: 'GET', path: `${owner}/responses`, headers: { accept: 'application/x-ndjson' } },
    { method: 'GET', path: `${owner}/contacts/${contact}/export` },
    { method: 'GET', path },
    { method: 'GET', path: picture },
    post(`${client('v1')}/storage`, { surveyId, fileName: 'a.txt', fileType: 'text/plain' }),
    post(`${owner}/storage`, { environmentId: own.id, fileName: 'a.png', fileType: 'image/png' }),
  ];
}

interface Answer {
  readonly status: number;
  /** Head and body as they came. */
  readonly text: string;
  readonly body: string;
}

/** Sends bytes as they are, which no HTTP client does with two `Host` headers, and reads until the server closes. */
function exchange(port: number, request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const body = text.slice(text.indexOf('\r\n\r\n') + 4);
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text, body });
    });
  });
}
