import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { hashApiKey, newApiKey } from '../../server/auth/auth.ts';
import type { LineLevel, Log } from '../../server/base/log.ts';
import type { ContextDeps, Lifetimes } from '../../server/context/context.ts';
import { grantApiKey, type Permission } from '../../server/repo/api-keys.ts';
import type { Database } from '../../server/repo/database.ts';
import { insertEnvironment } from '../../server/repo/environments.ts';
import { newId } from '../../server/repo/new-id.ts';
import { KINDS, type Kind, openApp } from '../support/app.ts';
import { startBucket, type TestBucket } from '../support/bucket.ts';
import { storeAsLink } from '../support/store-as-link.ts';

/** A line that the server logged. */
export interface Logged {
  readonly level: LineLevel;
  readonly message: string;
  readonly facts: unknown;
}

/** A JSON reply. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a reply and fails when it is not there.
  readonly body: any;
  readonly text: string;
}

/** The whole server on a database of its own. */
export interface TestServer {
  readonly kind: Kind;
  readonly database: Database;
  readonly app: Hono;
  readonly logged: Logged[];
  /** Folder of uploaded files, alone in its parent folder. */
  readonly filesFolder: string;
  readonly filesUrl: string;
  /** Bucket of uploaded files, if they are stored in one. */
  readonly bucket: TestBucket | undefined;
  /** Files of a SQLite database with its write-ahead log; none for PostgreSQL. */
  databaseFiles(): readonly string[];
  /** The clock; a test may move it. */
  readonly clock: { now: number };
  /** Opens the same database once more, as another process would. */
  openAgain(
    deps?: Partial<Pick<ContextDeps, 'publicUrl' | 'database'>>,
  ): Promise<{ readonly app: Hono; readonly database: Database }>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

/** A tenant with one key that may do everything. */
export interface Tenant {
  readonly id: string;
  readonly key: string;
}

/** Options of `describeServer`. */
export interface ServerOptions {
  readonly lifetimes?: Partial<Lifetimes>;
  /** Whether to run also, or only, on SQLite with the files in a bucket. */
  readonly withBucket?: boolean | 'only';
  /** The databases to run on. Default: all. */
  readonly on?: readonly Kind[];
}

/** Runs the same tests on a real SQLite file and on a real PostgreSQL. */
export function describeServer(
  name: string,
  tests: (server: TestServer) => void,
  { lifetimes, withBucket = false, on = KINDS }: ServerOptions = {},
): void {
  const bucketVariant = [{ kind: 'sqlite', where: 'sqlite and a bucket', inBucket: true }] as const;
  const variants = [
    ...(withBucket === 'only'
      ? []
      : KINDS.filter((kind) => on.includes(kind)).map((kind) => ({ kind, where: kind, inBucket: false }))),
    ...(withBucket ? bucketVariant : []),
  ];
  describe.each(variants)(`${name} on $where`, ({ kind, inBucket }) => {
    const server = {} as { -readonly [K in keyof TestServer]: TestServer[K] };
    const release: (() => Promise<void> | void)[] = [];

    beforeAll(async () => {
      const logged: Logged[] = [];
      const around = mkdtempSync(join(tmpdir(), 'inkling-files-'));
      release.push(() => rmSync(around, { recursive: true, force: true }));
      const bucket = inBucket ? await startBucket() : undefined;
      if (bucket) {
        release.push(() => bucket.stop());
        Object.assign(process.env, bucket.credentials);
      }
      const filesFolder = bucket?.folder ?? join(around, 'files');
      const filesUrl = bucket?.filesUrl ?? `file:${filesFolder}`;
      const clock = { now: Date.UTC(2026, 10, 24, 9, 1) };
      const opened = await openApp({
        postgresUrl: postgresUrlOf(kind),
        filesUrl,
        now: () => clock.now,
        log: collectLog(logged),
        // The clock stands still, so that a window would never end: limits have a test of their own.
        rateLimit: 'off',
        ...(lifetimes ? { lifetimes } : {}),
      });
      release.unshift(opened.stop);
      const { app, database, databaseUrl, openAgain } = opened;
      const databaseFiles = (): readonly string[] => {
        const path = databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : undefined;
        return path === undefined ? [] : [path, `${path}-wal`].filter((file) => existsSync(file));
      };
      const parts = { kind, logged, bucket, filesFolder, filesUrl, databaseFiles, clock, openAgain };
      Object.assign(server, { ...parts, app, database });
      server.send = (...request) => send(server.app, ...request);
    });

    afterAll(async () => {
      for (const step of release) await step();
    });

    tests(server);
  });
}

/** The PostgreSQL that the run has started, for `openApp`; undefined for SQLite. */
export function postgresUrlOf(kind: Kind): string | undefined {
  return kind === 'postgres' ? inject('postgresUrl') : undefined;
}

/** Sends a request through the app; a text or bytes are sent as they are, any other body as JSON. */
export async function send(
  app: Hono,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const payload = body === undefined ? undefined : raw ? (body as string) : JSON.stringify(body);
  const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) };
  const init = payload === undefined ? {} : { body: payload };
  const reply = await app.request(path, { method, headers: { ...length, ...headers }, ...init });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, text, body: parse(text) };
}

/** Makes an environment with a key. */
export async function addTenant(
  { database, clock }: TestServer,
  permission: Permission = 'manage',
): Promise<Tenant> {
  const id = newId();
  const key = await database.write(async (trx) => {
    await insertEnvironment(trx, { id, name: 'Test', now: clock.now });
    return addKey(trx, id, permission);
  });
  return { id, key };
}

/** Makes a key of this permission for an environment that exists. */
export async function addKey(
  trx: Parameters<typeof grantApiKey>[0],
  environmentId: string,
  permission: Permission,
): Promise<string> {
  const key = newApiKey();
  const hash = hashApiKey(key);
  await grantApiKey(trx, { id: newId(), hash, label: 'test', environmentId, permission, now: Date.now() });
  return key;
}

/** Makes a live app survey with one open-text element and its own action class; `change` replaces top-level fields. */
export async function addSurvey(
  server: TestServer,
  { key }: Tenant,
  change: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const name = `Action ${newId()}`;
  const action = await server.send(
    'POST',
    '/api/v1/management/action-classes',
    { name, type: 'code', key: name },
    { 'x-api-key': key },
  );
  const triggers = [{ actionClass: action.body.data }];
  const document = {
    name: 'Internal name',
    type: 'app',
    status: 'inProgress',
    triggers,
    blocks: [
      {
        id: 'block1',
        name: 'Block 1',
        elements: [{ id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false }],
      },
    ],
    ...change,
    ...(change.type === 'link' && { type: 'app', triggers }),
  };
  const path = '/api/v1/management/surveys';
  const survey = await server.send('POST', path, document, { 'x-api-key': key });
  if (survey.status !== 200) throw new Error(`survey refused: ${survey.text}`);
  const { id } = survey.body.data;
  if (change.type === 'link') {
    await storeAsLink(server.database, id);
    // So that this process reads its environment anew.
    await server.send('PUT', `${path}/${id}`, {}, { 'x-api-key': key });
  }
  return id;
}

/** A client-made id, different each time. */
export function clientId(): string {
  return newId();
}

/** Discards every line. */
export const silentLog: Log = collectLog([]);

function collectLog(logged: Logged[]): Log {
  const at = (level: Logged['level']) => (message: string, facts?: unknown) => {
    logged.push({ level, message, facts });
  };
  return {
    isOn: (level) => level === 'error' || level === 'warn',
    error: at('error'),
    warn: at('warn'),
    info: () => {},
    debug: () => {},
    trace: () => {},
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
