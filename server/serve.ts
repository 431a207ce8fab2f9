import { createServer, type RequestListener, type Server } from 'node:http';
import type { Hono } from 'hono';
import { once } from './base/once.ts';
import { answerOutside } from './http/errors.ts';
import { type SlowKind, watchSockets } from './http/watch-sockets.ts';

/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** What a client may take in time, in ms, and in size. */
export interface SocketLimits {
  /** From the connection, or the first byte of a further request, to the end of the headers. */
  readonly headersMs: number;
  /** How long a body may stand still, or a client may read nothing of its reply. */
  readonly patienceMs: number;
  /** Slower bodies and slower readers are closed when their patience is used up (`spendPatience`). */
  readonly minBytesPerSecond: number;
  /** How long a connection may rest between two requests, unless there were more than `crowd` of them. */
  readonly keepAliveMs: number;
  readonly crowd: number;
  /** How often connections are looked at. */
  readonly checkMs: number;
  readonly headerBytes: number;
  readonly headers: number;
  readonly connections: number;
  /** Connections that the system accepts before the process has: a crowd that arrives at once must not push out others. */
  readonly backlog: number;
}

/** How to serve. */
export interface ListenOptions extends Address {
  /** Replaces single limits. */
  readonly limits?: Partial<SocketLimits>;
  /** Hears of connections that are closed because they are too slow. */
  readonly onSlow?: (kind: SlowKind) => void;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Stops accepting, lets requests under way finish for at most `deadlineMs`, then cuts what is left. */
  stop(deadlineMs: number): Promise<void>;
}

// A slow connection is gone within 15 s; keep-alive outlasts the idle time of the usual proxies.
const LIMITS: SocketLimits = {
  headersMs: 8_000,
  patienceMs: 8_000,
  minBytesPerSecond: 1024,
  keepAliveMs: 65_000,
  crowd: 256,
  checkMs: 1_000,
  headerBytes: 16 * 1024,
  headers: 200,
  connections: 10_000,
  backlog: 4096,
};
const IDLE_CHECK_MS = 50;

/** Serves an app on a socket. Rejects with the system's error when the address cannot be had. */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  { host, port, limits, onSlow }: ListenOptions,
): Promise<Listening> {
  const full = { ...LIMITS, ...limits };
  const server = createLimitedServer(app, full);
  watchSockets(server, { ...full, ...(onSlow ? { onSlow } : {}) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: full.backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: (deadlineMs) => stop(server, deadlineMs),
  };
}

function createLimitedServer(app: Pick<Hono, 'fetch'>, limits: SocketLimits): Server {
  const options = {
    headersTimeout: limits.headersMs,
    // A flat limit would cut large files on slow lines: bodies are watched by their pace.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: limits.headerBytes,
  };
  // Loaded once the port is open: it brings the web's Request and Response and HTTP/2, a tenth of a start.
  let listener: RequestListener | undefined;
  const loading = once(async () => {
    const { getRequestListener } = await import('@hono/node-server');
    listener = getRequestListener((...request) => app.fetch(...request), { errorHandler: answerOutside });
    return listener;
  });
  const server = createServer(options, (request, reply) => {
    if (listener) listener(request, reply);
    else void loading().then((loaded) => loaded(request, reply));
  });
  server.once('listening', loading);
  server.maxHeadersCount = limits.headers;
  server.maxConnections = limits.connections;
  return server;
}

function stop(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection that becomes idle after `close` would otherwise stay open until its keep-alive ends.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}
