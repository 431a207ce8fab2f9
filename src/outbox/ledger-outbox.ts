import type { Showing } from '../core/targeting/history.ts';
import { acknowledge, type Ledger, refuse, waiting } from '../core/targeting/ledger.ts';
import type { stringify } from '../platform/json.ts';
import type { StoredRecord } from '../store/record.ts';
import { DROPPED } from './send-body.ts';
import type { Outbox } from './send-queue.ts';

/** A showing that has not arrived this long after it was shown is dropped. */
const EXPIRY_MS = 7 * 86_400_000;
/** Undelivered showings beyond this are dropped, oldest first; measured as JSON. */
const STORED_CHARS = 2_000_000;

/** Dependencies of a ledger's outbox, passed in by the core. */
export interface LedgerOutboxDeps {
  readonly showings: StoredRecord<Ledger>;
  readonly net: { readonly stringify: typeof stringify };
  /** Whether the environment carries Inkling's marker. Undefined while it isn't known: nothing can be sent then. */
  readonly usesInklingProtocol: () => boolean | undefined;
  /** Called when the server has stored the showing as it was sent. */
  readonly onDelivered: (showing: Showing) => void;
  /**
   * Called when a showing won't be sent again. `code` is the server's, or `expired` after 7 days, or `full` when more waits than
   * is kept. Not called for what `beforeSend` dropped.
   */
  readonly onRefused: (showing: Showing, code: string) => void;
}

/** Opens the ledger as an outbox: the showings with `ackedSeq < seq` wait. */
export function openLedgerOutbox(deps: LedgerOutboxDeps): Outbox<Showing> {
  const { showings, net, usesInklingProtocol, onDelivered, onRefused } = deps;
  const giveUp = async (showing: Showing, code: string): Promise<void> => {
    await showings.update((old) => refuse(old, showing.id, showing.seq, code));
    if (code !== DROPPED) onRefused(showing, code);
  };
  const list = (): readonly Showing[] =>
    usesInklingProtocol() === undefined ? [] : waiting(showings.value());
  return {
    waiting: list,
    refresh: async () => {
      await showings.refresh();
      for (const showing of list()) {
        if (Date.now() - showing.shownAt > EXPIRY_MS) await giveUp(showing, 'expired');
      }
    },
    acknowledge: async (showing) => {
      await showings.update((old) => acknowledge(old, showing.id, showing.seq, Date.now()));
      onDelivered(showing);
    },
    refuse: giveUp,
    trim: async () => {
      let room = STORED_CHARS;
      for (const showing of list().toReversed()) {
        room -= net.stringify(showing).length;
        if (room < 0) await giveUp(showing, 'full');
      }
    },
  };
}
