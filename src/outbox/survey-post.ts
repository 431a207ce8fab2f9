import type { Answers } from '../core/survey/document.ts';
import type { Progress } from '../core/survey/progress.ts';
import { codeOf, isOk, isRefused, type Reply, request } from '../net/request.ts';
import { stringify } from '../platform/json.ts';
import { newId } from '../platform/new-id.ts';
import type { WireDisplayRequest, WireResponseRequest } from '../wire/response.ts';
import { sendWithKeepalive } from './keepalive.ts';
import { openMemoryOutbox } from './memory-outbox.ts';
import { createSendQueue, type Queued } from './send-queue.ts';

/** Where the answers of one survey go, and whose they are. */
export interface PostTarget {
  /** The server's address, without a trailing slash. */
  readonly appUrl: string;
  readonly environmentId: string;
  readonly surveyId: string;
  /** The person, by the server's id or by the site's; `contactId` wins. */
  readonly contactId?: string | undefined;
  readonly userId?: string | undefined;
  readonly singleUseId?: string | undefined;
  readonly meta: WireResponseRequest['meta'];
}

/** Callbacks of a survey's post. */
export interface PostHooks {
  /** The server has stored the display. Called once. */
  readonly onDisplayed: () => void;
  /** The server has stored everything answered so far. */
  readonly onDelivered: (finished: boolean) => void;
  /** The server refused: no retry will change that. */
  readonly onRefused: (code: string) => void;
}

/** The whole answer so far. */
export interface PostedAnswer {
  readonly data: Answers;
  readonly progress: Progress;
  readonly language: string | undefined;
}

/** Sends the display and the answers of one survey. */
export interface SurveyPost {
  readonly answer: (answer: PostedAnswer) => void;
  /** Sends what the server has not acknowledged, before the call returns: for a page that goes away. */
  readonly flush: () => void;
  /** Settles when the server has stored or refused everything so far. */
  readonly drained: () => Promise<void>;
}

/** One request: the display alone, or the whole answer so far. */
interface PostRequest extends Queued {
  readonly path: string;
  readonly content: WireDisplayRequest | WireResponseRequest;
}

/**
 * Sends the display of a survey that is on screen, then each answer under an id made here until it is acknowledged, so
 * that sending twice is storing once. Kept in memory, for pages that show one survey and end with it.
 *
 * @example
 * const post = startPost(target, hooks);
 * post.answer({ data: { q1: 9 }, progress });
 */
export function startPost(target: PostTarget, hooks: PostHooks): SurveyPost {
  const { appUrl, environmentId, surveyId, contactId, userId, singleUseId, meta } = target;
  // The two versions of the API name the person differently (client-api.md 3.2, 3.4).
  const api = `${appUrl}/api/${contactId ? 'v2' : 'v1'}/client/${environmentId}`;
  const person = contactId ? { contactId } : { userId };
  const [id, displayId] = [newId(), newId()];
  let seq = 1;
  let isDisplayed = false;

  const outbox = openMemoryOutbox<PostRequest>(
    { id, seq, path: '/displays', content: { id: displayId, surveyId, ...person } },
    {
      onDelivered: ({ content }) => {
        if (!isDisplayed) hooks.onDisplayed();
        isDisplayed = true;
        if ('finished' in content) hooks.onDelivered(content.finished);
      },
      onRefused: hooks.onRefused,
    },
  );
  const queue = createSendQueue({
    outbox,
    net: { codeOf, isOk, isRefused },
    send: ({ path, content }, keepalive) => {
      const body = stringify(content);
      const send = (isAlive: boolean): Promise<Reply> => request(api + path, body, { keepalive: isAlive });
      return keepalive ? sendWithKeepalive(body, send) : send(false);
    },
    takeLock: async () => () => {},
    // This page doesn't listen for `online`: it must not wait long.
    offlineMs: 0,
  });
  void queue.drain();

  return {
    answer: ({ data, progress, language }) => {
      seq++;
      const { finished, variables, ttc, endingId } = progress;
      const content = {
        ...{ id, seq, surveyId, displayId, ...person, singleUseId },
        ...{ finished, data, variables, ttc, language, endingId, meta },
      };
      outbox.put({ id, seq, path: '/responses', content });
      void queue.drain();
    },
    flush: queue.flush,
    drained: () =>
      new Promise((resolve) => {
        const check = (): void => {
          if (outbox.waiting().length > 0) return;
          unwatch();
          resolve();
        };
        const unwatch = queue.watch(check);
        check();
      }),
  };
}
