import { retryAfterMs } from '../core/retry-delay.ts';

/** No request of ours stays open longer. */
const TIMEOUT_MS = 30_000;
/** Refusals that may end: a server that is being set up, a limit of some proxy's, too much at once. */
const PASSING = [401, 404, 408, 413, 425, 429];

/** What came of a request. Never an exception: a patched or missing `fetch` is a failure like any other. */
export interface Reply {
  /** 0 when there was no answer. */
  readonly status: number;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: unknown;
  /** The server's clock, epoch ms, where it may be read. */
  readonly serverNow: number | undefined;
  /** What `Retry-After` asks for, in ms. */
  readonly retryAfterMs: number;
}

/** No answer at all. */
export const NO_REPLY: Reply = { status: 0, body: undefined, serverNow: undefined, retryAfterMs: 0 };

/**
 * Whether the server says "done". Its envelope says so, not the status alone: a hotel's sign-in page is a 200 too, and
 * what it "took" would be lost.
 */
export function isOk({ status, body }: Reply): boolean {
  const { data } = (body ?? {}) as { data?: unknown };
  return status >= 200 && status < 300 && typeof data === 'object' && data !== null;
}

/**
 * A refusal that no retry will change: the server's own, in its envelope. A firewall's 403 page is not. Too large is
 * not either: an answer is never thrown away for its size, it expires (client-api.md 6.15).
 */
export function isRefused({ status, body }: Reply): boolean {
  return status >= 400 && status < 500 && !PASSING.includes(status) && codeOf({ body }) !== undefined;
}

/** The code of a refusal, where the server gives one. */
export function codeOf({ body }: Pick<Reply, 'body'>): string | undefined {
  return (body as { code?: string } | null | undefined)?.code;
}

/**
 * Sends one request. A body makes it a POST with the default content type of a string, `text/plain`: a simple request
 * that no browser preflights (design.md 5.3).
 *
 * @param init what differs from that
 */
export async function request(url: string, body?: string, init?: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(url, {
      ...(body === undefined ? { cache: 'no-cache' } : { method: 'POST', body }),
      credentials: 'omit',
      signal: globalThis.AbortSignal?.timeout?.(TIMEOUT_MS),
      ...init,
    });
    // The browser's own reader: a page's broken JSON.parse doesn't reach it.
    const json = await response.json().catch(() => undefined);
    const date = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      body: json,
      serverNow: Number.isNaN(date) ? undefined : date,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now(), Date.parse),
    };
  } catch {
    return NO_REPLY;
  }
}
