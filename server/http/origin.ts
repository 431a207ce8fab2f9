import type { Context } from 'hono';
import type { ServerOrigin } from '../domain/own-origin.ts';

/**
 * Returns the address at which clients reach this server, without a slash at the end: `PUBLIC_URL` where it is set, else
 * the origin that the request was sent to.
 */
export function originOf(c: Context, publicUrl: string | undefined): string {
  return publicUrl ?? new URL(c.req.url).origin;
}

/** Returns the same address, with whether it is configured. */
export function serverOriginOf(c: Context, publicUrl: string | undefined): ServerOrigin {
  return { url: originOf(c, publicUrl), isConfigured: publicUrl !== undefined };
}
