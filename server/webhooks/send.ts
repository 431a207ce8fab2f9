import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { MAX_WEBHOOK_REPLY_BYTES, WEBHOOK_TIMEOUT_MS } from '../../src/core/limits.ts';
import {
  findTarget,
  type GuardOptions,
  hostOf,
  isPublicAddress,
  RefusedAddress,
  type Target,
} from './address-guard.ts';
import type { Outcome } from './retry-schedule.ts';

/** An HTTP message to a webhook. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Result of an attempt, without the reply's body. */
export interface Sent extends Outcome {
  /** Reason why there was no reply, as one word. */
  readonly problem: string | null;
}

/**
 * Posts a message to a webhook. It connects to the address that was checked, checks the remote address once more when
 * connected (against DNS rebinding), and follows no redirect. Never rejects: a failure is in the result.
 */
export async function sendMessage(
  message: Message,
  guard: GuardOptions,
  timeoutMs: number = WEBHOOK_TIMEOUT_MS,
): Promise<Sent> {
  const began = performance.now();
  try {
    const target = await findTarget(message.url, guard);
    const left = timeoutMs - (performance.now() - began);
    return await post(target, { message, allowPrivate: guard.allowPrivate, timeoutMs: Math.max(1, left) });
  } catch (error) {
    return { status: null, problem: toProblem(error) };
  }
}

interface Post {
  readonly message: Message;
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
}

function post(target: Target, { message, allowPrivate, timeoutMs }: Post): Promise<Sent> {
  const { url } = target;
  const isSecure = url.protocol === 'https:';
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const send = isSecure ? requestSecure : requestPlain;
    const outgoing = send({
      method: 'POST',
      host,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...message.headers,
        Host: url.host,
        Connection: 'close',
        'Content-Length': String(Buffer.byteLength(message.body)),
        ...(url.username || url.password ? { Authorization: toBasic(url) } : {}),
      },
      // Replaces the agent, so that no resolver, pool or proxy chooses another address.
      createConnection: (_options, done) => {
        open(target, { isSecure, host, allowPrivate }).then(
          (socket) => done(null, socket),
          (error: Error) => done(error, undefined as never),
        );
        return undefined;
      },
    });
    const timer = setTimeout(() => outgoing.destroy(new TimeoutError('too slow')), timeoutMs);
    const settle = (result: () => void): void => {
      clearTimeout(timer);
      result();
    };
    outgoing.on('error', (error) => settle(() => reject(error)));
    outgoing.on('response', (reply) => {
      const { statusCode = 0, headers } = reply;
      const retryAfter = headers['retry-after'];
      let size = 0;
      const finish = (): void =>
        settle(() => {
          outgoing.destroy();
          resolve({ status: statusCode, retryAfter, problem: null });
        });
      reply.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_WEBHOOK_REPLY_BYTES) finish();
      });
      reply.on('end', finish);
      // The reply broke off: the receiver may have processed it or not, and delivery is at least once.
      reply.on('error', (error) => settle(() => reject(error)));
    });
    outgoing.end(message.body);
  });
}

function open(
  { url, address }: Target,
  { isSecure, host, allowPrivate }: { isSecure: boolean; host: string; allowPrivate: boolean },
): Promise<Socket> {
  const port = Number(url.port) || (isSecure ? 443 : 80);
  return new Promise((resolve, reject) => {
    const socket: Socket = isSecure
      ? connectSecure({ host: address, port, ...(isIP(host) ? {} : { servername: host }) })
      : connect({ host: address, port });
    const timer = setTimeout(() => socket.destroy(new TimeoutError('too slow')), WEBHOOK_TIMEOUT_MS);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      if (!allowPrivate && !isPublicAddress(socket.remoteAddress ?? '')) {
        socket.destroy(new RefusedAddress('connected to another address than the one that was checked'));
      }
    });
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      if (!socket.destroyed) resolve(socket);
    });
  });
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

function toBasic({ username, password }: URL): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Maps an error to one word; its message may contain text of a resolver or a receiver. */
function toProblem(error: unknown): string {
  if (error instanceof RefusedAddress) return 'refused-address';
  if (error instanceof TimeoutError) return 'timeout';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'connection-refused';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'connection-reset';
  if (/CERT|SSL|TLS|SELF_SIGNED/.test(code)) return 'certificate';
  return 'connection-failed';
}
