import type { DeliveryStatus } from '../repo/webhook-deliveries.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each attempt the next one follows, in ms: ten attempts within 75 h 35 min 5 s (reliability.md 2.5). */
const DELAYS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A receiver may ask for a pause, but not for ever. */
const MAX_PAUSE_MS = 24 * HOUR;

/** What came back; a status of null means that nothing did. */
export interface Outcome {
  readonly status: number | null;
  /** The `Retry-After` header as it came. */
  readonly retryAfter?: string | undefined;
}

/** What follows from it. */
export interface Verdict {
  readonly status: DeliveryStatus;
  /** Epoch ms. */
  readonly nextAt: number;
  /** The receiver says that it is gone for good: nothing more is sent to it. */
  readonly isGone: boolean;
}

/**
 * Decides what follows from an attempt: only 2xx is a success, a redirect is a failure like any other, 410 ends the
 * webhook, and after the tenth attempt the delivery is dead. A pause that the receiver asks for only ever makes it later.
 */
export function judge(
  { status, retryAfter }: Outcome,
  { attempts, now }: { readonly attempts: number; readonly now: number },
): Verdict {
  if (status !== null && status >= 200 && status < 300) {
    return { status: 'delivered', nextAt: now, isGone: false };
  }
  if (status === 410) return { status: 'dead', nextAt: now, isGone: true };
  const delay = DELAYS[attempts];
  if (delay === undefined) return { status: 'dead', nextAt: now, isGone: false };
  const nextAt = now + Math.max(delay, toPause(retryAfter, now));
  return { status: 'pending', nextAt, isGone: false };
}

/** Seconds, or a date; 0 for anything else. */
function toPause(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 0;
  const text = retryAfter.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), MAX_PAUSE_MS);
}
