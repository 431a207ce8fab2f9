import type { Context } from 'hono';

/**
 * Where clients reach this server, without a slash at the end: `PUBLIC_URL` where it is set, else the address that
 * the request itself was sent to.
 */
export function originOf(c: Context, publicUrl: string | undefined): string {
  return publicUrl ?? new URL(c.req.url).origin;
}
