import type { BeforeSend } from '../net/before-send.ts';
import type { Release } from '../store/lease.ts';
import { type SendShowing, startInklingProtocol } from './inkling-protocol.ts';
import { type LedgerOutboxDeps, openLedgerOutbox } from './ledger-outbox.ts';
import { createPost, type Net, type Post } from './send-body.ts';
import { createSendQueue, type SendQueue } from './send-queue.ts';

/** The least wait before the next try while `navigator.onLine` is false, which it may be wrongly. */
const OFFLINE_MS = 30_000;

/** Makes the function that sends showings to a server without Inkling's marker. */
export type StartFormbricksProtocol = (deps: DeliveryDeps & { readonly post: Post }) => SendShowing;

/** Dependencies passed in by the core. */
export interface DeliveryDeps extends LedgerOutboxDeps {
  readonly net: Net;
  /** `…/api/v1/client/{environmentId}` */
  readonly api: string;
  /** Only one tab of the site delivers at a time. */
  readonly takeLock: () => Promise<Release | undefined>;
  /** Loads `src/outbox/formbricks-protocol.ts`, for a server without the marker. Rejections are tried again later. */
  readonly loadForeign: () => Promise<{ readonly startFormbricksProtocol: StartFormbricksProtocol }>;
  /** The server's id of a person; undefined when it isn't known. Sent to a server without the marker. */
  readonly contactId: (userId: string) => string | undefined;
  readonly beforeSend?: BeforeSend | undefined;
}

/** Delivers the showings of a ledger until the server has acknowledged or refused each. */
export type Delivery = SendQueue;

/**
 * Makes the delivery of one environment: the queue that sends what the ledger holds, by the protocol of its server. Each
 * request carries the whole answer so far under ids made on the device, so that sending again is harmless.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { net } = deps;
  const post = createPost(net, deps.beforeSend);
  const sendToInkling = startInklingProtocol(deps.api, post);
  let sendToFormbricks: SendShowing | undefined;

  const send: SendShowing = async (showing, keepalive, isLeaving) => {
    if (deps.usesInklingProtocol()) return sendToInkling(showing, keepalive);
    try {
      if (!isLeaving)
        sendToFormbricks ??= (await deps.loadForeign()).startFormbricksProtocol({ ...deps, post });
    } catch {
      // The chunk is gone after a deploy, or there is no network: handled like a server that doesn't answer.
    }
    return (await sendToFormbricks?.(showing, keepalive, isLeaving)) ?? net.NO_REPLY;
  };

  return createSendQueue({ ...deps, outbox: openLedgerOutbox(deps), send, offlineMs: OFFLINE_MS });
}
