import { retryDelay } from '../core/retry-delay.ts';
import type { Reply } from '../net/request.ts';
import { uptime } from '../platform/wait.ts';
import type { Release } from '../store/lease.ts';
import type { Net } from './send-body.ts';

/** Delay before a tab asks for the lock again while another one has it, ms. */
const BUSY_MS = 2_000;

/** Something to send. */
export interface Queued {
  readonly id: string;
  /** Higher each time its content changes; all of the content is sent each time. */
  readonly seq: number;
}

/** Where a queue keeps what it sends. */
export interface Outbox<T extends Queued> {
  /** The items neither acknowledged nor refused, oldest first. From memory: also readable in `pagehide`. */
  readonly waiting: () => readonly T[];
  /** Records that the server has stored it. */
  readonly acknowledge: (sent: T) => Promise<void>;
  /** Records that it won't be sent again. */
  readonly refuse: (sent: T, code: string) => Promise<void>;
  /** Called before each round: reads what other tabs have written. */
  readonly refresh: () => Promise<void>;
  /** Called after each round that left items: drops those for which there is no room. */
  readonly trim: () => Promise<void>;
}

/** Options of a queue. */
export interface SendQueueOptions<T extends Queued> {
  readonly outbox: Outbox<T>;
  readonly net: Pick<Net, 'codeOf' | 'isOk' | 'isRefused'>;
  /**
   * Sends one. While the page goes away (`isLeaving`) the request leaves before the call returns.
   *
   * @param keepalive whether the request should arrive even when the page goes away
   */
  readonly send: (item: T, keepalive: boolean, isLeaving?: boolean) => Promise<Reply>;
  /** Undefined while another tab of the site sends. */
  readonly takeLock: () => Promise<Release | undefined>;
  /** The least wait before the next try while `navigator.onLine` is false, ms. */
  readonly offlineMs: number;
}

/** Sends the items of an outbox, in order, until the server has acknowledged or refused each. */
export interface SendQueue {
  /** Sends the waiting items. Shares a run that is under way; settles when nothing more can be done now. Never rejects. */
  readonly drain: () => Promise<void>;
  /** Sends the waiting items that aren't under way, before the call returns: for a page that goes away. */
  readonly flush: () => void;
  /** Calls back whenever the outbox may have changed. Returns an unsubscribe function. */
  readonly watch: (listener: () => void) => () => void;
  readonly stop: () => void;
}

/**
 * Makes the queue that sends what an outbox holds. Sending again must be harmless: an item leaves the outbox only after
 * the server's acknowledgement (architecture.md 5.2).
 *
 * After a failure the next round waits for a backoff. A server that asks for time (`Retry-After`) gets no request until then, and
 * a 429 that does so isn't a failure. `navigator.onLine` never stops anything.
 */
export function createSendQueue<T extends Queued>(options: SendQueueOptions<T>): SendQueue {
  const { outbox, net, send } = options;
  let failures = 0;
  let quietUntil = 0;
  /** The `seq` of each item whose request is under way and arrives even when the page goes away. */
  const inFlight = new Map<string, number>();
  const watchers = new Set<() => void>();
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(drain, ms);
  };
  const notify = (): void => {
    for (const listener of watchers) listener();
  };

  /**
   * Sends each item once, in order; a server that doesn't answer, or limits requests, gets no more of them. Whether
   * everything that waited was sent.
   */
  const sendAll = async (): Promise<boolean> => {
    await outbox.refresh();
    let askedMs = -1;
    let hasFailed = false;
    for (const item of outbox.waiting()) {
      // A browser may have refused to keep the request alive: after a failure it goes like any other.
      const keepalive = failures === 0;
      if (keepalive) inFlight.set(item.id, item.seq);
      const reply = await send(item, keepalive);
      inFlight.delete(item.id);
      if (net.isOk(reply)) await outbox.acknowledge(item);
      else if (net.isRefused(reply)) await outbox.refuse(item, net.codeOf(reply) ?? '');
      else {
        const { status, retryAfterMs } = reply;
        askedMs = Math.max(askedMs, retryAfterMs);
        if (status !== 429 || !retryAfterMs) hasFailed = true;
        if (status === 0 || status === 429) break;
      }
      notify();
    }
    if (askedMs < 0) {
      failures = 0;
      return true;
    }
    if (hasFailed) failures++;
    await outbox.trim();
    const delay = retryDelay(failures, Math.random(), askedMs);
    if (askedMs > 0) quietUntil = uptime() + delay;
    later(navigator.onLine === false ? Math.max(delay, options.offlineMs) : delay);
    return false;
  };
  const run = async (): Promise<void> => {
    const release = await options.takeLock();
    if (!release) return later(BUSY_MS);
    try {
      do isWanted = false;
      while ((await sendAll()) && isWanted);
    } finally {
      release();
      notify();
    }
  };
  const drain = async (): Promise<void> => {
    isWanted = true;
    if (isRunning || outbox.waiting().length === 0) return;
    const restMs = quietUntil - uptime();
    if (restMs > 0) return later(restMs);
    isRunning = true;
    try {
      await run();
    } catch {
      // A bug of ours, or a page that broke a function we call: the items are stored, the next drain tries again.
    }
    isRunning = false;
  };

  return {
    drain,
    flush: () => {
      for (const item of outbox.waiting()) {
        if (inFlight.get(item.id) !== item.seq) void send(item, true, true);
      }
    },
    watch: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
