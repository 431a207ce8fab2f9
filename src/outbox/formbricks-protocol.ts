import { hasAnswers, type Showing } from '../core/targeting/history.ts';
import { acknowledge, type Ledger } from '../core/targeting/ledger.ts';
import { codeOf, isOk, isRefused, NO_REPLY, type Reply, request } from '../net/request.ts';
import { answerOf, DROPPED, type StartFormbricksProtocol } from './delivery.ts';

/** PUT is preflighted whatever it carries, and no browser sends a preflight for a page that has gone. */
const PUT: RequestInit = { method: 'PUT', keepalive: false, headers: { 'content-type': 'application/json' } };

/**
 * Carries showings to a Formbricks without our marker (design.md 5.3, client-api.md 6.15).
 *
 * Ids are the server's there: the display is acknowledged first, then the answer is created once and updated, one request
 * after the other. What the server calls things is stored with the showing before anything builds on it, so that a reload
 * goes on where it stopped. Each request carries the whole answer so far. A display takes one response, so that one
 * created by a request whose reply was lost is found again; a display whose reply was lost is shown twice over there.
 */
export const startFormbricksProtocol: StartFormbricksProtocol =
  ({ api, showings, contactId, post }) =>
  async (showing, isLeaving = false) => {
    const { id, surveyId, who, seq, meta } = showing;
    const contact = who === null ? undefined : contactId?.(who);
    // The two versions name the person differently (client-api.md 3.2, 3.4).
    const base = contact ? api.replace('/api/v1/client/', '/api/v2/client/') : api;
    const person = contact ? { contactId: contact } : { userId: who ?? undefined };
    let { displayId, responseId } = showing.theirs ?? {};

    /** POSTs with the person in it, or without when that server may not keep people. */
    const create = async (path: string, content: object, kind: 'display' | 'response'): Promise<Reply> => {
      const reply = await post(base + path, { ...content, ...person }, kind);
      const { details } = (reply.body ?? {}) as { details?: { surveyId?: string } };
      const isUnlicensed = reply.status === 403 && details?.surveyId === undefined;
      return isUnlicensed && who !== null ? post(base + path, content, kind) : reply;
    };

    const learn = (ackedSeq: number, theirs: Showing['theirs']): Promise<void> =>
      showings.update((old) => noteTheirs(acknowledge(old, id, ackedSeq, Date.now()), id, theirs));

    if (displayId === undefined) {
      // Its reply would be lost, and the next visit would show it twice.
      if (isLeaving) return NO_REPLY;
      const reply = await create('/displays', { surveyId }, 'display');
      if (!isOk(reply) && codeOf(reply) !== DROPPED) return reply;
      displayId = idIn(reply, 'id') ?? null;
      if (!hasAnswers(showing) && !displayId) return reply;
      await learn(1, { displayId });
      if (!hasAnswers(showing)) return reply;
    }
    if (!responseId) {
      // Without its display nothing would tell a second one from the first.
      if (isLeaving && !displayId) return NO_REPLY;
      const content = { surveyId, displayId: displayId ?? undefined, ...answerOf(showing), meta };
      const reply = await create('/responses', content, 'response');
      if (isOk(reply)) await learn(seq, { displayId, responseId: idIn(reply, 'id') });
      // 400 "already linked", or 409: an earlier one has arrived.
      if (isLeaving || !displayId || !isRefused(reply) || ![400, 409].includes(reply.status)) return reply;
      const found = await request(`${base}/displays/${displayId}/response`);
      responseId = idIn(found, 'responseId');
      if (!responseId) return isOk(found) || found.status === 404 ? reply : found;
      await learn(1, { displayId, responseId });
    }
    if (isLeaving) return NO_REPLY;
    const reply = await post(`${base}/responses/${responseId}`, answerOf(showing), 'response', PUT);
    return isFinishedAlready(reply) ? { ...reply, status: 200, body: { data: {} } } : reply;
  };

/** What was stored was the last of it: an earlier one of ours whose reply was lost. */
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
