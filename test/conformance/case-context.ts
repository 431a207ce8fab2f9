import { bumpRevision } from '../../server/repo/environments.ts';
import { findSegments, saveSegment } from '../../server/repo/segments.ts';
import { storeAsLink } from '../support/store-as-link.ts';
import type { FilePart, Request, Step, Version } from './case.ts';
import { FIXTURES } from './fixtures.ts';
import { createHttpClient, type HttpClient, type Incoming, type Outgoing } from './http-client.ts';
import { anything, differences, Matcher } from './match.ts';
import type { RunningServer } from './server.ts';

/** Values by their names in braces. */
export type Values = Map<string, unknown>;

/** Two environments with everything that the cases of a table share. */
export interface CaseContext {
  readonly server: RunningServer;
  readonly client: HttpClient;
  /** Fixtures created so far; each case has a map of its own for its own values. */
  readonly shared: Values;
}

/** Time between two requests of a case, in ms: orders and instants are exact. */
const TICK_MS = 1000;
const NAME = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/** Creates two environments, `env` and `other`, each with a key. */
export async function createCaseContext(server: RunningServer): Promise<CaseContext> {
  const [own, other] = [await server.addTenant(), await server.addTenant()];
  const shared: Values = new Map<string, unknown>([
    ['env', own.id],
    ['key', own.key],
    ['other', other.id],
    ['otherKey', other.key],
    ['unknown', 'zzzz0000unknown0000zzzz00'],
  ]);
  return { server, client: createHttpClient(server.port), shared };
}

let count = 0;

/** Values of a new case: names and ids that no other case has. */
export function newValues(version: Version): Values {
  count += 1;
  const unique = count.toString(36).padStart(6, '0');
  return new Map<string, unknown>([
    ['v', version],
    ['me', `user-${unique}`],
    ['somebody', `somebody-${unique}`],
    ['clientMade', `made0by0a0client0${unique}`],
  ]);
}

/** Sends the request of a step and throws an error with every difference between its reply and the expected one. */
export async function takeStep(context: CaseContext, values: Values, step: Step): Promise<Incoming> {
  const { server, client } = context;
  const request = (await fill(context, values, step.send)) as Request;
  const expected = await fill(context, values, step.expect);
  server.clock.now += step.wait ?? TICK_MS;
  if (step.stamp) values.set(step.stamp, new Date(server.clock.now).toISOString());

  const reply = await client.send(toOutgoing(context, values, request));
  const found = check(
    reply,
    (expected ?? { status: 200, body: anything }) as Step['expect'],
    server.clock.now,
  );
  if (found.length > 0) {
    const what = `${request.method} ${request.path} → ${reply.status} ${reply.text.slice(0, 500)}`;
    throw new Error([what, ...found].join('\n  '));
  }
  for (const [name, path] of Object.entries(step.save ?? {})) values.set(name, pick(parse(reply.text), path));
  for (const [name, header] of Object.entries(step.keep ?? {})) values.set(name, reply.headers[header]);
  if (step.storeFilters) await storeFilters(context, values, step.storeFilters);
  if (step.storeAsLink) {
    const id = String(values.get(step.storeAsLink));
    await storeAsLink(server.database, id);
    // So that the server reads the environment anew.
    const send = { method: 'PUT', path: `/api/v1/management/surveys/${id}`, key: 'key', json: {} } as const;
    await takeStep(context, values, { send });
  }
  return reply;
}

async function storeFilters(
  context: CaseContext,
  values: Values,
  templates: NonNullable<Step['storeFilters']>,
): Promise<void> {
  const filters = Object.entries((await fill(context, values, templates)) as typeof templates);
  await context.server.database.write(async (trx) => {
    const segments = await findSegments(
      trx,
      filters.map(([id]) => id),
    );
    for (const segment of segments) {
      await saveSegment(trx, { ...segment, filters: filters.find(([id]) => id === segment.id)?.[1] ?? [] });
      await bumpRevision(trx, segment.environmentId);
    }
  });
}

function check(reply: Incoming, expected: Step['expect'], now: number): readonly string[] {
  if (!expected) return [];
  const status =
    reply.status === expected.status ? [] : [`status: expected ${expected.status}, got ${reply.status}`];
  const body = reply.text === '' ? undefined : (parse(reply.text) ?? reply.text);
  const headers = Object.entries(expected.headers ?? {}).flatMap(([name, value]) =>
    differences(value, reply.headers[name], { now, path: `header ${name}` }),
  );
  return [...status, ...headers, ...differences(expected.body, body, { now })];
}

/** Replaces names by values, in every text of a request or an expectation; creates fixtures that are missing. */
export async function fill(context: CaseContext, values: Values, template: unknown): Promise<unknown> {
  if (typeof template === 'string') return fillText(context, values, template);
  if (template instanceof Matcher) return fillMatcher(context, values, template);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) {
    const items: unknown[] = [];
    for (const item of template) items.push(await fill(context, values, item));
    return items;
  }
  const filled: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(template)) {
    filled[await fillText(context, values, key)] = await fill(context, values, value);
  }
  return filled;
}

async function fillMatcher(context: CaseContext, values: Values, matcher: Matcher): Promise<Matcher> {
  return matcher.parts === undefined ? matcher : matcher.with(await fill(context, values, matcher.parts));
}

async function fillText(context: CaseContext, values: Values, text: string): Promise<string> {
  let filled = text;
  for (const [whole, name = ''] of text.matchAll(NAME)) {
    filled = filled.replaceAll(whole, String(await lookUp(context, values, name)));
  }
  return filled;
}

async function lookUp(context: CaseContext, values: Values, name: string): Promise<unknown> {
  if (values.has(name)) return values.get(name);
  if (context.shared.has(name)) return context.shared.get(name);
  const fixture = FIXTURES[name];
  if (!fixture) throw new Error(`nothing is called {${name}} here`);
  await takeStep(context, context.shared, { ...fixture, save: { [name]: 'data.id' } });
  return context.shared.get(name);
}

/** The request as it is sent; its names must be replaced already. */
export function toOutgoing(context: CaseContext, values: Values, request: Request): Outgoing {
  const { method = 'GET', path = '', headers = {}, chunked = false, key } = request;
  const keyHeader = key ? { 'x-api-key': String(context.shared.get(key)) } : {};
  const { body, type } = toBody(request, values);
  const typeHeader = type ? { 'content-type': type } : {};
  // URLs in replies are absolute; they must lead back to the same server.
  const target = path.startsWith('http') ? toTarget(path) : path;
  return { method, path: target, headers: { ...typeHeader, ...keyHeader, ...headers }, body, chunked };
}

function toTarget(address: string): string {
  const { pathname, search } = new URL(address);
  return `${pathname}${search}`;
}

function toBody(request: Request, values: Values): { readonly body?: Uint8Array; readonly type?: string } {
  const { json, text, bytes, form } = request;
  if (form) return toForm(values.get(form.fields) as Readonly<Record<string, string>>, form.file);
  if (text !== undefined) return { body: Buffer.from(text) };
  if (json === undefined) return {};
  const body = Buffer.from(JSON.stringify(json));
  if (bytes === undefined) return { body, type: 'application/json' };
  return {
    body: Buffer.concat([body, Buffer.alloc(bytes - body.byteLength, ' ')]),
    type: 'application/json',
  };
}

function toForm(fields: Readonly<Record<string, string>>, file: FilePart) {
  const boundary = 'conformance-boundary';
  const part = (head: string, body: Uint8Array | string) =>
    Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]);
  const parts = Object.entries(fields).map(([name, value]) =>
    part(`Content-Disposition: form-data; name="${name}"`, value),
  );
  const head = `Content-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: ${file.type}`;
  const body = Buffer.concat([
    ...parts,
    part(head, Buffer.from(file.base64, 'base64')),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return { body, type: `multipart/form-data; boundary=${boundary}` };
}

/** The member of a body at this path. */
export function pick(body: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
