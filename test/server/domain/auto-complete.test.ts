import { createHmac } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Reply, send, type Tenant } from '../support.ts';

describeServer('a survey that ends by its number of answers', (server) => {
  let own: Tenant;
  let secret: string;
  let second: Awaited<ReturnType<typeof server.openAgain>>;

  const manage = async (method: string, path: string, body?: unknown) => {
    const reply = await server.send(method, `/api/v1/management/${path}`, body, { 'x-api-key': own.key });
    expect(reply.status, reply.text).toBe(200);
    return reply.body.data;
  };
  const statusOf = async (id: string): Promise<string> => (await manage('GET', `surveys/${id}`)).status;

  beforeAll(async () => {
    own = await addTenant(server);
    secret = (await manage('GET', 'environment/identity-secret')).secret;
    await manage('PUT', 'environment', { identityVerification: 'accept' });
    second = await server.openAgain();
  });

  const proofOf = (userId: string) => createHmac('sha256', secret).update(userId).digest('hex');
  /** Identifies the people, so that answers have a contact. */
  const people = async (count: number): Promise<readonly string[]> => {
    const ids = Array.from({ length: count }, () => clientId());
    for (const userId of ids) {
      await server.send('POST', `/api/v1/client/${own.id}/user`, { userId, userHash: proofOf(userId) });
    }
    return ids;
  };
  const answer = (surveyId: string, more: object = {}, app = server.app): Promise<Reply> =>
    send(app, 'POST', `/api/v1/client/${own.id}/responses`, { surveyId, finished: true, data: {}, ...more });
  const verified = (userId: string | undefined = '') => ({ userId, userHash: proofOf(userId) });
  /** Another process sees a new survey within a quarter of a second. */
  const seenBySecond = async (surveyId: string): Promise<boolean> =>
    (await send(second.app, 'GET', `/api/v1/client/${own.id}/environment`)).text.includes(surveyId);
  const survey = (autoComplete: number, change: object = {}) =>
    addSurvey(server, own, { autoComplete, ...change });

  it('is over after five made-up answers, unless it counts verified people', async () => {
    const [all, some] = [await survey(5), await survey(5, { autoCompleteCounts: 'verified' })];
    const [known] = await people(1);
    // Nobody, somebody unproven, somebody of a wrong hash, a verified person without and with the hash of somebody else.
    const made = [
      {},
      { userId: clientId() },
      { userId: clientId(), userHash: 'f'.repeat(64) },
      { userId: known },
      { userId: known, userHash: proofOf('somebody else') },
    ];
    for (const more of made) {
      expect((await answer(all, more)).status).toBe(200);
      expect((await answer(some, more)).status).toBe(200);
    }
    expect([await statusOf(all), await statusOf(some)]).toEqual(['completed', 'inProgress']);
    // Made-up people are as many as anybody likes.
    for (let n = 0; n < 5; n++) {
      const userId = clientId();
      await server.send('POST', `/api/v1/client/${own.id}/user`, { userId });
      expect((await answer(some, { userId })).status).toBe(200);
    }
    expect(await statusOf(some)).toBe('inProgress');
    const five = await people(5);
    for (const userId of five.slice(1)) expect((await answer(some, verified(userId))).status).toBe(200);
    expect(await statusOf(some)).toBe('inProgress');
    expect((await answer(some, verified(five[0]))).status).toBe(200);
    expect(await statusOf(some)).toBe('completed');
    expect((await answer(some)).status).toBe(403);
  });

  it('counts every person once, and only what is finished', async () => {
    const id = await survey(2, { autoCompleteCounts: 'verified' });
    const [first, other] = await people(2);
    for (let n = 0; n < 3; n++) await answer(id, verified(first));
    const partial = { id: clientId(), seq: 1, finished: false, ...verified(other) };
    await answer(id, partial);
    expect(await statusOf(id)).toBe('inProgress');
    await answer(id, { ...partial, seq: 2, finished: true });
    expect(await statusOf(id)).toBe('completed');
  });

  it('counts an answer that is finished by PUT, and one that its owner stores for a person', async () => {
    const id = await survey(2, { autoCompleteCounts: 'verified' });
    const [first, other] = await people(2);
    const begun = await answer(id, { finished: false, ...verified(first) });
    const path = `/api/v1/client/${own.id}/responses/${begun.body.data.id}`;
    expect((await server.send('PUT', path, { finished: true })).status).toBe(200);
    expect(await statusOf(id)).toBe('inProgress');
    await manage('POST', 'responses', { surveyId: id, finished: true, data: {} });
    expect(await statusOf(id)).toBe('inProgress');
    await manage('POST', 'responses', { surveyId: id, finished: true, data: {}, userId: other });
    expect(await statusOf(id)).toBe('completed');
  });

  it.each(['all', 'verified'])(
    'of two last answers at once, one ends it (%s)',
    async (autoCompleteCounts) => {
      for (let round = 0; round < 8; round++) {
        const id = await survey(3, { autoCompleteCounts });
        const [first, ...last] = await people(3);
        await answer(id, verified(first));
        await expect.poll(() => seenBySecond(id)).toBe(true);
        const replies = await Promise.all(
          last.map((userId, n) => answer(id, verified(userId), n === 0 ? server.app : second.app)),
        );
        expect(replies.map(({ status }) => status)).toEqual([200, 200]);
        expect(await statusOf(id), `round ${round}`).toBe('completed');
      }
    },
  );

  it('refuses another way of counting, naming the field', async () => {
    const path = '/api/v1/management/surveys';
    const id = await survey(3);
    const reply = await server.send(
      'PUT',
      `${path}/${id}`,
      { autoCompleteCounts: 'some' },
      { 'x-api-key': own.key },
    );
    expect([reply.status, Object.keys(reply.body.details)]).toEqual([400, ['autoCompleteCounts']]);
    expect((await manage('GET', `surveys/${id}`)).autoCompleteCounts).toBe('all');
  });
});
