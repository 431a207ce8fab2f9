import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createForeign, type Foreign, type ForeignOptions } from './foreign-formbricks.ts';

/** The foreign server on a socket of the loopback interface. */
export interface ForeignServer extends Foreign {
  readonly url: string;
  stop: () => Promise<void>;
}

/** Limit while a body streams, as in the original: the rest is discarded. */
const MOST_BYTES = 2 * 1024 * 1024 + 1;

/**
 * Starts a real HTTP server that behaves like Formbricks, without Inkling's marker. Every reply may be read by every origin,
 * but no header is exposed: a page can't read `Date` and `Retry-After` (client-api.md 2.4).
 *
 * @example
 * const foreign = await startForeignServer({ surveys: [survey], actionClasses: [action] });
 * expect(foreign.responses).toMatchObject([{ finished: true, data: { rating: 4 } }]);
 */
export async function startForeignServer(options: ForeignOptions = {}): Promise<ForeignServer> {
  const foreign = createForeign(options);
  const server = createServer(async (request, reply) => {
    const text = await read(request);
    const { pathname } = new URL(request.url ?? '/', 'http://foreign');
    const sent = foreign.answer(request.method ?? 'GET', pathname, text);
    reply.writeHead(sent.status, {
      'content-type': sent.contentType,
      'cache-control': sent.cacheControl,
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
      'access-control-allow-headers': 'Content-Type, Authorization, Cache-Control',
    });
    reply.end(sent.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...foreign,
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) if (text.length < MOST_BYTES) text += part;
  return text;
}
