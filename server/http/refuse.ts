import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { outsideHeaders } from './cors.ts';

/** Status of a reply that is sent without the app: the request could not be read, took too long, or is one too many. */
export type OutsideStatus = 400 | 408 | 413 | 431 | 503;

const BODIES: Readonly<Record<OutsideStatus, { readonly code: string; readonly message: string }>> = {
  400: { code: 'bad_request', message: 'The request cannot be read' },
  408: { code: 'request_timeout', message: 'The request took too long to arrive' },
  413: { code: 'payload_too_large', message: 'Payload Too Large' },
  431: { code: 'bad_request', message: 'The headers of the request are too large' },
  503: { code: 'service_unavailable', message: 'Too busy right now. Please try again.' },
};

/** Answers a request before the app sees it. What is left of its body is read and dropped. */
export function refuse(reply: ServerResponse, status: OutsideStatus, address: string | undefined): void {
  const { body, headers } = toReply(status, address);
  reply.writeHead(status, headers).end(reply.req.method === 'HEAD' ? undefined : body);
}

/** Answers on the socket and ends the connection: for a request that is half read, or that is none. */
export function refuseOnSocket(socket: Socket, status: OutsideStatus, address: string | undefined): void {
  const { body, headers } = toReply(status, address);
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

function toReply(
  status: OutsideStatus,
  address: string | undefined,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const body = JSON.stringify({ ...BODIES[status], details: {} });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Date: new Date().toUTCString(),
    ...outsideHeaders(address),
    ...(status === 503 ? { 'Retry-After': '1' } : {}),
  };
  return { body, headers };
}
