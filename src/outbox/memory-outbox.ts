import type { Outbox, Queued } from './send-queue.ts';

/** An outbox in memory, for one item that is sent each time it changes. */
export interface MemoryOutbox<T extends Queued> extends Outbox<T> {
  /** Replaces the item by one with a higher `seq`. */
  readonly put: (item: T) => void;
}

/** Listeners of an outbox in memory. */
export interface MemoryOutboxHooks<T extends Queued> {
  readonly onDelivered: (sent: T) => void;
  readonly onRefused: (code: string) => void;
}

/** Opens an outbox in memory that holds one item. */
export function openMemoryOutbox<T extends Queued>(
  first: T,
  { onDelivered, onRefused }: MemoryOutboxHooks<T>,
): MemoryOutbox<T> {
  let latest = first;
  let settledSeq = 0;
  return {
    waiting: () => (latest.seq > settledSeq ? [latest] : []),
    acknowledge: async (sent) => {
      settledSeq = sent.seq;
      onDelivered(sent);
    },
    refuse: async (sent, code) => {
      settledSeq = sent.seq;
      onRefused(code);
    },
    refresh: async () => {},
    trim: async () => {},
    put: (item) => {
      latest = item;
    },
  };
}
