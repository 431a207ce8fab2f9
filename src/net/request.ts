import { retryAfterMs } from '../core/retry-delay.ts';

/** A request is aborted after this time. */
const TIMEOUT_MS = 30_000;
/** Statuses worth a retry: a server that is being set up, a limit of a proxy, too many requests. */
const PASSING = [401, 404, 408, 413, 425, 429];

/** The result of a request. Never an exception: a patched or missing `fetch` counts as no answer. */
export interface Reply {
  /** 0 when there was no answer. */
  readonly status: number;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: unknown;
  /** The server's clock, epoch ms, where it may be read. */
  readonly serverNow: number | undefined;
  /** The time that `Retry-After` asks for, ms; 0 without one. */
  readonly retryAfterMs: number;
}

/** The result of a request without an answer. */
export const NO_REPLY: Reply = { status: 0, body: undefined, serverNow: undefined, retryAfterMs: 0 };

/**
 * Whether the server has done what was asked. Needs its envelope, not only the status: a captive portal's sign-in page
 * is a 200 too, and an answer sent to it would be lost.
 */
export function isOk({ status, body }: Reply): boolean {
  const { data } = (body ?? {}) as { data?: unknown };
  return status >= 200 && status < 300 && typeof data === 'object' && data !== null;
}

/**
 * Whether the server has refused in a way that no retry will change: in its own envelope, which a firewall's 403 page
 * lacks. 413 is none: an answer is never dropped for its size, it expires (client-api.md 6.15).
 */
export function isRefused({ status, body }: Reply): boolean {
  return status >= 400 && status < 500 && !PASSING.includes(status) && codeOf({ body }) !== undefined;
}

/** The code of a refusal; undefined when the body has none. */
export function codeOf({ body }: Pick<Reply, 'body'>): string | undefined {
  return (body as { code?: string } | null | undefined)?.code;
}

/**
 * Sends one request. A body makes it a POST with the default content type of a string, `text/plain`: a simple request
 * that no browser preflights (architecture.md 5.3).
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
    // The browser's own parser: a page that broke `JSON.parse` doesn't affect it.
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
