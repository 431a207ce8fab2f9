import { waiting } from '../core/targeting/ledger.ts';
import type { Delivery, DeliveryDeps } from './delivery.ts';

/** A delivery whose code isn't there yet. */
export interface LazyDelivery extends Delivery {
  /** Fetches the code. To be awaited before a survey opens: what is answered must be able to leave with the page. */
  readonly load: () => Promise<void>;
}

/**
 * The delivery of `delivery.ts`, whose code a page fetches once something waits: when a survey opens, or when an earlier
 * page has left something. `fetchCode` rejects when it can't be had; the next call tries again.
 */
export function createLazyDelivery(
  deps: DeliveryDeps,
  fetchCode: () => Promise<{ createDelivery: (deps: DeliveryDeps) => Delivery }>,
): LazyDelivery {
  let real: Delivery | undefined;
  let isStopped = false;

  const load = async (): Promise<void> => {
    const { createDelivery } = await fetchCode();
    if (!isStopped) real ??= createDelivery(deps);
  };

  return {
    load,
    drain: async () => {
      if (waiting(deps.showings.value()).length === 0) return;
      try {
        if (!real) await load();
      } catch {
        return; // What waits is stored.
      }
      await real?.drain();
    },
    flush: () => real?.flush(),
    watch: (listener) => real?.watch(listener) ?? (() => {}),
    stop: () => {
      isStopped = true;
      real?.stop();
    },
  };
}
