import type { DeliveryStatus } from '../repo/webhook-deliveries.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Delay after each attempt, in ms: ten attempts within 75 h 35 min 5 s, as Standard Webhooks suggests. */
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

/** Upper limit of `Retry-After`. */
const MAX_PAUSE_MS = 24 * HOUR;

/** Result of an attempt; the status is null when there was no reply. */
export interface Outcome {
  readonly status: number | null;
  /** The `Retry-After` header as it came. */
  readonly retryAfter?: string | undefined;
}

/** State of the delivery after an attempt. */
export interface Verdict {
  readonly status: DeliveryStatus;
  /** Epoch ms. */
  readonly nextAt: number;
  /** Whether the receiver answered 410 Gone: the webhook is disabled. */
  readonly isGone: boolean;
}

/**
 * Decides the state of a delivery after an attempt: only 2xx is a success, a redirect is a failure, 410 disables the
 * webhook, and after the tenth failed attempt the delivery is dead. `Retry-After` can delay the next attempt, never hasten
 * it.
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

/** Parses `Retry-After`, seconds or a date, as ms; 0 for anything else. */
function toPause(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 0;
  const text = retryAfter.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), MAX_PAUSE_MS);
}
