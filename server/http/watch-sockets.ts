import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { spendBudget, type ThroughputLimits } from './throughput-budget.ts';

/** Why a watched connection was closed: a request head, a body or a reply too slow, or idle while the server is busy. */
export type SlowKind = 'head' | 'body' | 'read' | 'rest';

/** Options of `watchSockets`. */
export interface WatchOptions extends ThroughputLimits {
  /** Interval between two checks, in ms. */
  readonly checkMs: number;
  /** With more open connections than this the server is busy: an idle connection is closed after `budgetMs`. */
  readonly busyAbove: number;
  /** Called before a connection is closed. */
  readonly onSlow?: (kind: SlowKind) => void;
}

interface Watched {
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  readonly budgets: Record<SlowKind, Budget>;
  /** Bytes that had arrived when the last request ended. */
  consumed: number;
  /** Whether the server was busy at any check since the last request. */
  wasBusy: boolean;
}

/** Time budget left for one kind of slowness; full whenever there is nothing to wait for. */
interface Budget {
  leftMs: number;
  /** Bytes moved up to the last check. */
  bytes: number;
}

/** Fields of a socket's handle: how much of what was written the operating system has taken. */
interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/**
 * Closes connections whose client is too slow at sending a body, reading a reply, or completing the head of a further
 * request. Node's own limits cover none of these: its request timeout would cut a large file on a slow line, and there
 * is none for a client that does not read.
 *
 * A small reply fits into the system's socket buffers, so the process can't tell whether it is being read. Therefore a
 * busy server closes a connection soon after its last reply; otherwise it may stay idle, as reverse proxies rely on.
 */
export function watchSockets(server: Server, { checkMs, busyAbove, onSlow, ...limits }: WatchOptions): void {
  const open = new Map<Socket, Watched>();

  server.on('connection', (socket: Socket) => {
    const full = (): Budget => ({ leftMs: limits.budgetMs, bytes: 0 });
    const budgets = { head: full(), body: full(), read: full(), rest: full() };
    open.set(socket, { request: undefined, response: undefined, budgets, consumed: 0, wasBusy: false });
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const watched = open.get(request.socket);
    if (!watched) return;
    Object.assign(watched, { request, response, consumed: request.socket.bytesRead, wasBusy: false });
    watched.budgets.rest.leftMs = limits.budgetMs;
  });

  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A delay of this process's own event loop is not charged to its clients.
    const elapsedMs = Math.min(now - last, 2 * checkMs);
    last = now;
    const isBusy = open.size > busyAbove;
    for (const [socket, watched] of open) {
      watched.wasBusy ||= isBusy;
      const kind = findSlowness(socket, watched, elapsedMs, limits);
      if (kind === undefined) continue;
      onSlow?.(kind);
      // A reset, so that the system drops its send buffer for a client that does not read.
      socket.resetAndDestroy();
    }
  }, checkMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

function findSlowness(
  socket: Socket,
  watched: Watched,
  elapsedMs: number,
  limits: ThroughputLimits,
): SlowKind | undefined {
  const { request, response, budgets } = watched;
  const { taken, pending } = readOutput(socket);
  const isUnderWay = request !== undefined && !(request.complete && response?.writableFinished);
  if (isUnderWay) watched.consumed = socket.bytesRead;
  // While our own receive buffer is full, this process is the slow one.
  const isSending =
    request !== undefined && !request.complete && request.readableLength < request.readableHighWaterMark;
  const isBegun = request !== undefined && !isUnderWay && socket.bytesRead > watched.consumed;

  const checks = {
    head: { isWaiting: isBegun, bytes: 0 },
    body: { isWaiting: isSending, bytes: socket.bytesRead },
    read: { isWaiting: pending > 0, bytes: taken },
    rest: { isWaiting: watched.wasBusy && request !== undefined && !isUnderWay, bytes: 0 },
  };
  for (const kind of ['head', 'body', 'read', 'rest'] as const) {
    const budget = budgets[kind];
    const { isWaiting, bytes } = checks[kind];
    const moved = { movedBytes: bytes - budget.bytes, elapsedMs };
    budget.leftMs = isWaiting ? spendBudget(budget.leftMs, moved, limits) : limits.budgetMs;
    budget.bytes = bytes;
    if (budget.leftMs <= 0) return kind;
  }
  return undefined;
}

/** Node counts a chunk as written once its last byte is; only the socket's handle knows how much the system has taken. */
function readOutput(socket: Socket): { readonly taken: number; readonly pending: number } {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null };
  const dispatched = handle?.bytesWritten ?? socket.bytesWritten;
  const queued = handle?.writeQueueSize ?? socket.writableLength;
  return { taken: dispatched - queued, pending: Math.max(queued, socket.writableLength) };
}
