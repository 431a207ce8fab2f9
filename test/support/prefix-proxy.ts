import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reverse proxy that serves another server below a path. */
export interface PrefixProxy {
  /** With the path, without a slash at the end. */
  readonly url: string;
  /** Sends whatever comes from now on to this port. */
  target: number;
  stop(): Promise<void>;
}

/**
 * Starts a proxy that strips `prefix` from the path and changes nothing else, and like nginx sends the target's own address as
 * `Host`. What is not below the prefix is 404, as on any site that has other things to serve.
 */
export async function startPrefixProxy(prefix: string): Promise<PrefixProxy> {
  const proxy = { target: 0 };
  const server = createServer((incoming, reply) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) return reply.writeHead(404).end('Somebody else');
    const host = `127.0.0.1:${proxy.target}`;
    const to = { host: '127.0.0.1', port: proxy.target, path: url.slice(prefix.length), method };
    const outgoing = request({ ...to, headers: { ...headers, host } }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    outgoing.on('error', () => reply.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}${prefix}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
