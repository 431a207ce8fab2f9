import { beforeAll, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';

describeServer('displays', (server) => {
  let own: Tenant;
  let foreign: Tenant;
  let surveyId: string;

  beforeAll(async () => {
    own = await addTenant(server);
    foreign = await addTenant(server);
    surveyId = await addSurvey(server, own);
  });

  const post = (body: unknown, version = 'v1', tenant = own): Promise<Reply> =>
    server.send('POST', `/api/${version}/client/${tenant.id}/displays`, body);

  const refusals: [name: string, body: unknown, detail: string][] = [
    ['malformed JSON', '{', 'error'],
    ['null', 'null', 'surveyId'],
    ['no survey', {}, 'surveyId'],
    ['a survey id of the wrong shape', { surveyId: 'ABC' }, 'surveyId'],
    ['a survey id that is a number', { surveyId: 7 }, 'surveyId'],
    ['a malformed client-made id', { surveyId: 'a', id: 'A' }, 'id'],
  ];
  it.each(refusals)('refuse %s', async (_name, body, detail) => {
    for (const version of ['v1', 'v2']) {
      const reply = await post(body, version);
      expect(reply.status).toBe(400);
      expect(Object.keys(reply.body.details)).toContain(detail);
    }
  });

  it('refuse null as user or contact id, and a user id that is too long', async () => {
    expect((await post({ surveyId, userId: null })).body.details).toHaveProperty('userId');
    expect((await post({ surveyId, userId: 'x'.repeat(256) })).status).toBe(400);
    expect((await post({ surveyId, contactId: null }, 'v2')).body.details).toHaveProperty('contactId');
    // The field of the other version is ignored, whatever its value.
    expect((await post({ surveyId, contactId: null })).status).toBe(200);
  });

  it('are accepted with any content type and answered with id, contact and survey', async () => {
    const userId = clientId();
    const reply = await server.send(
      'POST',
      `/api/v1/client/${own.id}/displays`,
      JSON.stringify({ surveyId, userId }),
      { 'content-type': 'text/plain' },
    );
    const user = await server.send('POST', `/api/v1/client/${own.id}/user`, { userId });
    expect(reply.body).toEqual({
      data: { id: expect.any(String), surveyId, contactId: user.body.data.state.data.contactId },
    });
  });

  it('make a contact for an unknown user id even when the survey is unknown, but not for a contact id', async () => {
    const userId = clientId();
    expect((await post({ surveyId: 'unknown', userId })).status).toBe(404);
    const reply = await post({ surveyId, contactId: clientId() }, 'v2');
    expect([reply.status, reply.body.data.contactId]).toEqual([200, null]);
  });

  it('make a contact for a closed survey too, and none for an empty user id', async () => {
    const draft = await addSurvey(server, own, { status: 'draft' });
    const userId = clientId();
    expect((await post({ surveyId: draft, userId })).status).toBe(403);
    const known = (name: string): Promise<Reply> =>
      server.send('PUT', `/api/v1/client/${own.id}/contacts/${name}/attributes`, { attributes: {} });
    expect((await known(userId)).status).toBe(200);
    expect((await known(clientId())).status).toBe(404);
    const nobody = await post({ surveyId, userId: '' });
    expect([nobody.status, nobody.body.data.contactId]).toEqual([200, null]);
    expect((await post({ surveyId: 'unknown', userId: '' })).status).toBe(404);
  });

  it('ignore a responseId, but refuse a malformed one', async () => {
    expect((await post({ surveyId, responseId: clientId() })).status).toBe(200);
    expect((await post({ surveyId, responseId: 'A-B' })).body.details).toHaveProperty('responseId');
  });

  it('of a link survey are stored like any other', async () => {
    const link = await addSurvey(server, own, { type: 'link', triggers: [] });
    expect((await post({ surveyId: link })).status).toBe(200);
  });

  it('are answered alike for a survey of another environment and an unknown one, with 403 for a closed one', async () => {
    const theirs = await addSurvey(server, foreign);
    const unknown = clientId();
    expect((await post({ surveyId: theirs })).text).toBe(
      (await post({ surveyId: unknown })).text.replace(unknown, theirs),
    );
    const draft = await addSurvey(server, own, { status: 'draft' });
    const closed = await post({ surveyId: draft });
    expect([closed.status, closed.body.details]).toEqual([403, { surveyId: draft }]);
  });

  it('are stored once per client-made id, even when 32 requests arrive at once', async () => {
    const id = clientId();
    const replies = await Promise.all(Array.from({ length: 32 }, () => post({ id, surveyId })));
    expect(replies.every(({ status, body }) => status === 200 && body.data.id === id)).toBe(true);
    const other = await addSurvey(server, own);
    expect((await post({ id, surveyId: other })).status).toBe(409);
  });

  it('get a new id when another environment has the client-made one', async () => {
    const id = clientId();
    await post({ id, surveyId });
    const theirSurvey = await addSurvey(server, foreign);
    const reply = await post({ id, surveyId: theirSurvey }, 'v1', foreign);
    expect(reply.status).toBe(200);
    expect(reply.body.data.id).not.toBe(id);
  });

  it('return their response; a display of another environment is answered like an unknown one', async () => {
    const { body } = await post({ surveyId });
    const path = (tenant: Tenant, id: string) => `/api/v1/client/${tenant.id}/displays/${id}/response`;
    expect((await server.send('GET', path(own, body.data.id))).body).toEqual({ data: { responseId: null } });
    const unknown = clientId();
    const theirs = await server.send('GET', path(foreign, body.data.id));
    expect(theirs.status).toBe(404);
    expect(theirs.text).toBe(
      (await server.send('GET', path(foreign, unknown))).text.replace(unknown, body.data.id),
    );
    const malformed = await server.send('GET', path(own, 'Not-An-Id'));
    expect([malformed.status, malformed.body.message]).toEqual([
      400,
      expect.stringMatching(/^Validation failed: /),
    ]);
    expect((await server.send('GET', path({ id: 'unknown', key: '' }, 'a'))).status).toBe(404);
  });
});
