import type { Reply } from '../net/request.ts';

/** A browser refuses bodies that may sendWithKeepalive the page beyond 65,536 bytes in all (reliability.md 1.1). */
const KEEPALIVE_BYTES = 60_000;

/** Bytes under way in requests that may sendWithKeepalive the page. */
let aliveBytes = 0;

/**
 * Sends a body so that it arrives even when the page goes away, before the call returns. All such bodies together stay
 * below 60,000 bytes; one that doesn't fit is sent like any other.
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

/** Where a page has taken `Blob` away, nothing fits. */
function sizeOf(body: string): number {
  try {
    return new Blob([body]).size;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
