import { retryDelay } from '../core/retry-delay.ts';
import type { Answers } from '../core/survey/document.ts';
import type { Progress } from '../core/survey/progress.ts';
import { codeOf, isOk, isRefused, type Reply, request } from '../net/request.ts';
import { stringify } from '../platform/json.ts';
import { newId } from '../platform/new-id.ts';
import { wait } from '../platform/wait.ts';
import type { WireDisplayRequest, WireResponseRequest } from '../wire/response.ts';
import { sendWithKeepalive } from './keepalive.ts';

/** Whose survey goes where. */
export interface PostTarget {
  /** Where the server is, without a trailing slash. */
  readonly appUrl: string;
  readonly environmentId: string;
  readonly surveyId: string;
  /** The person, by the server's id or by the site's; the first wins. */
  readonly contactId?: string | undefined;
  readonly userId?: string | undefined;
  readonly singleUseId?: string | undefined;
  readonly meta: WireResponseRequest['meta'];
}

/** What became of it. */
export interface PostHooks {
  /** The server knows that the survey was shown. */
  readonly onDisplayed: () => void;
  /** The server has everything answered so far. */
  readonly onDelivered: (finished: boolean) => void;
  /** The server refused for good. */
  readonly onRefused: (code: string) => void;
}

/** The whole answer so far. */
export interface PostedAnswer {
  readonly data: Answers;
  readonly progress: Progress;
  readonly language: string | undefined;
}

/** One survey on its way to the server. */
export interface SurveyPost {
  readonly answer: (answer: PostedAnswer) => void;
  /** Sends what the server has not acknowledged while the page goes away, without waiting. */
  readonly flush: () => void;
  /** Settles when the server has, or has refused, everything so far. */
  readonly drained: () => Promise<void>;
}

/**
 * Tells the server that a survey is on screen, then sends each answer under an id made here until it is acknowledged:
 * sending twice is storing once. Kept in memory, for pages that show one survey and are gone.
 *
 * @example
 * const post = startPost(target, hooks);
 * post.answer({ data: { q1: 9 }, progress });
 */
export function startPost(target: PostTarget, hooks: PostHooks): SurveyPost {
  const { appUrl, environmentId, surveyId, contactId, userId, singleUseId, meta } = target;
  // The two versions name the person differently (client-api.md 3.2, 3.4).
  const api = `${appUrl}/api/${contactId ? 'v2' : 'v1'}/client/${environmentId}`;
  const person = contactId ? { contactId } : { userId };
  const [id, displayId] = [newId(), newId()];
  let latest: PostedAnswer | undefined;
  let seq = 1;
  let ackedSeq = 0;
  let sendingSeq = 0;
  let isDisplayed = false;
  let running = Promise.resolve();

  const toRequest = (): [path: string, body: string] => {
    if (!latest) {
      const display: WireDisplayRequest = { id: displayId, surveyId, ...person };
      return ['/displays', stringify(display)];
    }
    const { data, progress, language } = latest;
    const { finished, variables, ttc, endingId } = progress;
    const response: WireResponseRequest & { singleUseId: string | undefined } = {
      ...{ id, seq, surveyId, displayId, ...person, singleUseId },
      ...{ finished, data, variables, ttc, language, endingId, meta },
    };
    return ['/responses', stringify(response)];
  };

  const acknowledge = (sent: number, answer: PostedAnswer | undefined): void => {
    ackedSeq = sent;
    if (!isDisplayed) hooks.onDisplayed();
    isDisplayed = true;
    if (answer) hooks.onDelivered(answer.progress.finished);
  };

  const post = (path: string, body: string, isUrgent: boolean): Promise<Reply> => {
    const send = (keepalive: boolean): Promise<Reply> => request(api + path, body, { keepalive });
    return isUrgent ? sendWithKeepalive(body, send) : send(false);
  };

  const sendAll = async (): Promise<void> => {
    for (let failures = 0; ackedSeq < seq; ) {
      sendingSeq = seq;
      const answer = latest;
      const [path, body] = toRequest();
      const reply = await post(path, body, failures === 0);
      const sent = sendingSeq;
      sendingSeq = 0;
      if (isOk(reply)) {
        failures = 0;
        acknowledge(sent, answer);
      } else if (isRefused(reply)) {
        ackedSeq = sent;
        hooks.onRefused(codeOf(reply) ?? '');
      } else {
        failures++;
        await wait(retryDelay(failures, Math.random(), reply.retryAfterMs));
      }
    }
  };

  const send = (): void => {
    running = running.then(sendAll);
  };
  send();

  return {
    answer: (answer) => {
      latest = answer;
      seq++;
      send();
    },
    flush: () => {
      if (ackedSeq === seq || sendingSeq === seq) return;
      const [path, body] = toRequest();
      void post(path, body, true);
    },
    drained: () => running,
  };
}
