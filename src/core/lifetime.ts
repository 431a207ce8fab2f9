const DAY_MS = 86_400_000;

/** A server reply, and until when it may be used without another request. Epoch ms of the device's clock. */
export interface Dated<T> {
  readonly data: T;
  readonly at: number;
  readonly until: number;
}

/**
 * Instant until which a reply is fresh, on the device's clock (architecture.md 5.1).
 *
 * The lifetime is `expiresAt` minus the server's own `Date`, so a wrong device clock changes nothing. Without a
 * readable `Date` the device's clock is used if that gives 0 to 24 h, else `fallbackMs`.
 */
export function freshUntil(
  expiresAt: number,
  serverNow: number | undefined,
  now: number,
  fallbackMs: number,
): number {
  const lifetime = expiresAt - (serverNow ?? now);
  return now + (lifetime >= 0 && lifetime <= DAY_MS ? lifetime : fallbackMs);
}

/**
 * Whether a stored reply may be used without a request. A reply from the future means that the clock was set back; no
 * reply is used for longer than a day, whatever its lifetime.
 */
export function isFresh(reply: Pick<Dated<unknown>, 'at' | 'until'> | undefined, now: number): boolean {
  return reply !== undefined && reply.at <= now && now < Math.min(reply.until, reply.at + DAY_MS);
}
