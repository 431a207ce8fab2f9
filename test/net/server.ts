import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that has arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly type: string;
}

/** A real HTTP server on loopback that records its requests; `answer` writes each reply. */
export async function listen(
  answer: (request: Arrived, reply: ServerResponse) => void,
): Promise<{ url: string; arrived: Arrived[]; close: () => Promise<void> }> {
  const arrived: Arrived[] = [];
  const server = createServer(async (request: IncomingMessage, reply) => {
    let body = '';
    for await (const part of request) body += part;
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, body, type: headers['content-type'] ?? '' };
    arrived.push(one);
    reply.setHeader('access-control-allow-origin', '*');
    reply.setHeader('access-control-expose-headers', 'Date, Retry-After');
    answer(one, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
