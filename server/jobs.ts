import { DELIVERY_LOG_MS, MAX_ENDED_DELIVERIES, MAX_PENDING_DELIVERIES } from '../src/core/limits.ts';
import type { ServerContext } from './context/context.ts';
import { eraseResponses, removeFiles } from './domain/erase-contact.ts';
import { measureUploads, sweepUploads } from './domain/stored-files.ts';
import { bumpRevision } from './repo/environments.ts';
import { listOldResponses } from './repo/responses.ts';
import {
  changeStatus,
  completeSurvey,
  listDueSurveys,
  listSurveysWithRetention,
  lockSurvey,
} from './repo/surveys.ts';
import {
  deleteOldDeliveries,
  deleteSurplusDeliveries,
  endSurplusDeliveries,
  listFullQueues,
} from './repo/webhook-deliveries.ts';
import type { WebhookWorker } from './webhooks/worker.ts';

/** Background jobs of the server. */
export interface Jobs {
  /** Runs what is due; resolves when it is done, except for deliveries that an earlier call is still sending. Never rejects. */
  tick(): Promise<void>;
  /** Sends deliveries that were just queued, before the next tick. */
  kick(): void;
  /** Waits for running jobs and starts no other. */
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const SWEEP_MS = 60 * 60_000;
/** Time between two looks at how many deliveries wait. */
const BOUND_MS = 60_000;
const CHUNK = 200;

/**
 * Makes the background jobs: sending webhooks, opening and closing surveys by their schedule, erasing responses that are
 * older than their survey's retention, giving up what is beyond the bound of a queue, removing uploads that no answer uses.
 * Any number of processes may run them on one database.
 */
export function createJobs(context: ServerContext): Jobs {
  const { database, now, log } = context;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let boundedAt = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let underWay: Promise<unknown> = Promise.resolve();
  // Loaded with the first run, to keep the start short.
  let worker: WebhookWorker | undefined;
  let sending: Promise<void> | undefined;
  let isAsked = false;

  async function followSchedules(): Promise<void> {
    const at = now();
    for (const due of await listDueSurveys(database.read, at)) {
      await database.write(async (trx) => {
        const survey = await lockSurvey(trx, due.id);
        if (!survey) return;
        const { publishOn, closeOn } = survey.document;
        const isDue = (instant: unknown): boolean => typeof instant === 'string' && Date.parse(instant) <= at;
        if (isDue(closeOn) && survey.status !== 'draft') await completeSurvey(trx, survey, at);
        else if (survey.status === 'paused' && isDue(publishOn)) {
          const document = { ...survey.document, publishOn: null };
          await changeStatus(trx, { ...survey, status: 'inProgress', document, updatedAt: at });
        } else return;
        await bumpRevision(trx, survey.environmentId);
      });
    }
  }

  async function boundQueues(): Promise<void> {
    if (now() - boundedAt < BOUND_MS) return;
    boundedAt = now();
    for (const id of await listFullQueues(database.read, MAX_PENDING_DELIVERIES)) {
      while (await database.write((trx) => endSurplusDeliveries(trx, id, MAX_PENDING_DELIVERIES)));
    }
  }

  async function sweep(): Promise<void> {
    if (now() - sweptAt < SWEEP_MS) return;
    sweptAt = now();
    let erased = 0;
    for (const { id, days } of await listSurveysWithRetention(database.read)) {
      for (;;) {
        const before = now() - days * DAY_MS;
        const old = await listOldResponses(database.read, id, { before, limit: CHUNK });
        if (old.length > 0) await database.write((trx) => eraseResponses(trx, old));
        erased += old.length;
        if (old.length < CHUNK) break;
      }
    }
    await database.write((trx) => deleteOldDeliveries(trx, now() - DELIVERY_LOG_MS));
    await database.write((trx) => deleteSurplusDeliveries(trx, MAX_ENDED_DELIVERIES));
    const unused = await sweepUploads(context);
    await removeFiles(context);
    if (unused > 0) log.info('unused uploads removed', { files: unused });
    if (erased === 0) return;
    await database.scrub();
    log.info('responses erased by age', { responses: erased });
  }

  /** One run at a time; a call during a run makes it check the queue again. */
  function send(): Promise<void> | undefined {
    isAsked = true;
    worker?.look();
    if (sending) return undefined;
    sending = sendAll();
    return sending;
  }

  async function sendAll(): Promise<void> {
    try {
      worker ??= (await import('./webhooks/worker.ts')).createWebhookWorker(context);
      while (isAsked && !isStopped) {
        isAsked = false;
        await worker.run();
      }
    } catch (error) {
      log.warn('webhooks not sent, tried again', { error });
    } finally {
      sending = undefined;
    }
  }

  async function guarded(name: string, job: () => Promise<void>): Promise<void> {
    try {
      if (!isStopped) await job();
    } catch (error) {
      log.warn('a job failed and is tried again', { job: name, error });
    }
  }

  return {
    async tick() {
      if (isStopped) return;
      const looking = guarded('schedules', followSchedules)
        .then(() => guarded('queues', boundQueues))
        .then(() => guarded('uploads', () => measureUploads(context)))
        .then(() => guarded('sweep', sweep));
      underWay = Promise.all([underWay, looking]);
      await Promise.all([looking, send()]);
    },
    kick() {
      if (!isStopped) void send();
    },
    async stop() {
      isStopped = true;
      await worker?.stop();
      await Promise.all([underWay, sending]);
    },
  };
}
