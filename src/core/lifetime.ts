const DAY_MS = 86_400_000;

/** Something the server said, and until when it may be used without asking again. Epoch ms of the device. */
export interface Dated<T> {
  readonly data: T;
  readonly at: number;
  readonly until: number;
}

/**
 * Until when a reply is fresh, on the device's clock (design.md 5.1).
 *
 * The lifetime is `expiresAt` minus the server's own `Date`, so a wrong device clock changes nothing. Without a
 * readable `Date` the device's clock is believed within 0 to 24 h, else `fallbackMs` counts.
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
 * Decides whether a stored reply may be used without a request. One from the future means the clock was set back, and
 * none is used for longer than a day, whatever is stored.
 */
export function isFresh(reply: Pick<Dated<unknown>, 'at' | 'until'> | undefined, now: number): boolean {
  return reply !== undefined && reply.at <= now && now < Math.min(reply.until, reply.at + DAY_MS);
}
