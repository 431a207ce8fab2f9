import {
  LARGE_BODY_PAUSE_MS,
  LARGE_BODY_PAUSES,
  MAX_BODIES_BYTES,
  MAX_BODY_MS,
  MAX_HEALTH_REQUESTS,
  MAX_REQUESTS,
  MAX_UNSIGNED_UPLOADS_BYTES,
  MAX_UPLOADS_BYTES,
  MIN_UPLOAD_BYTES_PER_SECOND,
} from '../../src/core/limits.ts';
import { tooBusy } from '../base/api-error.ts';
import { createPacer } from './pacer.ts';

/** What a body is: each kind has a budget of bytes of its own. */
export type BodyKind = 'json' | 'upload' | 'unsigned-upload';

/** Bounds on what all requests of a process take together. */
export interface CapacityLimits {
  readonly requests: number;
  readonly healthRequests: number;
  /** Bytes of all bodies of a kind. */
  readonly bytes: Readonly<Record<BodyKind, number>>;
  /** Longest time that a body arrives, in ms. */
  readonly bodyMs: number;
  /** A permitted upload may take longer, as long as it has this throughput on average. */
  readonly uploadBytesPerSecond: number;
}

/** The share of the server that one request takes. */
export interface Share {
  /** The request now waits for its body: it is not counted while it does. */
  receive(kind: BodyKind): void;
  /** Holds bytes of its body. Throws 503 when the budget of its kind is used up. */
  hold(bytes: number): void;
  /** The upload is permitted: what it holds moves to that budget. Throws 503 when it is used up. */
  permit(): void;
  /** Resolves when a large body may be parsed and checked: one after another, with pauses for all other requests. */
  takeTurn(): Promise<void>;
  /** The body is complete. Throws 503 when too many requests are worked on. */
  complete(): void;
  /** Whether a body that has had `bytes` arrive within `waitedMs` has had its time. */
  isOverdue(bytes: number, waitedMs: number): boolean;
  /** Notes the throughput of the body since the last look, in bytes per second. */
  note(bytesPerSecond: number): void;
  /** The request is over, and its handler has ended. */
  leave(): void;
}

/** Decides which requests and which bytes the server takes on. */
export interface Capacity {
  /** Admits a request; undefined when it must be refused. `end` is called if its body has to make room for others. */
  admit(request: { readonly isHealth: boolean; readonly end: () => void }): Share | undefined;
}

interface Held {
  kind: BodyKind;
  bytes: number;
  /** Undefined until the body has been looked at once. */
  pace: number | undefined;
  isReceiving: boolean;
  readonly end: () => void;
}

const LIMITS: CapacityLimits = {
  requests: MAX_REQUESTS,
  healthRequests: MAX_HEALTH_REQUESTS,
  bytes: {
    json: MAX_BODIES_BYTES,
    upload: MAX_UPLOADS_BYTES,
    'unsigned-upload': MAX_UNSIGNED_UPLOADS_BYTES,
  },
  bodyMs: MAX_BODY_MS,
  uploadBytesPerSecond: MIN_UPLOAD_BYTES_PER_SECOND,
};

/**
 * Makes the one place that decides what the server takes on: how many requests are worked on, those for its health apart
 * from all others, and how many bytes of bodies it holds.
 *
 * A body holds what has arrived of it until its request is over. When the budget is used up, the slowest body that is
 * still arriving makes room, if it is slower than any honest client; else the new bytes are refused.
 */
export function createCapacity(replaced: Partial<CapacityLimits> = {}): Capacity {
  const limits = { ...LIMITS, ...replaced };
  const worked = { health: 0, other: 0 };
  const total: Record<BodyKind, number> = { json: 0, upload: 0, 'unsigned-upload': 0 };
  const holding = new Set<Held>();
  const takeTurn = createPacer({ pauses: LARGE_BODY_PAUSES, leastMs: LARGE_BODY_PAUSE_MS });

  function take(held: Held, kind: BodyKind, bytes: number): void {
    while (total[kind] + bytes > limits.bytes[kind]) {
      const slowest = findSlowest(holding, kind, limits.uploadBytesPerSecond);
      if (!slowest || slowest === held) throw tooBusy();
      release(slowest);
      slowest.end();
    }
    total[kind] += bytes;
    held.bytes += bytes;
  }
  function release(held: Held): void {
    total[held.kind] -= held.bytes;
    held.bytes = 0;
    held.isReceiving = false;
    holding.delete(held);
  }

  return {
    admit({ isHealth, end }) {
      const counter = isHealth ? 'health' : 'other';
      const most = isHealth ? limits.healthRequests : limits.requests;
      if (worked[counter] >= most) return undefined;
      worked[counter] += 1;
      let isCounted = true;
      const held: Held = { kind: 'json', bytes: 0, pace: undefined, isReceiving: false, end };
      return {
        receive(kind) {
          held.kind = kind;
          held.isReceiving = true;
          holding.add(held);
          worked[counter] -= 1;
          isCounted = false;
        },
        hold(bytes) {
          // One that has made room may have bytes under way still.
          if (!held.isReceiving) throw tooBusy();
          take(held, held.kind, bytes);
        },
        permit() {
          const { bytes, kind } = held;
          if (kind === 'upload') return;
          held.bytes = 0;
          total[kind] -= bytes;
          held.kind = 'upload';
          take(held, 'upload', bytes);
        },
        takeTurn() {
          held.isReceiving = false;
          return takeTurn();
        },
        complete() {
          held.isReceiving = false;
          if (worked[counter] >= most) throw tooBusy();
          worked[counter] += 1;
          isCounted = true;
        },
        isOverdue(bytes, waitedMs) {
          const earnedMs = held.kind === 'upload' ? (bytes / limits.uploadBytesPerSecond) * 1000 : 0;
          return waitedMs > limits.bodyMs + earnedMs;
        },
        note(bytesPerSecond) {
          held.pace = bytesPerSecond;
        },
        leave() {
          release(held);
          if (isCounted) worked[counter] -= 1;
          isCounted = false;
        },
      };
    },
  };
}

/** Finds the body that holds the most bytes for its throughput, among those slower than `belowBytesPerSecond`. */
function findSlowest(
  holding: ReadonlySet<Held>,
  kind: BodyKind,
  belowBytesPerSecond: number,
): Held | undefined {
  let slowest: Held | undefined;
  let most = 0;
  for (const held of holding) {
    if (held.kind !== kind || !held.isReceiving) continue;
    if (held.pace === undefined || held.pace >= belowBytesPerSecond) continue;
    const cost = held.bytes / (held.pace + 1);
    if (cost > most) [slowest, most] = [held, cost];
  }
  return slowest;
}
