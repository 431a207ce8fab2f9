import type { Reply } from '../net/request.ts';

/** Browsers refuse `keepalive` bodies beyond 65,536 bytes in all; some are left for the page's own requests. */
const KEEPALIVE_BYTES = 60_000;

/** Bytes of the `keepalive` bodies that are under way. */
let aliveBytes = 0;

/**
 * Sends a body with `keepalive`, so that it arrives even when the page goes away; the request leaves before the call
 * returns. All such bodies together stay within 60,000 bytes; one that doesn't fit is sent without `keepalive`.
 */
export async function sendWithKeepalive(
  body: string,
  send: (keepalive: boolean) => Promise<Reply>,
): Promise<Reply> {
  const bytes = sizeOf(body);
  if (aliveBytes + bytes > KEEPALIVE_BYTES) return send(false);
  aliveBytes += bytes;
  try {
    return await send(true);
  } finally {
    aliveBytes -= bytes;
  }
}

/** Number of bytes of a body; infinite on a page that has removed `Blob`. */
function sizeOf(body: string): number {
  try {
    return new Blob([body]).size;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
