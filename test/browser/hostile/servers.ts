import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestServer } from '../support.ts';
import type { Condition, Fault } from './conditions.ts';
import { probe } from './probe.ts';

/** Pages and servers of this run. Condition n has the origin `http://c<n>.host.localhost`, and with it storage of its own. */
export interface HostileWeb {
  /** The address of the page of condition n. */
  readonly pageUrl: (n: number) => string;
  readonly stop: () => Promise<void>;
}

/** Starts the sites of all conditions, and the proxy between them and the server. */
export async function startWeb(
  server: TestServer,
  conditions: readonly Condition[],
  integrity: string,
): Promise<HostileWeb> {
  const between = await startBetween(
    server,
    conditions.map(({ fault }) => fault),
  );
  const site = createServer((request, reply) => {
    const url = new URL(request.url ?? '/', 'http://site');
    const n = Number(/^\/c(\d+)/.exec(url.pathname)?.[1]);
    if (url.pathname === '/probe.js') {
      return reply.writeHead(200, { 'content-type': 'text/javascript' }).end(`(${probe})()`);
    }
    if (url.pathname === '/elsewhere')
      return reply.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    const condition = conditions[n];
    if (!condition) return reply.writeHead(404).end();
    const fill = (text: string): string =>
      text
        .replaceAll('{server}', server.url)
        .replaceAll('{environment}', server.environmentId)
        .replaceAll('{integrity}', integrity);
    if (condition.frame !== undefined && url.pathname.endsWith('/outer')) {
      const inner = condition.frame === 'other' ? `http://other.localhost:${port}/c${n}` : `/c${n}`;
      return reply
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><iframe ${condition.frame} width="900" height="600" src="${inner}"></iframe>`);
    }
    void answer(reply, condition, fill, `${between.url}/c${n}`);
  });
  await listen(site);
  const { port } = site.address() as AddressInfo;
  return {
    pageUrl: (n) =>
      `http://c${n}.host.localhost:${port}/c${n}${conditions[n]?.frame === undefined ? '' : '/outer'}`,
    stop: async () => {
      await between.stop();
      await close(site);
    },
  };
}

async function answer(
  reply: ServerResponse,
  condition: Condition,
  fill: (text: string) => string,
  between: string,
): Promise<void> {
  const { head = '', body = '<h1>Größe</h1><p>Some text.</p>', before = '', after = '', type } = condition;
  const script = (code: string): string =>
    `<script nonce="n">${type ? `//<![CDATA[\n${code}\n//]]>` : code}</script>`;
  const server = condition.fault ? between : '{server}';
  const source = condition.isScriptFaulty ? between : '{server}';
  const given = condition.tag ?? '';
  const id = given.includes('data-environment-id') ? '' : 'data-environment-id="{environment}"';
  const tag = given.startsWith('<')
    ? given
    : `<script async="async" src="${source}/inkling.js" ${id} data-app-url="${server}" ${given}></script>`;
  const start = condition.whenReady === undefined ? '' : `() => { ${condition.whenReady} }`;
  const parts = [
    type ? '<html xmlns="http://www.w3.org/1999/xhtml"><head>' : '<!doctype html><html lang="en"><head>',
    '<title>Host</title><link rel="icon" href="data:,"/>',
    '<script src="/probe.js" nonce="n"></script>',
    head,
    script(before),
    script(`hostile.mark(${start})`),
    `${tag}${script(after)}`,
  ];
  const charset = condition.charset ? 'windows-1252' : 'utf-8';
  const encoding = condition.charset ?? 'utf8';
  const headers = Object.entries(condition.headers ?? {}).map(([name, value]) => [name, fill(value)]);
  reply.writeHead(200, {
    'content-type': `${type ?? 'text/html'}; charset=${charset}`,
    ...Object.fromEntries(headers),
  });
  // Markup of a condition may have opened the body itself.
  const open = head.includes('<body>') ? '' : '</head><body>';
  reply.write(Buffer.from(fill(parts.join('')), encoding));
  if (condition.slowBodyMs) await new Promise((resolve) => setTimeout(resolve, condition.slowBodyMs));
  reply.end(Buffer.from(`${open}${body}</body></html>`, encoding));
}

/** Starts the proxy: requests for `/c<n>/…` get the fault of condition n. */
async function startBetween(
  server: TestServer,
  faults: readonly (Fault | undefined)[],
): Promise<{ url: string; stop: () => Promise<void> }> {
  const counts = new Map<string, number>();
  const between = createServer(async (request, reply) => {
    const [, n, rest = ''] = /^\/c(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const path = rest.replace(/^api\/v1\/client\/\w+\//, '');
    const nth = counts.get(`${n} ${path}`) ?? 0;
    counts.set(`${n} ${path}`, nth + 1);
    const how = faults[Number(n)]?.({ path, nth });
    const body = await read(request);
    if (how?.line === 'hang') return;
    if (how?.line === 'cut') return request.socket.destroy();
    if (how && !how.change && how.line !== 'lose') {
      const headers = Object.entries(how.headers ?? {}).map(([name, value]) => [
        name,
        value.replace('{server}', server.url).replace('{environment}', server.environmentId),
      ]);
      return reply
        .writeHead(how.status ?? 200, {
          'access-control-allow-origin': '*',
          'access-control-expose-headers': 'Date, Retry-After',
          'content-type': 'application/json',
          ...Object.fromEntries(headers),
        })
        .end(how.body ?? '');
    }
    const answer = await fetch(`${server.url}/${rest}`, {
      method: request.method ?? 'GET',
      ...(body.length > 0 ? { body: new Uint8Array(body), headers: { 'content-type': 'text/plain' } } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (how?.line === 'lose') return request.socket.destroy();
    const kept = ['content-type', 'date', 'retry-after', 'cross-origin-resource-policy'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    reply
      .writeHead(answer.status, {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'Date, Retry-After',
        ...Object.fromEntries(kept),
      })
      .end(how?.change ? JSON.stringify(how.change(JSON.parse(bytes.toString()))) : bytes);
  });
  await listen(between);
  const { port } = between.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => close(between) };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function listen(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
