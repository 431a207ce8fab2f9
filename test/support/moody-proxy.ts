import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with a request: passes it on, at once or after 3 s; cuts it; leaves it; answers 503. */
export type Mood = 'well' | 'slow' | 'down' | 'hanging' | 'overloaded';

/** A proxy in front of a real server, whose mood a test sets. */
export interface MoodyProxy {
  readonly url: string;
  /** For all requests from now on; those that were left are cut. */
  setMood: (mood: Mood) => void;
  stop: () => Promise<void>;
}

/** Starts a proxy in front of the server at `target`. It is well at first. */
export async function startMoodyProxy(target: string): Promise<MoodyProxy> {
  let mood: Mood = 'well';
  const left = new Set<ServerResponse>();
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const pass = (): void => {
      const upstream = request(new URL(url ?? '', target), { method, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      upstream.on('error', () => outgoing.destroy());
      incoming.pipe(upstream);
    };
    switch (mood) {
      case 'well':
        return pass();
      case 'slow':
        return void setTimeout(pass, 3_000);
      case 'down':
        return void outgoing.destroy();
      case 'hanging':
        return void left.add(outgoing);
      case 'overloaded':
        return void outgoing
          .writeHead(503, { 'access-control-allow-origin': '*', 'content-type': 'application/json' })
          .end('{"code":"unavailable","message":"later"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    setMood: (next) => {
      mood = next;
      for (const one of left) one.destroy();
      left.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
