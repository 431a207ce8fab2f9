/** Counts per key in fixed time windows. */
export interface WindowCounter {
  /** Counts one more at `now` (epoch ms): 0 when it is within the limit, else the milliseconds to the window's end. */
  count(key: string, now: number): number;
}

/** Options of a counter. */
export interface WindowOptions {
  /** Requests allowed per key and window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Keys with a count of their own in one window; the others share counts. Default: 100,000. */
  readonly maxKeys?: number;
  /** Secret, so that nobody can search for keys that share a count with another client's. */
  readonly salt: number;
}

const SHARED_COUNTS = 1024;

/**
 * Makes a fixed-window counter whose windows are aligned to the clock (client-api.md 2.6).
 *
 * Memory is bounded: counts are dropped with their window, and keys beyond `maxKeys` share 1,024 counts. A shared count
 * may reach its limit early but never allows more, so making up keys gains nothing.
 */
export function createWindowCounter({
  limit,
  windowMs,
  maxKeys = 100_000,
  salt,
}: WindowOptions): WindowCounter {
  let window = Number.NaN;
  let counts = new Map<string, number>();
  let shared = new Map<number, number>();

  function add(key: string): number {
    const own = counts.get(key);
    if (own !== undefined || counts.size < maxKeys) {
      counts.set(key, (own ?? 0) + 1);
      return (own ?? 0) + 1;
    }
    const slot = hash(key, salt) % SHARED_COUNTS;
    const count = (shared.get(slot) ?? 0) + 1;
    shared.set(slot, count);
    return count;
  }

  return {
    count(key, now) {
      const current = Math.floor(now / windowMs);
      if (current !== window) {
        window = current;
        counts = new Map();
        shared = new Map();
      }
      return add(key) <= limit ? 0 : (current + 1) * windowMs - now;
    },
  };
}

/** FNV-1a with a secret offset basis. */
function hash(text: string, salt: number): number {
  let state = salt | 0;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  return state >>> 0;
}
