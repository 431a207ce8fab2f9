import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { freePort } from '../../scripts/free-port.mjs';
import { loadAssets } from '../../server/assets.ts';
import type { ContextDeps } from '../../server/context/context.ts';
import { provisionOwner } from '../../server/provision.ts';
import { openApp } from '../support/app.ts';
import { startBuiltServer } from '../support/built-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A request as the server saw it. */
export interface Call {
  readonly method: string;
  readonly path: string;
}

/** What a test asks of a server, whichever process it lives in. */
export interface TestServer {
  readonly url: string;
  readonly environmentId: string;
  /** A key that may do everything in the environment. */
  readonly key: string;
  /** Where uploads are kept. */
  readonly filesUrl: string;
  /** Every request to the client API, in order of arrival. */
  readonly calls: readonly Call[];
  /** Calls the management API and returns `data`; fails on anything but 200. */
  manage: <T>(method: string, path: string, body?: object) => Promise<T>;
  /** Makes a code action under a random name. */
  createAction: (key: string) => Promise<{ id: string; name: string; key: string }>;
  createPageView: (rule: string, value: string) => Promise<{ id: string; name: string }>;
  createSurvey: (change: object, actions: readonly object[]) => Promise<{ id: string }>;
  responses: (surveyId: string) => Promise<readonly StoredResponse[]>;
  settings: (change: object) => Promise<void>;
}

/** The part of a stored response that tests look at. */
export interface StoredResponse {
  readonly id: string;
  readonly finished: boolean;
  readonly displayId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly contact: { readonly userId?: string } | null;
  readonly meta: { readonly url?: string; readonly action?: string };
  readonly language: string | null;
  readonly endingId: string | null;
}

/** Lifetimes the server tells its clients, ms. */
export type Lifetimes = NonNullable<ContextDeps['lifetimes']>;

/** A random lowercase id: no test knows the seed. */
export function randomId(): string {
  return `t${randomBytes(10).toString('hex')}`;
}

/** The real app on a real SQLite file and a real socket, in this process, so that its clock's lifetimes can be short. */
export async function startServer(
  lifetimes: Lifetimes = {},
): Promise<TestServer & { stop: () => Promise<void> }> {
  const environmentId = randomId();
  const key = `key-${randomId()}`;
  const calls: Call[] = [];
  const assets = loadAssets({
    folder: join(root, 'dist'),
    version: '0.1.0',
    demoEnvironmentId: environmentId,
  });
  const { app, database, filesUrl, serve, stop } = await openApp({ lifetimes, assets });
  await provisionOwner(database, { environmentId, apiKey: key }, Date.now());
  const { fetch } = app;
  app.fetch = (request, ...rest) => {
    const path = new URL(request.url).pathname;
    if (path.includes('/client/')) calls.push({ method: request.method, path });
    return fetch(request, ...rest);
  };
  const { origin } = await serve();
  return { ...talkTo(origin, environmentId, key), filesUrl, calls, stop };
}

/** The built server as a process of its own, to be killed and started again on the same file and port. */
export async function startProcess(
  variables: NodeJS.ProcessEnv = {},
): Promise<
  TestServer & { kill: () => Promise<void>; start: () => Promise<void>; stop: () => Promise<void> }
> {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-process-'));
  const environmentId = randomId();
  const key = `key-${randomId()}`;
  const filesUrl = `file:${join(folder, 'files')}`;
  const run = (port: number) =>
    startBuiltServer({
      env: {
        ...process.env,
        PORT: `${port}`,
        DATABASE_URL: `sqlite:${join(folder, 'test.db')}`,
        FILES_URL: filesUrl,
        INKLING_ENVIRONMENT_ID: environmentId,
        INKLING_API_KEY: key,
        INKLING_RATE_LIMIT: 'off',
        ...variables,
      },
    });
  let server = await run(0);
  return {
    ...talkTo(server.origin, environmentId, key),
    filesUrl,
    calls: [],
    start: async () => {
      server = await run(server.port);
    },
    kill: async () => {
      await server.stop('SIGKILL');
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function talkTo(url: string, environmentId: string, key: string): Omit<TestServer, 'calls' | 'filesUrl'> {
  const manage = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const reply = await fetch(`${url}/api/v1/management/${path}`, {
      method,
      headers: { 'x-api-key': key },
      ...(body ? { body: JSON.stringify({ environmentId, ...body }) } : {}),
    });
    const text = await reply.text();
    expect(reply.status, `${method} ${path}: ${text}`).toBe(200);
    return JSON.parse(text).data;
  };
  return {
    url,
    environmentId,
    key,
    manage,
    createAction: (actionKey) =>
      manage('POST', 'action-classes', { name: `Action ${randomId()}`, type: 'code', key: actionKey }),
    createPageView: (rule, value) =>
      manage('POST', 'action-classes', {
        name: `Page ${randomId()}`,
        type: 'noCode',
        noCodeConfig: { type: 'pageView', urlFilters: [{ rule, value }] },
      }),
    createSurvey: (change, actions) =>
      manage('POST', 'surveys', {
        name: `Survey ${randomId()}`,
        type: 'app',
        status: 'inProgress',
        triggers: actions.map((actionClass) => ({ actionClass })),
        recontactDays: 0,
        ...change,
      }),
    responses: (surveyId) => manage('GET', `responses?surveyId=${surveyId}&limit=1000`),
    settings: (change) => manage('PUT', 'environment', change),
  };
}

/** A page of the host site. */
export interface HostPage {
  readonly headers?: Readonly<Record<string, string>>;
  /** Markup for `<head>`; the tag of `tagFor` most of all. */
  readonly head?: string;
  readonly body?: string;
}

/** A website on an origin of its own: another one than the server's. */
export interface HostSite {
  readonly url: string;
  /** Reports of policy violations that browsers sent. */
  readonly violations: string[];
  put: (path: string, page: HostPage) => void;
  stop: () => Promise<void>;
}

/** Serves a website on `localhost`; the server is on `127.0.0.1`, another site to a browser. */
export async function startSite(): Promise<HostSite> {
  const pages = new Map<string, HostPage>();
  const violations: string[] = [];
  const server = createServer(async (request, reply) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (pathname === '/violations') {
      violations.push(await read(request));
      return reply.writeHead(204).end();
    }
    const page = pages.get(pathname) ?? pages.get('*');
    if (!page) return reply.writeHead(404).end();
    reply.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
    const { head = '', body = '<h1>The host site</h1><p>Some text.</p>' } = page;
    reply.end(
      `<!doctype html><html lang="en"><head><title>Host</title>${head}</head><body>${body}</body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    violations,
    put: (path, page) => pages.set(path, page),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

/** The one-line tag of the README. */
export function tagFor(server: TestServer, attributes = ''): string {
  return `<script async src="${server.url}/inkling.js" data-environment-id="${server.environmentId}" ${attributes}></script>`;
}

/** A rating and an open text, each on a card of its own, and a thank-you. */
export function ratingThenText(change: object = {}): { document: object; rating: string; text: string } {
  const rating = `How was it? ${randomId()}`;
  const text = `What would make it better? ${randomId()}`;
  const document = {
    blocks: [
      {
        id: randomId(),
        name: 'Rating',
        elements: [
          {
            id: 'rating',
            type: 'rating',
            scale: 'number',
            range: 5,
            required: true,
            headline: { default: rating },
          },
        ],
      },
      {
        id: randomId(),
        name: 'Text',
        elements: [
          {
            id: 'text',
            type: 'openText',
            required: false,
            headline: { default: text },
            charLimit: { enabled: false },
          },
        ],
      },
    ],
    endings: [{ id: randomId(), type: 'endScreen', headline: { default: 'Thank you!' } }],
    ...change,
  };
  return { document, rating, text };
}

/** The open survey. */
export function surveyOn(page: Page): Locator {
  return page.locator('inkling-survey').getByRole('dialog');
}

/** Answers both cards of `ratingThenText`. */
export async function answerBoth(page: Page, score: string, text: string): Promise<void> {
  const survey = surveyOn(page);
  await survey.getByRole('radio', { name: score, exact: true }).click();
  await survey.getByRole('button', { name: 'Next' }).click();
  await survey.getByRole('textbox').fill(text);
  await survey.getByRole('button', { name: 'Finish' }).click();
}

/** Each test has a server and a website of its own. */
export const test = base.extend<{ server: TestServer; site: HostSite }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from here
  server: async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  site: async ({}, use) => {
    const site = await startSite();
    await use(site);
    await site.stop();
  },
});

export {
  call,
  isEnvironmentFresh,
  passTime,
  recordEvents,
  refusals,
  undelivered,
  valueIn,
  whenLoaded,
  whenReady,
  withClient,
} from './client-in-page.ts';
export { expect, freePort };
