import { retryDelay } from '../core/retry-delay.ts';
import { hasAnswers, type Showing } from '../core/targeting/history.ts';
import { acknowledge, type Ledger, refuse, waiting } from '../core/targeting/ledger.ts';
import type { BeforeSend, BodyKind, toBody } from '../net/before-send.ts';
import type { Reply } from '../net/request.ts';
import type { stringify } from '../platform/json.ts';
import { uptime } from '../platform/wait.ts';
import type { Release } from '../store/lease.ts';
import type { StoredRecord } from '../store/record.ts';
import type { WireDisplayRequest, WireResponseRequest } from '../wire/response.ts';
import { sendWithKeepalive } from './keepalive.ts';

/** How soon a tab looks again when another one is delivering. */
const BUSY_MS = 2_000;
/** `navigator.onLine` says false: perhaps wrongly, so that is how long the next try waits at least. */
const OFFLINE_MS = 30_000;
/** What has not arrived this long after it was shown is dropped. */
const EXPIRY_MS = 7 * 86_400_000;
/** Undelivered showings beyond this are dropped, oldest first; measured as JSON. */
const STORED_CHARS = 2_000_000;
/** The page's hook dropped it: refused, but nobody's mistake. */
export const DROPPED = 'before-send';

/** Sends one body, seen by the page's hook, so that it arrives even when the page goes away. */
export type Post = (url: string, content: object, kind: BodyKind, init?: RequestInit) => Promise<Reply>;

/**
 * Brings one showing to the server, by the server's own rules. The reply speaks for all of the showing. While the page
 * goes away, the first request leaves before the call returns, and none that only the next visit can build upon.
 */
export type SendShowing = (showing: Showing, isLeaving?: boolean) => Promise<Reply>;

/** Makes what carries showings to a server without our marker. */
export type StartFormbricksProtocol = (deps: DeliveryDeps & { readonly post: Post }) => SendShowing;

/** The parts of `src/net` that the core has already: lent, so that the chunk does without a second copy. */
export type Net = Pick<
  typeof import('../net/request.ts'),
  'codeOf' | 'isOk' | 'isRefused' | 'NO_REPLY' | 'request'
> & { readonly toBody: typeof toBody; readonly stringify: typeof stringify };

/** What delivery needs from the shell. */
export interface DeliveryDeps {
  readonly net: Net;
  /** `…/api/v1/client/{environmentId}` */
  readonly api: string;
  readonly showings: StoredRecord<Ledger>;
  /** Only one tab of the site delivers at a time. */
  readonly takeLock: () => Promise<Release | undefined>;
  /** Whether the environment carries Inkling's marker. Undefined while it isn't known: nothing is sent then. */
  readonly usesInklingProtocol?: () => boolean | undefined;
  /** `src/outbox/formbricks-protocol.ts`, for a server without the marker. Rejects while that can't be had: tried again later. */
  readonly loadForeign?: () => Promise<{ readonly startFormbricksProtocol: StartFormbricksProtocol }>;
  /** The server's id of a person; undefined when it isn't known. A server without the marker is told it. */
  readonly contactId?: (userId: string) => string | undefined;
  readonly beforeSend?: BeforeSend | undefined;
  readonly onDelivered: (showing: Showing) => void;
  /**
   * A showing won't be sent again. `code` is the server's, or `expired` after 7 days, or `full` when more waits than
   * is kept. Not called for what `beforeSend` dropped.
   */
  readonly onRefused: (showing: Showing, code: string) => void;
}

/** Delivers what the ledger holds, in order, until the server has acknowledged or refused it. */
export interface Delivery {
  /** Sends what waits. Shares a run that is under way; settles when nothing more can be done now. Never rejects. */
  drain: () => Promise<void>;
  /** Sends this page's unacknowledged entries while the page goes away: from memory, without waiting. */
  flush: () => void;
  /**
   * Calls whenever the ledger may say something else of what is delivered; compare `ackedSeq` with `seq`. Gives what
   * ends it. For the ending that tells when an answer is saved but not yet sent.
   */
  watch: (listener: () => void) => () => void;
  stop: () => void;
}

/**
 * Makes the delivery of one environment. Each request carries the whole answer so far under ids made here, so sending
 * again is harmless and an entry is dropped only after the server's acknowledgement (design.md 5.2, 5.3).
 *
 * What fails is tried again after a random part of a doubling time; a server that asks for a time (`Retry-After`) is
 * left alone until then, and a 429 that does so isn't a failure. `navigator.onLine` never stops anything.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { api, showings, usesInklingProtocol = () => true } = deps;
  const { codeOf, isOk, isRefused, NO_REPLY, request, stringify, toBody } = deps.net;
  /** What is under way and will arrive even when the page goes. */
  const inFlight = new Map<string, number>();
  const watchers = new Set<() => void>();
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let isLeaving = false;
  let sendToFormbricks: SendShowing | undefined;
  let failures = 0;
  /** The server asked to be left alone until then; on a clock that nobody sets. */
  let quietUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(drain, ms);
  };

  const post: Post = async (url, content, kind, init) => {
    const body = toBody(deps.beforeSend, content, kind);
    if (body === null) return { ...NO_REPLY, status: 400, body: { code: DROPPED } };
    // Not 0, which would hold up the others: only this one could not be sent.
    if (body === undefined) return { ...NO_REPLY, status: 1 };
    // A browser may have refused to let it sendWithKeepalive the page: after a failure it goes like any other.
    const send = (keepalive: boolean): Promise<Reply> => request(url, body, { keepalive, ...init });
    return isLeaving || failures === 0 ? sendWithKeepalive(body, send) : send(false);
  };

  const sendToInkling: SendShowing = (showing) => {
    const [path, ...rest] = toRequest(showing);
    return post(api + path, ...rest);
  };
  const findSender = async (): Promise<SendShowing | undefined> => {
    if (usesInklingProtocol()) return sendToInkling;
    try {
      sendToFormbricks ??= (await deps.loadForeign?.())?.startFormbricksProtocol({ ...deps, post });
    } catch {
      // Gone after a deploy, or no network: like a server that doesn't answer.
    }
    return sendToFormbricks;
  };

  const tellWatchers = (): void => {
    for (const listener of watchers) listener();
  };

  const giveUp = async (showing: Showing, code: string): Promise<void> => {
    await showings.update((old) => refuse(old, showing.id, showing.seq, code));
    if (code !== DROPPED) deps.onRefused(showing, code);
  };

  /** Whether everything that could be sent now was. */
  const sendAll = async (): Promise<boolean> => {
    await showings.refresh();
    const carry = await findSender();
    let askedMs = -1;
    let hasFailed = false;
    for (const showing of waiting(showings.value())) {
      const { id, seq, shownAt } = showing;
      if (Date.now() - shownAt > EXPIRY_MS) {
        await giveUp(showing, 'expired');
        continue;
      }
      if (failures === 0) inFlight.set(id, seq);
      const reply = (await carry?.(showing)) ?? NO_REPLY;
      inFlight.delete(id);
      if (isOk(reply)) {
        await showings.update((old) => acknowledge(old, id, seq, Date.now()));
        deps.onDelivered(showing);
      } else if (isRefused(reply)) {
        await giveUp(showing, codeOf(reply) ?? '');
      } else {
        const { status, retryAfterMs } = reply;
        askedMs = Math.max(askedMs, retryAfterMs);
        if (status !== 429 || !retryAfterMs) hasFailed = true;
        if (status === 0 || status === 429) break;
      }
      tellWatchers();
    }
    if (askedMs < 0) {
      failures = 0;
      return true;
    }
    if (hasFailed) failures++;
    let room = STORED_CHARS;
    for (const showing of waiting(showings.value()).toReversed()) {
      room -= stringify(showing).length;
      if (room < 0) await giveUp(showing, 'full');
    }
    const delay = retryDelay(failures, Math.random(), askedMs);
    if (askedMs > 0) quietUntil = uptime() + delay;
    later(navigator.onLine === false ? Math.max(delay, OFFLINE_MS) : delay);
    return false;
  };

  const run = async (): Promise<void> => {
    const release = await deps.takeLock();
    if (!release) return later(BUSY_MS);
    try {
      do isWanted = false;
      while ((await sendAll()) && isWanted);
    } finally {
      release();
      tellWatchers();
    }
  };

  const drain = async (): Promise<void> => {
    isWanted = true;
    if (isRunning || usesInklingProtocol() === undefined || waiting(showings.value()).length === 0) return;
    const restMs = quietUntil - uptime();
    if (restMs > 0) return later(restMs);
    isRunning = true;
    try {
      await run();
    } catch {
      // A bug of ours, or a page that broke what we call: the answers are stored, the next drain has another try.
    }
    isRunning = false;
  };

  const flush = (): void => {
    const carry = usesInklingProtocol() ? sendToInkling : sendToFormbricks;
    isLeaving = true;
    for (const showing of waiting(showings.value())) {
      if (inFlight.get(showing.id) !== showing.seq) void carry?.(showing, true);
    }
    isLeaving = false;
  };

  return {
    drain,
    flush,
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

/** A showing as a request: the display alone while nothing is answered, else the answer, which brings its display. */
function toRequest(showing: Showing): [path: string, content: object, kind: BodyKind] {
  const { id, seq, surveyId, displayId } = showing;
  // What is undefined isn't sent.
  const userId = showing.who ?? undefined;
  if (!hasAnswers(showing)) {
    const display: WireDisplayRequest = { id: displayId, surveyId, userId };
    return ['/displays', display, 'display'];
  }
  const response: WireResponseRequest = {
    ...{ id, seq, surveyId, displayId, userId },
    ...answerOf(showing),
    meta: showing.meta,
  };
  return ['/responses', response, 'response'];
}

/** The whole answer so far, in the wire's words. */
export function answerOf({
  answers,
  finished,
  languageCode,
  progress,
}: Showing): Pick<WireResponseRequest, 'finished' | 'data' | 'variables' | 'ttc' | 'language' | 'endingId'> {
  return {
    finished,
    data: answers ?? {},
    variables: progress?.variables,
    ttc: progress?.ttc,
    language: languageCode,
    endingId: progress?.endingId ?? undefined,
  };
}
