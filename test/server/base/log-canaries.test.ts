import { Agent, request } from 'node:http';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createApp, listRoutes } from '../../../server/app.ts';
import { createLog } from '../../../server/base/log.ts';
import { createContext } from '../../../server/context/context.ts';
import { openFileStore } from '../../../server/files/open-file-store.ts';
import type { Route } from '../../../server/http/routes.ts';
import { type Listening, listen } from '../../../server/serve.ts';
import { addSurvey, addTenant, clientId, describeServer, silentLog, type TestServer } from '../support.ts';

/** Headers that browsers, proxies and clients send, and some unknown ones. */
const HEADERS = [
  'accept', 'accept-encoding', 'accept-language', 'access-control-request-headers', 'authorization', 'cache-control',
  'cf-connecting-ip', 'cf-ipcountry', 'cloudfront-viewer-country', 'content-type', 'cookie', 'dnt', 'etag', 'forwarded',
  'from', 'if-match', 'if-modified-since', 'if-none-match', 'idempotency-key', 'origin', 'pragma', 'range', 'referer',
  'sec-ch-ua', 'sec-fetch-site', 'traceparent', 'true-client-ip', 'user-agent', 'via', 'x-api-key', 'x-api-version',
  'x-correlation-id', 'x-csrf-token', 'x-file-name', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto',
  'x-real-ip', 'x-request-id', 'x-signature', 'x-unknown',
]; // biome-ignore format: a list of words

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describeServer('200 unique texts in headers, queries, paths and bodies', (server) => {
  const lines: string[] = [];
  const printed: string[] = [];
  const canaries: string[] = [];
  const statuses = new Map<number, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let listening: Listening;
  let settle: () => Promise<void>;

  /** A unique text that the code does not contain. */
  const canary = (): string => {
    const text = `canary${clientId()}`;
    canaries.push(text);
    return text;
  };

  beforeAll(async () => {
    for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
      vi.spyOn(console, method).mockImplementation((...args) => printed.push(JSON.stringify(args)));
    }
    const log = createLog('trace', (line) => lines.push(line));
    settle = log.settle;
    const { database, clock, filesUrl } = server;
    const files = await openFileStore(filesUrl);
    const app = createApp(createContext({ database, files, now: () => clock.now, log, rateLimit: 'off' }));
    listening = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      onSlow: (kind) => log.debug('slow', { kind }),
    });
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    agent.destroy();
    await listening.stop(0);
  });

  const ask = async (one: Request): Promise<number> => {
    const status = await send(listening.port, one, agent);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    return status;
  };

  it('appear in no log line at any level, whatever the status of the reply', async () => {
    const own = await addTenant(server);
    const surveys = [await addSurvey(server, own), await addSurvey(server, own)] as const;
    const base = `/api/v1/client/${own.id}`;
    const routes = listRoutes(
      createContext({ database: server.database, now: Date.now, log: silentLog, rateLimit: 'off' }),
    );

    const requests: Request[] = HEADERS.flatMap((name) => [
      { method: 'GET', path: `${base}/environment`, headers: { [name]: canary() } },
      { method: 'POST', path: `${base}/user`, headers: { [name]: canary() }, body: '{' },
    ]);
    for (const route of routes) {
      for (const fixed of [{}, { environmentId: own.id }]) {
        const path = `${fill(route, fixed, canary)}?${canary()}=${canary()}`;
        const headers = { 'x-api-key': own.key, [`x-${canary()}`]: 'x' };
        const { method } = route;
        requests.push({ method, path });
        if (route.body === undefined) requests.push({ method, path, headers });
        else requests.push(...bodies(canary).map((body) => ({ method, path, headers, body })));
      }
    }
    await Promise.all(requests.map(ask));
    for (const path of [`/${canary()}`, `/api/v1/${canary()}`, `${base}/${canary()}`]) {
      for (const method of ['GET', 'POST', 'PATCH', 'OPTIONS']) await ask({ method, path });
    }
    await ask({ method: 'DELETE', path: `${base}/user?${canary()}` });
    await ask({ method: 'POST', path: `${base}/user`, body: canary().repeat(100_000) });
    const post = (path: string, body: object) =>
      ask({ method: 'POST', path: `${base}/${path}`, body: JSON.stringify(body) });
    const [surveyId, other] = surveys;
    const person = canary();
    const attributes = () => ({ email: `${canary()}@example.com`, plan: canary(), [canary()]: canary() });
    expect(await post('user', { userId: person, attributes: attributes() })).toBe(200);
    await post('user', { userId: person, attributes: { email: canary(), plan: { [canary()]: canary() } } });
    await post('user', { userId: `${canary()}\u0000`, attributes: { plan: `${canary()}\u0000` } });
    const [id, singleUseId] = [canary(), canary()];
    const response = () => ({
      surveyId,
      finished: false,
      userId: person,
      singleUseId,
      language: canary(),
      data: { q1: canary(), [canary()]: [canary()] },
      variables: { [canary()]: canary() },
      meta: { url: `https://example.com/${canary()}`, source: canary(), action: canary() },
    });
    expect(await post('responses', { id, seq: 1, ...response() })).toBe(200);
    expect(await post('responses', response())).toBe(409);
    expect(await post('responses', { id, ...response(), surveyId: other })).toBe(409);
    expect(await post('responses', { ...response(), displayId: canary() })).toBe(400);
    expect(await post('displays', { id: canary(), surveyId, userId: canary() })).toBe(200);

    await breakContacts(server);
    expect(await post('user', { userId: canary(), attributes: attributes() })).toBe(500);
    expect(await post('displays', { surveyId, userId: canary() })).toBe(500);
    await loseContacts(server);
    expect(await post('user', { userId: canary(), attributes: attributes() })).toBe(500);
    await settle();

    expect(canaries.length).toBeGreaterThan(200);
    expect([...statuses.keys()].sort()).toEqual(
      expect.arrayContaining([200, 400, 401, 404, 405, 409, 413, 500]),
    );
    const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    const at = (level: string) => lines.filter((line) => JSON.parse(line).level === level).length;
    expect(at('error')).toBe(3);
    expect(at('info')).toBe(total);
    expect(at('trace')).toBe(total);
    expect(at('debug')).toBeGreaterThan(100);
    const written = [...lines, ...printed].join('\n').toLowerCase();
    expect(canaries.filter((text) => written.includes(text.toLowerCase()))).toEqual([]);
    // The ids of the environment, and the client's address of every connection.
    expect(written).not.toContain(own.id);
    expect(written).not.toContain('127.0.0.1');
  }, 60_000);
});

/** Fills each parameter of a pattern that is not given with a unique text. */
function fill({ path }: Route, given: Readonly<Record<string, string>>, canary: () => string): string {
  return path.replace(/:([A-Za-z]+)(\{[^}]*\})?/g, (_match, name: string) => given[name] ?? canary());
}

/** Bodies that fail in different ways. */
function bodies(canary: () => string): readonly string[] {
  const word = canary();
  return [
    `{"userId": "${canary()}`,
    `"${canary()}"`,
    `[${JSON.stringify(canary())}]`,
    canary(),
    JSON.stringify({ [canary()]: canary(), surveyId: canary(), userId: [canary()], data: canary() }),
    JSON.stringify({ userId: canary(), name: canary(), type: canary(), key: canary(), attributes: canary() }),
    JSON.stringify({
      environmentId: canary(),
      segment: { filters: [{ [word]: canary() }], title: canary() },
    }),
  ];
}

/** Makes inserting a contact fail with a message that quotes the row, as constraints and triggers do. */
async function breakContacts({ kind, database }: TestServer): Promise<void> {
  const refuse =
    kind === 'postgres'
      ? sql`alter table contact add constraint broken check (user_id is null) not valid`
      : sql`create trigger broken before insert on contact begin select raise(abort, new.user_id); end`;
  await database.write((trx) => refuse.execute(trx));
}

async function loseContacts({ database }: TestServer): Promise<void> {
  await database.write((trx) => sql`alter table contact rename to away`.execute(trx));
}

function send(port: number, { method, path, headers, body }: Request, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, method, path, agent, ...(headers && { headers }) },
      (reply) => {
        reply.resume();
        reply.on('end', () => resolve(reply.statusCode ?? 0));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
