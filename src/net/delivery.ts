import { retryDelay } from '../core/retry-delay.ts';
import { hasAnswers, type Showing } from '../core/targeting/history.ts';
import { acknowledge, type Ledger, refuse, waiting } from '../core/targeting/ledger.ts';
import type { StoredRecord } from '../store/record.ts';
import type { WireDisplayRequest, WireResponseRequest } from '../wire/response.ts';
import { isOk, isRefused, request } from './request.ts';
import type { Release } from './tab-lock.ts';

/** What a browser lets a page send while it goes away, with a margin (reliability.md 1.1). */
const KEEPALIVE_BYTES = 60_000;
/** How soon a tab looks again when another one is delivering. */
const BUSY_MS = 2_000;

/** What delivery needs from the shell. */
export interface DeliveryDeps {
  /** `…/api/v1/client/{environmentId}` */
  readonly api: string;
  readonly showings: StoredRecord<Ledger>;
  /** Only one tab of the site delivers at a time. */
  readonly takeLock: () => Promise<Release | undefined>;
  readonly onDelivered: (showing: Showing) => void;
  readonly onRefused: (showing: Showing, code: string) => void;
}

/** Delivers what the ledger holds, in order, until the server has acknowledged or refused it. */
export interface Delivery {
  /** Sends what waits. Shares a run that is under way; settles when nothing more can be done now. */
  drain: () => Promise<void>;
  /** Sends this page's unacknowledged entries while the page goes away: from memory, without waiting. */
  flush: () => void;
  stop: () => void;
}

/**
 * Makes the delivery of one environment. Each request carries the whole answer so far under ids made here, so sending
 * again is harmless and an entry is dropped only after the server's acknowledgement (design.md 5.2, 5.3).
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { api, showings } = deps;
  const inFlight = new Map<string, number>();
  let isRunning = false;
  let isWanted = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(drain, ms);
  };

  /** Whether everything that could be sent now was. */
  const sendAll = async (): Promise<boolean> => {
    await showings.refresh();
    let askedMs: number | undefined;
    for (const showing of waiting(showings.value())) {
      const { path, body } = toRequest(showing);
      inFlight.set(showing.id, showing.seq);
      const reply = await request(api + path, body, body.length < KEEPALIVE_BYTES);
      inFlight.delete(showing.id);
      if (isOk(reply)) {
        await showings.update((old) => acknowledge(old, showing.id, showing.seq, Date.now()));
        deps.onDelivered(showing);
      } else if (isRefused(reply)) {
        const code = (reply.body as { code?: string } | undefined)?.code ?? `${reply.status}`;
        await showings.update((old) => refuse(old, showing.id, showing.seq, code));
        deps.onRefused(showing, code);
      } else {
        askedMs = Math.max(askedMs ?? 0, reply.retryAfterMs);
        if (reply.status === 0) break;
      }
    }
    failures = askedMs === undefined ? 0 : failures + 1;
    if (askedMs !== undefined) later(retryDelay(failures, Math.random(), askedMs));
    return askedMs === undefined;
  };

  const drain = async (): Promise<void> => {
    isWanted = true;
    if (isRunning || waiting(showings.value()).length === 0) return;
    isRunning = true;
    const release = await deps.takeLock();
    if (release) {
      try {
        do isWanted = false;
        while ((await sendAll()) && isWanted);
      } finally {
        release();
      }
    } else {
      later(BUSY_MS);
    }
    isRunning = false;
  };

  const flush = (): void => {
    let room = KEEPALIVE_BYTES;
    for (const showing of waiting(showings.value())) {
      if (inFlight.get(showing.id) === showing.seq) continue;
      const { path, body } = toRequest(showing);
      room -= body.length;
      if (room < 0) return;
      void request(api + path, body, true);
    }
  };

  return { drain, flush, stop: () => clearTimeout(timer) };
}

/** A showing as a request: the display alone while nothing is answered, else the answer, which brings its display. */
function toRequest(showing: Showing): { path: string; body: string } {
  const { id, seq, surveyId, displayId, who, progress } = showing;
  // What is undefined isn't sent.
  const userId = who ?? undefined;
  if (!hasAnswers(showing)) {
    const display: WireDisplayRequest = { id: displayId, surveyId, userId };
    return { path: '/displays', body: JSON.stringify(display) };
  }
  const response: WireResponseRequest = {
    id,
    seq,
    surveyId,
    displayId,
    userId,
    finished: showing.finished,
    data: showing.answers ?? {},
    variables: progress?.variables,
    ttc: progress?.ttc,
    language: showing.languageCode,
    endingId: progress?.endingId ?? undefined,
    meta: showing.meta,
  };
  return { path: '/responses', body: JSON.stringify(response) };
}
