import type { Log } from '../base/log.ts';
import type { Database } from '../repo/database.ts';
import {
  claimDeliveries,
  type DeliveryRecord,
  endDeliveries,
  findNextDue,
  noteAttempt,
} from '../repo/webhook-deliveries.ts';
import { findWebhook, setWebhookDisabled } from '../repo/webhooks.ts';
import { type ResolveHost, resolveBySystem } from './address-guard.ts';
import { toMessageId } from './message-id.ts';
import { judge } from './schedule.ts';
import { sendMessage } from './send.ts';
import { signMessage } from './signature.ts';

/** Dependencies of the worker. */
export interface WorkerDeps {
  readonly database: Database;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Log;
  /** Whether deliveries may go to addresses of this machine or its network. */
  readonly allowPrivateWebhooks: boolean;
  /** Finds all addresses of a host; the system's resolver when undefined. */
  readonly resolveHost: ResolveHost | undefined;
}

/** Sends deliveries from the queue. */
export interface WebhookWorker {
  /** Sends everything that is due now, and what becomes due meanwhile; resolves when nothing of it is left in hand. */
  run(): Promise<void>;
  /** Has the run look into the queue again while it waits for replies: a receiver that hangs holds up only its own. */
  look(): void;
  /** Waits for what is under way; takes nothing new. */
  stop(): Promise<void>;
  /** When there is something to send next; undefined when nothing waits. */
  nextDue(): Promise<number | undefined>;
}

/** Longer than an attempt may take: what a process that died had in hand is taken over after this. */
const LEASE_MS = 60_000;
/** How many deliveries of one webhook are under way at once. */
const EACH = 4;
/** How many deliveries of all webhooks are. */
const MOST = 64;

/**
 * Makes what takes deliveries from the queue and sends them (reliability.md 2.5). Each is tried by itself: a receiver
 * that fails or hangs holds up only its own. Any number of processes may do so at once.
 */
export function createWebhookWorker(deps: WorkerDeps): WebhookWorker {
  const { database, now, log } = deps;
  const guard = { resolve: deps.resolveHost ?? resolveBySystem, allowPrivate: deps.allowPrivateWebhooks };
  const busy = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let isStopped = false;
  let isAsked = false;
  let wake = (): void => {};

  async function deliver(delivery: DeliveryRecord): Promise<void> {
    const webhook = await findWebhook(database.read, delivery.webhookId);
    // Deleted meanwhile, and its deliveries with it.
    if (!webhook || webhook.disabledAt !== null) return;
    const id = toMessageId(delivery);
    const timestamp = Math.floor(now() / 1000);
    const body = delivery.payload;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Inkling',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signMessage(webhook.secret, { id, timestamp, body }),
    };
    const { status, retryAfter, problem } = await sendMessage({ url: webhook.url, headers, body }, guard);
    const at = now();
    const verdict = judge({ status, retryAfter }, { attempts: delivery.attempts, now: at });
    await database.write(async (trx) => {
      await noteAttempt(trx, {
        id: delivery.id,
        status: verdict.status,
        nextAt: verdict.nextAt,
        at,
        replyStatus: status,
        problem: problem ?? (verdict.status === 'delivered' ? null : `status-${status}`),
      });
      if (verdict.isGone) await setWebhookDisabled(trx, webhook.id, at);
      // Another of its deliveries may have come back with that while this one was in hand: it waits for nothing, either.
      const isOver = async (): Promise<boolean> => (await findWebhook(trx, webhook.id))?.disabledAt !== null;
      if (verdict.isGone || (verdict.status === 'pending' && (await isOver())))
        await endDeliveries(trx, webhook.id, 'receiver-gone');
    });
    const facts = {
      delivery: delivery.id,
      webhook: webhook.id,
      attempt: delivery.attempts + 1,
      status,
      problem,
    };
    if (verdict.status === 'delivered') log.debug('webhook delivered', facts);
    else if (verdict.status === 'pending') log.info('webhook will be tried again', facts);
    else log.warn(verdict.isGone ? 'webhook disabled: its receiver is gone' : 'webhook given up', facts);
  }

  /** Takes what there is room for; says whether anything was taken. */
  async function takeSome(): Promise<boolean> {
    const at = now();
    const claim = { now: at, leasedUntil: at + LEASE_MS, each: EACH, most: MOST - underWay.size, busy };
    const claimed = await database.write((trx) => claimDeliveries(trx, claim));
    for (const delivery of claimed) {
      const { webhookId } = delivery;
      busy.set(webhookId, (busy.get(webhookId) ?? 0) + 1);
      const task = deliver(delivery)
        .catch((error: unknown) => log.warn('webhook attempt not noted', { error }))
        .finally(() => {
          underWay.delete(task);
          const left = (busy.get(webhookId) ?? 1) - 1;
          if (left > 0) busy.set(webhookId, left);
          else busy.delete(webhookId);
        });
      underWay.add(task);
    }
    return claimed.length > 0;
  }

  return {
    async run() {
      while (!isStopped) {
        isAsked = false;
        const hasTaken = await takeSome();
        // What was asked meanwhile may have come too late for this look.
        if (isAsked) continue;
        if (underWay.size === 0 && !hasTaken) return;
        const asked = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([asked, ...underWay]);
      }
    },
    look() {
      isAsked = true;
      wake();
    },
    async stop() {
      isStopped = true;
      await Promise.allSettled(underWay);
    },
    nextDue: () => findNextDue(database.read),
  };
}
