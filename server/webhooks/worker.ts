import { setTimeout as wait } from 'node:timers/promises';
import { WEBHOOK_PAUSE_MS } from '../../src/core/limits.ts';
import type { Log } from '../base/log.ts';
import type { ResolveHost } from '../base/resolve-host.ts';
import type { OwnAddresses } from '../files/own-address.ts';
import { toMessageId } from '../replies/message-id.ts';
import { toWebhookBody } from '../replies/webhook-body.ts';
import type { Database } from '../repo/database.ts';
import { findListedResponse } from '../repo/responses.ts';
import { findSurvey } from '../repo/surveys.ts';
import {
  claimDeliveries,
  type DeliveryRecord,
  endDeliveries,
  findNextDue,
  noteAttempt,
} from '../repo/webhook-deliveries.ts';
import { findWebhook, setWebhookDisabled, type WebhookRecord } from '../repo/webhooks.ts';
import { resolveBySystem } from './address-guard.ts';
import { judge } from './retry-schedule.ts';
import { type Message, sendMessage } from './send.ts';
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
  /** Where addresses of files in a body lead. */
  readonly addresses: OwnAddresses;
}

/** Sends deliveries from the queue. */
export interface WebhookWorker {
  /** Sends all due deliveries, and those that become due meanwhile; resolves when none is in flight. */
  run(): Promise<void>;
  /** Makes a run that waits for replies check the queue again: a hanging receiver delays only its own deliveries. */
  look(): void;
  /** Waits for deliveries in flight and claims no other. */
  stop(): Promise<void>;
  /** Returns when the next delivery is due (epoch ms); undefined for an empty queue. */
  nextDue(): Promise<number | undefined>;
}

/** Lease of a claimed delivery, longer than an attempt: after it another process takes over what a dead one had claimed. */
const LEASE_MS = 60_000;
/** Deliveries of one webhook in flight at most. */
const EACH = 4;
/** Deliveries of all webhooks in flight at most. */
const MOST = 64;

/**
 * Makes a worker that claims deliveries from the queue and sends them, each independently: a receiver that fails or hangs
 * delays only its own. Any number of processes may run one on the same database.
 */
export function createWebhookWorker(deps: WorkerDeps): WebhookWorker {
  const { database, now, log } = deps;
  const guard = { resolve: deps.resolveHost ?? resolveBySystem, allowPrivate: deps.allowPrivateWebhooks };
  const busy = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let isStopped = false;
  let isAsked = false;
  let claimedAt = Number.NEGATIVE_INFINITY;
  let wake = (): void => {};

  async function deliver(delivery: DeliveryRecord): Promise<void> {
    const webhook = await findWebhook(database.read, delivery.webhookId);
    // Deleted meanwhile together with its deliveries.
    if (!webhook || webhook.disabledAt !== null) return;
    const body = await makeBody(delivery);
    // Erased meanwhile, and its deliveries with it.
    if (body === undefined) return;
    const message = toMessage(webhook, { id: toMessageId(delivery), body, now: now() });
    const { status, retryAfter, problem } = await sendMessage(message, guard);
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
      // Another delivery may have received 410 while this one was in flight: then this one must not stay pending.
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

  /** Reads what is sent: the response as it is at this moment. */
  async function makeBody(delivery: DeliveryRecord): Promise<string | undefined> {
    const [response, survey] = await Promise.all([
      findListedResponse(database.read, delivery.responseId),
      findSurvey(database.read, delivery.surveyId),
    ]);
    return response && survey && toWebhookBody(delivery, { response, survey, base: deps.addresses.base });
  }

  /** Leaves the process to its visitors for a moment, however many deliveries are due. */
  async function pause(): Promise<void> {
    const leftMs = claimedAt + WEBHOOK_PAUSE_MS - performance.now();
    if (leftMs > 0) await wait(leftMs);
    claimedAt = performance.now();
  }

  /** Claims as many deliveries as may be in flight; returns whether there were any. */
  async function claimSome(): Promise<boolean> {
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
        await pause();
        if (isStopped) return;
        isAsked = false;
        const hasClaimed = await claimSome();
        // A delivery queued meanwhile may have missed this claim.
        if (isAsked) continue;
        if (underWay.size === 0 && !hasClaimed) return;
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

function toMessage(
  { url, secret }: WebhookRecord,
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: number },
): Message {
  const timestamp = Math.floor(now / 1000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Inkling',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signMessage(secret, { id, timestamp, body }),
  };
  return { url, headers, body };
}
