import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Hono } from 'hono';
import {
  BUSY_CONNECTIONS,
  KEEP_ALIVE_MS,
  MAX_CONNECTIONS,
  MAX_HEAD_MS,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  MAX_STALL_MS,
  MAX_TURN_MS,
  MIN_BYTES_PER_SECOND,
  SPARE_CONNECTIONS,
} from '../src/core/limits.ts';
import { once } from './base/once.ts';
import type { Bindings } from './http/body.ts';
import { type Capacity, type CapacityLimits, createCapacity, type Share } from './http/capacity.ts';
import { isClientPath } from './http/cors.ts';
import { answerOutside } from './http/errors.ts';
import { isHealthPath } from './http/health-paths.ts';
import { type OutsideStatus, refuse } from './http/refuse.ts';
import { createTurns } from './http/turns.ts';
import { type SlowKind, type SocketWatch, watchSockets } from './http/watch-sockets.ts';

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
  readonly capacity?: Partial<CapacityLimits>;
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
  headersMs: MAX_HEAD_MS,
  budgetMs: MAX_STALL_MS,
  minBytesPerSecond: MIN_BYTES_PER_SECOND,
  keepAliveMs: KEEP_ALIVE_MS,
  busyAbove: BUSY_CONNECTIONS,
  checkMs: 1_000,
  headerBytes: MAX_HEADER_BYTES,
  headers: MAX_HEADERS,
  connections: MAX_CONNECTIONS,
  backlog: 4096,
};
const IDLE_CHECK_MS = 50;
/** Statuses for what Node's parser refuses; 400 for any other. */
const CLIENT_ERRORS: Readonly<Record<string, OutsideStatus>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Serves an app on a socket. Rejects with the system's error when it can't listen on the address. */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  { host, port, limits, capacity, onSlow }: ListenOptions,
): Promise<Listening> {
  const full = { ...LIMITS, ...limits };
  const server = createLimitedServer(full);
  const watch = watchSockets(server, { ...full, ...(onSlow ? { onSlow } : {}) });
  answerRequests(server, { app, watch, connections: full.connections, capacity: createCapacity(capacity) });
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

function createLimitedServer(limits: SocketLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersMs,
    // A fixed limit would cut large files on slow lines: `watchSockets` limits the time of bodies instead.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: limits.headerBytes,
  });
  server.maxHeadersCount = limits.headers;
  // The spare ones are accepted to be answered with 503.
  server.maxConnections = limits.connections + SPARE_CONNECTIONS;
  return server;
}

interface Parts {
  readonly app: Pick<Hono, 'fetch'>;
  readonly watch: SocketWatch;
  readonly capacity: Capacity;
  readonly connections: number;
}

/** Admits requests or refuses them, and starts those that are admitted in turns of the event loop. */
function answerRequests(server: Server, { app, watch, capacity, connections }: Parts): void {
  const shares = new WeakMap<IncomingMessage, Share>();
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  const inTurn = createTurns({ sliceMs: MAX_TURN_MS, accepted: () => accepted });
  const load = once(() => loadListener(app, (incoming) => shares.get(incoming)));
  server.once('listening', load);

  const start = async (request: IncomingMessage, reply: ServerResponse, share?: Share): Promise<void> => {
    try {
      // Nobody would read the reply.
      if (!request.socket.destroyed) await (await load())(request, reply);
    } finally {
      share?.leave();
    }
  };
  const answer = (request: IncomingMessage, reply: ServerResponse, waitsToSend = false): void => {
    const { url: address = '', method, socket } = request;
    const isHealth = isHealthPath(address);
    const isCrowded = watch.count() > connections;
    // Without a preflight a browser can't read the 503 of the request after it; the answer is a constant.
    const isPreflight = method === 'OPTIONS' && isClientPath(address);
    const share = isPreflight ? undefined : capacity.admit({ isHealth, end: () => watch.end(socket, 503) });
    watch.begin(request, reply, share);
    if (isCrowded) reply.setHeader('Connection', 'close');
    if ((isCrowded && !isHealth) || (share === undefined && !isPreflight)) {
      share?.leave();
      refuse(reply, 503, address);
      return;
    }
    if (share) shares.set(request, share);
    if (waitsToSend) reply.writeContinue();
    if (isHealth || isPreflight) void start(request, reply, share);
    else inTurn(() => void start(request, reply, share));
  };
  server.on('request', (request, reply) => answer(request, reply));
  // Without a listener, Node would ask for the body before the request is admitted.
  server.on('checkContinue', (request, reply) => answer(request, reply, true));
  server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
    const status = CLIENT_ERRORS[error.code ?? ''] ?? 400;
    if (error.code === 'ECONNRESET') socket.destroy();
    else watch.end(socket as Socket, status);
  });
}

/** Loaded once the port is open: with Request, Response and HTTP/2 it takes a tenth of the start time. */
async function loadListener(
  app: Pick<Hono, 'fetch'>,
  shareOf: (incoming: IncomingMessage) => Share | undefined,
): Promise<(request: IncomingMessage, reply: ServerResponse) => Promise<void>> {
  const { getRequestListener } = await import('@hono/node-server');
  return getRequestListener(
    (request, env) => {
      const bindings: Bindings = Object.assign(env, { share: shareOf(env.incoming as IncomingMessage) });
      return app.fetch(request, bindings);
    },
    { errorHandler: answerOutside },
  );
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
