import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CaseContext,
  createCaseContext,
  fill,
  newValues,
  takeStep,
  toOutgoing,
  type Values,
} from './case-context.ts';
import { CLIENTS } from './client-calls.ts';
import { makeCall } from './clients.ts';
import { EXCHANGES, type Exchange, PREPARATION } from './exchanges.ts';
import { createHttpClient, type Incoming } from './http-client.ts';
import { correct, HIDING_ERRORS, KNOWN_ERRORS } from './known-errors.ts';
import { type LogEntry, type Prism, startPrism } from './prism.ts';
import DESCRIPTION from './public-description.json' with { type: 'json' };
import { type RunningServer, startServer } from './server.ts';

/** A violation that the proxy reports for a reply. */
interface Violation {
  readonly location: readonly string[];
  readonly message: string;
}

describe('a prism proxy with the public description, between clients and the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-prism-'));
  let server: RunningServer;
  let context: CaseContext;
  let values: Values;
  let wrong: Server;
  let corrected: Prism;
  let published: Prism;
  let control: Prism;

  beforeAll(async () => {
    server = await startServer('sqlite');
    context = await createCaseContext(server);
    values = newValues('v1');
    for (const step of PREPARATION) await takeStep(context, values, step);
    wrong = await startWrongServer();

    const right = writeDescription('corrected', [...HIDING_ERRORS, ...KNOWN_ERRORS]);
    const asPublished = writeDescription('published', HIDING_ERRORS);
    [corrected, published, control] = await Promise.all([
      startPrism(right, server.origin),
      startPrism(asPublished, server.origin),
      startPrism(right, `http://127.0.0.1:${(wrong.address() as AddressInfo).port}`),
    ]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([corrected, published, control].map((prism) => prism?.stop()));
    wrong?.close();
    context?.client.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function writeDescription(name: string, errors: Parameters<typeof correct>[1]): string {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(correct(DESCRIPTION, errors)));
    return file;
  }

  /** The same context with requests through a proxy. */
  const through = ({ port }: Prism): CaseContext => ({ ...context, client: createHttpClient(port) });

  describe('@formbricks/api 3.0.0', () => {
    const calls = CLIENTS.flatMap((each) =>
      each.version === '3.0.0' ? each.calls.map((call) => ({ version: each, call })) : [],
    );
    it.for(calls)('$call.method: $call.name', async ({ version, call }, { task }) => {
      task.meta.line = `prism · @formbricks/api 3.0.0 ${call.method} · ${call.name}`;
      await makeCall(context, { version, call, apiHost: corrected.origin });
    });
  });

  it.for(EXCHANGES)('$send.method $name → $expect.status', async (exchange, { task }) => {
    const { send, name, expect: expected } = exchange;
    task.meta.line = `prism · ${send.method} ${name} → ${expected.status}`;
    const proxied = through(corrected);
    const reply = await takeStep(proxied, values, { send, expect: expected });
    proxied.client.close();
    expect(reportsOf(exchange, reply)).toEqual([]);
  });

  it('the log of the proxy has no warning and no error', async ({ task }) => {
    task.meta.line = 'prism · no warning and no error in its log';
    // A path that the description doesn't have: proves that the log is being read.
    const proxied = through(corrected);
    await proxied.client.send({ method: 'GET', path: '/marker', headers: {} });
    proxied.client.close();
    const isMarker = ({ input }: LogEntry): boolean => input?.url.path === '/marker';
    expect(corrected.complaints().filter(isMarker)).toHaveLength(1);
    expect(corrected.complaints().filter((entry) => !isMarker(entry))).toEqual([]);
  });

  it('the published description has the listed errors and no others', async ({ task }) => {
    task.meta.line = `prism · the ${KNOWN_ERRORS.length} known errors of the description, and no others`;
    const proxied = through(published);
    const found: string[] = [];
    for (const exchange of EXCHANGES) {
      const request = (await fill(proxied, values, exchange.send)) as Exchange['send'];
      found.push(...reportsOf(exchange, await proxied.client.send(toOutgoing(proxied, values, request))));
    }
    proxied.client.close();
    expect([...new Set(found)].sort()).toEqual(KNOWN_ERRORS.map(({ report }) => report).sort());
  });

  it('the proxy reports replies that are wrong', async ({ task }) => {
    task.meta.line = 'prism · the proxy reports replies that are wrong on purpose';
    const proxied = through(control);
    const [environment, user] = ['environment', 'user'].map((name) =>
      EXCHANGES.find((exchange) => exchange.name === name),
    );
    for (const [exchange, report] of [
      [environment, 'get environment 200: response.body.data.expiresAt'],
      [user, 'post user 200: response.body.data.state.data.userId'],
    ] as const) {
      if (!exchange) throw new Error('no such exchange');
      const request = (await fill(proxied, values, exchange.send)) as Exchange['send'];
      const reply = await proxied.client.send(toOutgoing(proxied, values, request));
      expect(reply.status).toBe(500);
      expect(reportsOf(exchange, reply)).toEqual([report]);
    }
    proxied.client.close();
    expect(control.complaints()).toHaveLength(2);
  });
});

/** Violations of a reply: in a header when the proxy passed it on, in the body when it replaced it by an error. */
function reportsOf({ name, send, expect: { status } }: Exchange, reply: Incoming): readonly string[] {
  const operation = `${(send.method ?? 'GET').toLowerCase()} ${name}`;
  const problem = JSON.parse(reply.text) as { readonly type?: string; readonly validation?: Violation[] };
  if (problem.type?.endsWith('#NO_PATH_MATCHED_ERROR')) return [`${operation}: path`];
  const header = reply.headers['sl-violations'];
  const noted = header ? (JSON.parse(String(header)) as Violation[]) : [];
  const reports = [...(problem.validation ?? []), ...noted].map(({ location, message }) => {
    const isStatus = message.startsWith('Unable to match the returned status code');
    // The index of a survey is left out; a wrong type of the whole reply is reported for the body.
    const place = location.filter((part) => !/^\d+$/.test(part)).join('.');
    return `${operation} ${status}: ${isStatus ? 'status' : place === 'response' ? 'response.body' : place}`;
  });
  // A reply that was replaced by an error has its violations twice.
  return [...new Set(reports)];
}

/** Starts a server whose replies have two fields of a wrong type. */
async function startWrongServer(): Promise<Server> {
  const user = { state: { data: { userId: 7, segments: [] }, expiresAt: '2026-01-01T00:00:00.000Z' } };
  const environment = { data: { surveys: [], actionClasses: [] }, expiresAt: 5 };
  const server = createServer((request, reply) => {
    reply.setHeader('content-type', 'application/json');
    reply.end(JSON.stringify({ data: request.method === 'GET' ? environment : user }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
