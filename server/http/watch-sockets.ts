import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Pace, spendPatience } from './throughput-budget.ts';

/** What a watched connection was closed for. */
export type SlowKind = 'head' | 'body' | 'read' | 'rest';

/** How connections are watched. */
export interface WatchOptions extends Pace {
  /** How often they are looked at. */
  readonly checkMs: number;
  /** More connections than this are a crowd: those that are part of one may not rest for longer than the patience. */
  readonly crowd: number;
  readonly onSlow?: (kind: SlowKind) => void;
}

interface Watched {
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  readonly waits: Record<SlowKind, Wait>;
  /** Bytes that had arrived when the last request was over. */
  consumed: number;
  /** There has been a crowd since the last request. */
  isInCrowd: boolean;
}

/** What is left of the patience for one kind of slowness; full whenever there is nothing to wait for. */
interface Wait {
  leftMs: number;
  bytes: number;
}

/** The parts of a socket's handle that tell what the system has taken of what was written. */
interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/**
 * Closes connections whose other end is too slow: in sending a body, in reading replies, or in following a finished
 * request by bytes that never become one. Node's own limits see none of these: its request timeout would cut a large
 * file on a slow line, and it waits forever for a reader.
 *
 * A small reply fits into the system's buffers, and nothing in the process tells whether it is being read. So in a
 * crowd a connection is closed soon after its last reply; in quiet times it may rest, as proxies rely on.
 */
export function watchSockets(server: Server, { checkMs, crowd, onSlow, ...pace }: WatchOptions): void {
  const open = new Map<Socket, Watched>();

  server.on('connection', (socket: Socket) => {
    const full = (): Wait => ({ leftMs: pace.patienceMs, bytes: 0 });
    const waits = { head: full(), body: full(), read: full(), rest: full() };
    open.set(socket, { request: undefined, response: undefined, waits, consumed: 0, isInCrowd: false });
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const watched = open.get(request.socket);
    if (!watched) return;
    Object.assign(watched, { request, response, consumed: request.socket.bytesRead, isInCrowd: false });
    watched.waits.rest.leftMs = pace.patienceMs;
  });

  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was held up itself must not hold that against its clients.
    const elapsedMs = Math.min(now - last, 2 * checkMs);
    last = now;
    const isCrowded = open.size > crowd;
    for (const [socket, watched] of open) {
      watched.isInCrowd ||= isCrowded;
      const kind = findSlowness(socket, watched, elapsedMs, pace);
      if (kind === undefined) continue;
      onSlow?.(kind);
      // Reset, so that the system drops what it still holds for a reader that does not read.
      socket.resetAndDestroy();
    }
  }, checkMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

function findSlowness(socket: Socket, watched: Watched, elapsedMs: number, pace: Pace): SlowKind | undefined {
  const { request, response, waits } = watched;
  const { taken, pending } = readOutput(socket);
  const isUnderWay = request !== undefined && !(request.complete && response?.writableFinished);
  if (isUnderWay) watched.consumed = socket.bytesRead;
  // While our own buffer is full it is us who are slow.
  const isSending =
    request !== undefined && !request.complete && request.readableLength < request.readableHighWaterMark;
  const isBegun = request !== undefined && !isUnderWay && socket.bytesRead > watched.consumed;

  const checks = {
    head: { isWaiting: isBegun, bytes: 0 },
    body: { isWaiting: isSending, bytes: socket.bytesRead },
    read: { isWaiting: pending > 0, bytes: taken },
    rest: { isWaiting: watched.isInCrowd && request !== undefined && !isUnderWay, bytes: 0 },
  };
  for (const kind of ['head', 'body', 'read', 'rest'] as const) {
    const wait = waits[kind];
    const { isWaiting, bytes } = checks[kind];
    const moved = { movedBytes: bytes - wait.bytes, elapsedMs };
    wait.leftMs = isWaiting ? spendPatience(wait.leftMs, moved, pace) : pace.patienceMs;
    wait.bytes = bytes;
    if (wait.leftMs <= 0) return kind;
  }
  return undefined;
}

/** Node counts a chunk as written when the last byte of it is: only the handle tells how far the system has come. */
function readOutput(socket: Socket): { readonly taken: number; readonly pending: number } {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null };
  const dispatched = handle?.bytesWritten ?? socket.bytesWritten;
  const queued = handle?.writeQueueSize ?? socket.writableLength;
  return { taken: dispatched - queued, pending: Math.max(queued, socket.writableLength) };
}
