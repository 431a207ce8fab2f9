import { retryAfterMs } from '../core/retry-delay.ts';

/** No request of ours stays open longer. */
const TIMEOUT_MS = 30_000;

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

/** Whether the reply says "done". */
export function isOk({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

/** A refusal that no retry will change. 401 and 404 can be a server that is being set up (client-api.md 6.15). */
export function isRefused({ status }: Reply): boolean {
  return status >= 400 && status < 500 && ![401, 404, 408, 425, 429].includes(status);
}

/**
 * Sends one request. A body makes it a POST with the default content type of a string, `text/plain`: a simple request
 * that no browser preflights (design.md 5.3).
 */
export async function request(url: string, body?: string, keepalive = false): Promise<Reply> {
  try {
    const response = await fetch(url, {
      ...(body === undefined ? { cache: 'no-cache' } : { method: 'POST', body, keepalive }),
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    const date = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      body: parse(text),
      serverNow: Number.isNaN(date) ? undefined : date,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now(), Date.parse),
    };
  } catch {
    return { status: 0, body: undefined, serverNow: undefined, retryAfterMs: 0 };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
