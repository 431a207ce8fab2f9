import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type OutsideStatus, refuseOnSocket } from './refuse.ts';
import { spendBudget, type ThroughputLimits } from './throughput-budget.ts';

/** Why a watched connection was closed: a request head, a body or a reply too slow, or idle while the server is busy. */
export type SlowKind = 'head' | 'body' | 'read' | 'rest';

/** What the watch asks and tells about the body of a request. */
export interface WatchedBody {
  /** Whether a body that has had `bytes` arrive within `waitedMs` has had its time. */
  isOverdue(bytes: number, waitedMs: number): boolean;
  /** Notes the throughput since the last check. */
  note(bytesPerSecond: number): void;
}

/** Options of `watchSockets`. */
export interface WatchOptions extends ThroughputLimits {
  /** Interval between two checks, in ms. */
  readonly checkMs: number;
  /** With more open connections than this the server is busy: an idle connection is closed after `budgetMs`. */
  readonly busyAbove: number;
  /** Called before a connection is closed. */
  readonly onSlow?: (kind: SlowKind) => void;
}

/** The open connections of a server. */
export interface SocketWatch {
  /** Number of open connections. */
  count(): number;
  /** Watches a request; called once for each, before it is handled. */
  begin(request: IncomingMessage, response: ServerResponse, body: WatchedBody | undefined): void;
  /** Answers what is under way on a connection and closes it; without an answer if one has begun or others wait before. */
  end(socket: Socket, status: OutsideStatus): void;
}

interface Watched {
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  body: WatchedBody | undefined;
  /** Replies that are not finished. */
  pendingReplies: number;
  readonly budgets: Record<SlowKind, Budget>;
  /** When the last request began, and the bytes that had arrived with its head. */
  beganAt: number;
  beganBytes: number;
  /** Time for which the server has waited for the body of the last request. */
  waitedMs: number;
  /** Whether the last check found the last request finished. */
  wasIdle: boolean;
  /** Whether the server was busy at any check since the last request. */
  wasBusy: boolean;
  /** Whether the last answer is given, and the connection closed at the next check. */
  isEnding: boolean;
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
 * Closes connections whose client is too slow at sending a body, reading a reply, or sends something other than requests
 * between two of them. Node's own limits cover the head of each request and none of these: its request timeout would cut
 * a large file on a slow line, and there is none for a client that does not read.
 *
 * A small reply fits into the system's socket buffers, so the process can't tell whether it is being read. Therefore a
 * busy server closes a connection soon after its last reply; otherwise it may stay idle, as reverse proxies rely on.
 */
export function watchSockets(
  server: Server,
  { checkMs, busyAbove, onSlow, ...limits }: WatchOptions,
): SocketWatch {
  const open = new Map<Socket, Watched>();

  server.on('connection', (socket: Socket) => {
    open.set(socket, toWatched(limits.budgetMs));
    socket.once('close', () => open.delete(socket));
  });

  function end(socket: Socket, status: OutsideStatus): void {
    const watched = open.get(socket);
    if (!watched || watched.isEnding || !socket.writable || !isUnanswered(watched)) {
      // A reset, so that the system drops its send buffer for a client that does not read.
      socket.resetAndDestroy();
      return;
    }
    watched.isEnding = true;
    refuseOnSocket(socket, status, watched.pendingReplies === 0 ? undefined : watched.request?.url);
  }

  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A delay of this process's own event loop is not charged to its clients.
    const elapsedMs = Math.min(now - last, 2 * checkMs);
    last = now;
    const isBusy = open.size > busyAbove;
    for (const [socket, watched] of open) {
      watched.wasBusy ||= isBusy;
      const kind = watched.isEnding ? 'body' : findSlowness(socket, watched, { now, elapsedMs }, limits);
      if (kind === undefined) continue;
      if (!watched.isEnding) onSlow?.(kind);
      if (kind === 'body') end(socket, 408);
      else socket.resetAndDestroy();
    }
  }, checkMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));

  return {
    count: () => open.size,
    begin(request, response, body) {
      const watched = open.get(request.socket);
      if (!watched) return;
      const began = { beganAt: performance.now(), beganBytes: request.socket.bytesRead, waitedMs: 0 };
      Object.assign(watched, { request, response, body, ...began, wasIdle: false, wasBusy: false });
      // Each request has budgets of its own. Only that for reading stays: requests must not earn it.
      for (const kind of ['head', 'body', 'rest'] as const) watched.budgets[kind].leftMs = limits.budgetMs;
      watched.pendingReplies += 1;
      response.once('close', () => {
        watched.pendingReplies -= 1;
      });
    },
    end,
  };
}

function toWatched(budgetMs: number): Watched {
  const full = (): Budget => ({ leftMs: budgetMs, bytes: 0 });
  return {
    request: undefined,
    response: undefined,
    body: undefined,
    pendingReplies: 0,
    budgets: { head: full(), body: full(), read: full(), rest: full() },
    beganAt: 0,
    beganBytes: 0,
    waitedMs: 0,
    wasIdle: false,
    wasBusy: false,
    isEnding: false,
  };
}

/** Whether exactly one request is without an answer: the one that is read, or the next, of which the head is not complete. */
function isUnanswered({ request, response, pendingReplies }: Watched): boolean {
  if (pendingReplies === 0) return request === undefined || request.complete;
  return pendingReplies === 1 && response?.headersSent === false;
}

/** The moment of a check, and the time since the one before. */
interface Check {
  readonly now: number;
  readonly elapsedMs: number;
}

function findSlowness(
  socket: Socket,
  watched: Watched,
  { now, elapsedMs }: Check,
  limits: ThroughputLimits,
): SlowKind | undefined {
  const { request, response, budgets, wasIdle } = watched;
  const { taken, pending } = readOutput(socket);
  const isUnderWay = request !== undefined && !(request.complete && response?.writableFinished);
  const isIdle = request !== undefined && !isUnderWay;
  // While our own receive buffer is full, this process is the slow one.
  const isSending =
    request !== undefined && !request.complete && request.readableLength < request.readableHighWaterMark;
  // Only what came since a check that found the connection idle is no part of a body.
  const isStray = isIdle && wasIdle && socket.bytesRead > budgets.head.bytes;
  const requestMs = Math.min(elapsedMs, now - watched.beganAt);
  if (isSending && isBodyOverdue(socket, watched, requestMs)) return 'body';
  watched.wasIdle = isIdle;

  const checks = {
    // Never filled up while idle: what drips between two requests has one budget in all.
    head: { isWaiting: isStray, isFull: !isIdle, bytes: socket.bytesRead, movedBytes: 0, ms: elapsedMs },
    body: { isWaiting: isSending, isFull: !isSending, bytes: socket.bytesRead, ms: requestMs },
    read: { isWaiting: pending > 0, isFull: pending === 0, bytes: taken, ms: elapsedMs },
    rest: { isWaiting: watched.wasBusy && isIdle && wasIdle, isFull: !isIdle, bytes: 0, ms: elapsedMs },
  };
  for (const kind of ['head', 'body', 'read', 'rest'] as const) {
    const budget = budgets[kind];
    const { isWaiting, isFull, bytes, ms, ...rest } = checks[kind];
    const moved = { movedBytes: bytes - budget.bytes, elapsedMs: ms, ...rest };
    if (isWaiting) budget.leftMs = spendBudget(budget.leftMs, moved, limits);
    else if (isFull) budget.leftMs = limits.budgetMs;
    budget.bytes = bytes;
    if (budget.leftMs <= 0) return kind;
  }
  return undefined;
}

/** Whether a body has had its time in all, however steadily it comes. */
function isBodyOverdue(socket: Socket, watched: Watched, ms: number): boolean {
  const { body, budgets } = watched;
  watched.waitedMs += ms;
  // A body that began since the last check has no throughput to compare yet.
  if (watched.waitedMs > ms && ms > 0) body?.note(((socket.bytesRead - budgets.body.bytes) / ms) * 1000);
  return body?.isOverdue(socket.bytesRead - watched.beganBytes, watched.waitedMs) ?? false;
}

/** Node counts a chunk as written once its last byte is; only the socket's handle knows how much the system has taken. */
function readOutput(socket: Socket): { readonly taken: number; readonly pending: number } {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null };
  const dispatched = handle?.bytesWritten ?? socket.bytesWritten;
  const queued = handle?.writeQueueSize ?? socket.writableLength;
  return { taken: dispatched - queued, pending: Math.max(queued, socket.writableLength) };
}
