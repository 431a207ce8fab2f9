import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ServerContext } from '../context/context.ts';
import type { RequestFacts } from '../domain/response-meta.ts';
import { readUserAgent, toDevice } from '../domain/user-agent.ts';
import type { SegmentMoment } from '../segments/compile-filter.ts';
import { findClientAddress, findClientKey } from './client-address.ts';

/** Headers in which content delivery networks tell the visitor's country. */
const COUNTRY_HEADERS = ['cf-ipcountry', 'cloudfront-viewer-country'] as const;

/** Reads the facts of a request that storing a response needs. */
export function readRequestFacts(
  c: Context,
  { trustedProxies }: Pick<ServerContext, 'trustedProxies'>,
): RequestFacts {
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
  return {
    userAgent: c.req.header('user-agent'),
    country: COUNTRY_HEADERS.map((name) => toCountry(c.req.header(name))).find(Boolean),
    address: findClientAddress({
      socketAddress: incoming?.socket.remoteAddress,
      forwardedFor: c.req.header('x-forwarded-for'),
      trustedProxies,
    }),
  };
}

/**
 * Reads the key of the client's address, by which limits count. Undefined where it can't be known, and for requests
 * without a socket, as tests send them: they are not counted.
 */
export function readAddressKey(
  c: Context,
  { trustedProxies }: Pick<ServerContext, 'trustedProxies'>,
): string | undefined {
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
  const forwardedFor = c.req.header('x-forwarded-for');
  return (
    incoming && findClientKey({ socketAddress: incoming.socket.remoteAddress, forwardedFor, trustedProxies })
  );
}

/** Reads the instant and the device that segments are evaluated for. */
export function readMoment(c: Context, { now }: Pick<ServerContext, 'now'>): SegmentMoment {
  return { now: now(), device: toDevice(readUserAgent(c.req.header('user-agent'))) };
}

/** Reads the proof of a user id for a route without a body (client-api.md 4.7). */
export function readUserHash(c: Context): string | undefined {
  return c.req.header('x-inkling-user-hash');
}

/** Two letters or digits; `T1` (Tor) and `XX` (unknown) pass as the network sends them. */
function toCountry(header: string | undefined): string | undefined {
  const code = header?.trim().toUpperCase() ?? '';
  return /^[A-Z0-9]{2}$/.test(code) ? code : undefined;
}
