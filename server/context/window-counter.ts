/** Counts by key, anew in each window. */
export interface WindowCounter {
  /** Counts one more at `now` (epoch ms): 0 when it is within the limit, else the milliseconds to the window's end. */
  count(key: string, now: number): number;
}

/** What a counter is made of. */
export interface WindowOptions {
  /** How many pass per key and window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Keys that get a count of their own in one window; 100,000 unless told. */
  readonly maxKeys?: number;
  /** Secret, so that nobody can look for keys that share a count with somebody else's. */
  readonly salt: number;
}

const SHARED_COUNTS = 1024;

/**
 * Decides how many requests pass per key in fixed windows aligned to the clock (client-api.md 2.6).
 *
 * Memory is bounded: the counts of a window go with it, and keys beyond `maxKeys` share a few counts. Sharing can make
 * somebody wait earlier, but lifts nobody's limit, so making up keys gains nothing.
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

/** FNV-1a from a secret start. */
function hash(text: string, salt: number): number {
  let state = salt | 0;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  return state >>> 0;
}
