import type { BeforeSend, BodyKind, toBody } from '../net/before-send.ts';
import type { Reply } from '../net/request.ts';
import type { stringify } from '../platform/json.ts';
import { sendWithKeepalive } from './keepalive.ts';

/** The code of a body that the page's `beforeSend` dropped: refused, but not reported as a problem. */
export const DROPPED = 'before-send';

/** The parts of `src/net` that the core has already, passed in so that no chunk holds a second copy. */
export type Net = Pick<
  typeof import('../net/request.ts'),
  'codeOf' | 'isOk' | 'isRefused' | 'NO_REPLY' | 'request'
> & { readonly toBody: typeof toBody; readonly stringify: typeof stringify };

/**
 * Posts one body as the page's `beforeSend` returns it. A body that the hook drops counts as refused with the code
 * `before-send`; one whose hook throws counts as a failure of this body alone.
 *
 * @param keepalive whether the request should arrive even when the page goes away
 */
export type Post = (
  url: string,
  content: object,
  kind: BodyKind,
  keepalive: boolean,
  init?: RequestInit,
) => Promise<Reply>;

/** Makes the function that posts displays and answers. */
export function createPost({ toBody, NO_REPLY, request }: Net, beforeSend: BeforeSend | undefined): Post {
  return async (url, content, kind, keepalive, init) => {
    const body = toBody(beforeSend, content, kind);
    if (body === null) return { ...NO_REPLY, status: 400, body: { code: DROPPED } };
    // Not 0, which would end the round: only this body could not be sent.
    if (body === undefined) return { ...NO_REPLY, status: 1 };
    const send = (isAlive: boolean): Promise<Reply> => request(url, body, { keepalive: isAlive, ...init });
    return keepalive ? sendWithKeepalive(body, send) : send(false);
  };
}
