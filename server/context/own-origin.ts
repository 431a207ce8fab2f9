import type { Context } from 'hono';
import type { ServerContext } from './context.ts';

/**
 * Whether an origin is the server's own. Without `PUBLIC_URL` a proxy may speak https to the world and http to us: then
 * only the host counts.
 */
export function ownOrigins(context: ServerContext, c: Context): (origin: string) => boolean {
  const { publicUrl } = context;
  if (publicUrl !== undefined) {
    const own = new URL(publicUrl).origin;
    return (origin) => origin.toLowerCase() === own;
  }
  const { host } = new URL(c.req.url);
  return (origin) => origin.toLowerCase().replace(/^https?:\/\//, '') === host;
}
