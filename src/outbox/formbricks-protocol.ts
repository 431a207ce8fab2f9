import { hasAnswers, type Showing } from '../core/targeting/history.ts';
import { acknowledge, type Ledger } from '../core/targeting/ledger.ts';
import { codeOf, isOk, isRefused, NO_REPLY, type Reply, request } from '../net/request.ts';
import type { StartFormbricksProtocol } from './delivery.ts';
import { answerOf } from './inkling-protocol.ts';
import { DROPPED } from './send-body.ts';

/** A PUT always needs a preflight, and no browser sends one for a page that has gone: `keepalive` would be useless. */
const PUT: RequestInit = { method: 'PUT', keepalive: false, headers: { 'content-type': 'application/json' } };

/**
 * Sends showings to a Formbricks server without Inkling's marker (architecture.md 5.3, client-api.md 6.15).
 *
 * That server makes the ids: the display is acknowledged first, then the answer is created once and updated, one request
 * after the other. The server's ids are stored with the showing before a request uses them, so that a reload continues
 * where the last page stopped. Each request carries the whole answer so far. A display takes one response, so a response
 * whose reply was lost is found again by its display; a display whose reply was lost is created twice on that server.
 */
export const startFormbricksProtocol: StartFormbricksProtocol =
  ({ api, showings, contactId, post }) =>
  async (showing, keepalive, isLeaving) => {
    const { id, surveyId, who, seq, meta } = showing;
    const contact = who === null ? undefined : contactId?.(who);
    // The two versions of the API name the person differently (client-api.md 3.2, 3.4).
    const base = contact ? api.replace('/api/v1/client/', '/api/v2/client/') : api;
    const person = contact ? { contactId: contact } : { userId: who ?? undefined };
    let { displayId, responseId } = showing.theirs ?? {};

    /** POSTs with the person in the body; again without, when that server has no licence to store people. */
    const create = async (path: string, content: object, kind: 'display' | 'response'): Promise<Reply> => {
      const reply = await post(base + path, { ...content, ...person }, kind, keepalive);
      const { details } = (reply.body ?? {}) as { details?: { surveyId?: string } };
      const isUnlicensed = codeOf(reply) === 'forbidden' && details?.surveyId === undefined;
      return isUnlicensed && who !== null ? post(base + path, content, kind, keepalive) : reply;
    };

    const learn = (ackedSeq: number, theirs: Showing['theirs']): Promise<void> =>
      showings.update((old) => noteTheirs(acknowledge(old, id, ackedSeq, Date.now()), id, theirs));

    if (displayId === undefined) {
      // Its reply would be lost, and the next visit would create the display twice.
      if (isLeaving) return NO_REPLY;
      const reply = await create('/displays', { surveyId }, 'display');
      if (!isOk(reply) && codeOf(reply) !== DROPPED) return reply;
      displayId = idIn(reply, 'id') ?? null;
      if (!hasAnswers(showing) && !displayId) return reply;
      await learn(1, { displayId });
      if (!hasAnswers(showing)) return reply;
    }
    if (!responseId) {
      // Without a display a second response could not be told from the first.
      if (isLeaving && !displayId) return NO_REPLY;
      const content = { surveyId, displayId: displayId ?? undefined, ...answerOf(showing), meta };
      const reply = await create('/responses', content, 'response');
      if (isOk(reply)) await learn(seq, { displayId, responseId: idIn(reply, 'id') });
      // 400 "already linked", or 409: an earlier request has arrived.
      if (isLeaving || !displayId || !isRefused(reply) || ![400, 409].includes(reply.status)) return reply;
      const found = await request(`${base}/displays/${displayId}/response`);
      responseId = idIn(found, 'responseId');
      if (!responseId) return isOk(found) || found.status === 404 ? reply : found;
      await learn(1, { displayId, responseId });
    }
    if (isLeaving) return NO_REPLY;
    const reply = await post(
      `${base}/responses/${responseId}`,
      answerOf(showing),
      'response',
      keepalive,
      PUT,
    );
    return isFinishedAlready(reply) ? { ...reply, status: 200, body: { data: {} } } : reply;
  };

/** Whether the server has the finished answer already, by an earlier request whose reply was lost. */
function isFinishedAlready({ status, body }: Reply): boolean {
  const { message = '', details } = (body ?? {}) as { message?: string; details?: { code?: string } };
  const isSaid = details?.code === 'response_already_finished' || message.includes('already finished');
  return status === 409 || (status === 400 && isSaid);
}

function idIn({ body }: Reply, name: string): string | undefined {
  const id = (body as { data?: Record<string, unknown> } | undefined)?.data?.[name];
  return typeof id === 'string' ? id : undefined;
}

function noteTheirs(ledger: Ledger, id: string, theirs: Showing['theirs']): Ledger {
  return { ...ledger, list: ledger.list.map((one) => (one.id === id ? { ...one, theirs } : one)) };
}
