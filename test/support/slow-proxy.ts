import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that lets a real server seem slow. */
export interface SlowProxy {
  readonly url: string;
  /** Time that each request waits before it is passed on, ms; with infinity it never is. */
  setDelay: (ms: number) => void;
  stop: () => Promise<void>;
}

/**
 * Starts a proxy in front of a server. A request that its page gives up while it waits is lost: the server never hears of
 * it, as of one that is cut on its way.
 */
export async function startSlowProxy(target: string): Promise<SlowProxy> {
  let delay = 0;
  const { hostname: host, port: targetPort } = new URL(target);
  const server = createServer((incoming, reply) => {
    const { url: path, method, headers } = incoming;
    const pass = (): void => {
      if (reply.destroyed) return;
      const to = { host, port: targetPort, path, method };
      const outgoing = request(
        { ...to, headers: { ...headers, host: `${host}:${targetPort}` } },
        (answer) => {
          reply.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(reply);
        },
      );
      outgoing.on('error', () => reply.destroy());
      incoming.pipe(outgoing);
    };
    if (Number.isFinite(delay)) setTimeout(pass, delay);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    setDelay: (ms) => {
      delay = ms;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
