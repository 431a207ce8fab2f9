import { createServer, type RequestListener, type Server } from 'node:http';
import type { Hono } from 'hono';
import { once } from './base/once.ts';
import { answerOutside } from './http/errors.ts';
import { type SlowKind, watchSockets } from './http/watch-sockets.ts';

/** Address to listen on. */
export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Limits for clients, in ms and in bytes. */
export interface SocketLimits {
  /** From the connection, or the first byte of a further request, to the end of the headers. */
  readonly headersMs: number;
  /** Longest time a body may stall, or a client may read nothing of its reply. */
  readonly budgetMs: number;
  /** Slower bodies and slower readers are closed when their time budget is used up (`spendBudget`). */
  readonly minBytesPerSecond: number;
  /** Longest time a connection may stay idle between two requests, unless there are more than `busyAbove` of them. */
  readonly keepAliveMs: number;
  readonly busyAbove: number;
  /** Interval between two checks of all connections. */
  readonly checkMs: number;
  readonly headerBytes: number;
  readonly headers: number;
  readonly connections: number;
  /** Length of the system's accept queue: a burst of connections must not make it refuse others. */
  readonly backlog: number;
}

/** Options of `listen`. */
export interface ListenOptions extends Address {
  /** Replaces single limits. */
  readonly limits?: Partial<SocketLimits>;
  /** Called for each connection that is closed because its client is too slow. */
  readonly onSlow?: (kind: SlowKind) => void;
}

/** A listening server. */
export interface Listening {
  readonly port: number;
  /** Stops accepting, lets running requests finish for at most `deadlineMs`, then closes the remaining connections. */
  stop(deadlineMs: number): Promise<void>;
}

// A stalled connection is closed within 15 s; keep-alive outlasts the idle timeout of common proxies.
const LIMITS: SocketLimits = {
  headersMs: 8_000,
  budgetMs: 8_000,
  minBytesPerSecond: 1024,
  keepAliveMs: 65_000,
  busyAbove: 256,
  checkMs: 1_000,
  headerBytes: 16 * 1024,
  headers: 200,
  connections: 10_000,
  backlog: 4096,
};
const IDLE_CHECK_MS = 50;

/** Serves an app on a socket. Rejects with the system's error when it can't listen on the address. */
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
    // A fixed limit would cut large files on slow lines: `watchSockets` limits the throughput of bodies instead.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: limits.headerBytes,
  };
  // Loaded once the port is open: with Request, Response and HTTP/2 it takes a tenth of the start time.
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
    // A connection that becomes idle after `close` would stay open until its keep-alive timeout.
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
