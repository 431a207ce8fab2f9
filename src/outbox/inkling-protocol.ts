import { hasAnswers, type Showing } from '../core/targeting/history.ts';
import type { Reply } from '../net/request.ts';
import type { WireDisplayRequest, WireResponseRequest } from '../wire/response.ts';
import type { Post } from './send-body.ts';

/**
 * Sends one showing by the rules of one kind of server. The reply stands for all of the showing.
 *
 * @param isLeaving the page goes away: the first request leaves before the call returns, and none that only the next
 *   visit can build upon
 */
export type SendShowing = (showing: Showing, keepalive: boolean, isLeaving?: boolean) => Promise<Reply>;

/**
 * Makes the function that sends showings to a server with Inkling's marker: one request per showing, under ids made on the device
 * (architecture.md 5.3). It carries the display alone while nothing is answered, else the whole answer, which brings its
 * display.
 *
 * @param api `…/api/v1/client/{environmentId}`
 */
export function startInklingProtocol(api: string, post: Post): SendShowing {
  return (showing, keepalive) => {
    const { id, seq, surveyId, displayId, userHash, meta } = showing;
    // What is undefined isn't sent.
    const person = { userId: showing.who ?? undefined, userHash };
    if (!hasAnswers(showing)) {
      const display: WireDisplayRequest = { id: displayId, surveyId, ...person };
      return post(`${api}/displays`, display, 'display', keepalive);
    }
    const response: WireResponseRequest = {
      ...{ id, seq, surveyId, displayId },
      ...person,
      ...answerOf(showing),
      meta,
    };
    return post(`${api}/responses`, response, 'response', keepalive);
  };
}

/** The whole answer so far, in the fields of the wire. */
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
