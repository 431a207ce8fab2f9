import { beforeAll, describe, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';

describeServer('older paths', (server) => {
  let own: Tenant;
  let foreign: Tenant;
  let surveyId: string;

  beforeAll(async () => {
    own = await addTenant(server);
    foreign = await addTenant(server);
    surveyId = await addSurvey(server, own);
  });

  const call = (
    method: string,
    path: string,
    body?: unknown,
    { id }: Pick<Tenant, 'id'> = own,
  ): Promise<Reply> => server.send(method, `/api/v1/client/${id}${path}`, body);
  const stateOf = async (userId: string, tenant = own): Promise<Reply['body']> =>
    (await call('POST', '/user', { userId }, tenant)).body.data.state.data;
  const attributesOf = async (userId: string): Promise<Reply['body']> => {
    const body = { surveyId, finished: false, data: {}, userId };
    const { id } = (await call('POST', '/responses', body)).body.data;
    const headers = { 'x-api-key': own.key };
    const stored = await server.send('GET', `/api/v1/management/responses/${id}`, undefined, headers);
    return stored.body.data.contactAttributes;
  };

  describe('of an environment', () => {
    it.each(['app', 'website'])('%s/environment answers as environment does', async (era) => {
      const today = await call('GET', '/environment');
      for (const version of ['v1', 'v2']) {
        const reply = await server.send('GET', `/api/${version}/client/${own.id}/${era}/environment`);
        expect([reply.status, reply.text]).toEqual([200, today.text]);
        expect(reply.headers.get('etag')).toBe(today.headers.get('etag'));
      }
    });
  });

  describe('that identify', () => {
    it.each(['identify/contacts', 'identify/people', 'app/people'])(
      '%s makes the person and tells the state without a lifetime',
      async (path) => {
        const userId = `${clientId()} & co`;
        for (const version of ['v1', 'v2']) {
          const url = `/api/${version}/client/${own.id}/${path}/${encodeURIComponent(userId)}`;
          const reply = await server.send('GET', url);
          expect([reply.status, reply.body]).toEqual([200, { data: await stateOf(userId) }]);
          expect(reply.body.data.userId).toBe(userId);
        }
      },
    );

    it('take a user id of 255 characters and none of 256', async () => {
      expect((await call('GET', `/identify/contacts/${'x'.repeat(255)}`)).status).toBe(200);
      const refused = await call('GET', `/identify/contacts/${'x'.repeat(256)}`);
      expect([refused.status, refused.body.message]).toEqual([
        400,
        expect.stringContaining('Validation failed: userId'),
      ]);
    });
  });

  describe.each(['contacts', 'people'])('PUT %s/{userId}/attributes', (name) => {
    const put = (userId: string, attributes: unknown, tenant = own): Promise<Reply> =>
      call('PUT', `/${name}/${userId}/attributes`, { attributes }, tenant);

    it('returns whether anything changed', async () => {
      const userId = clientId();
      await stateOf(userId);
      const first = await put(userId, { plan: 'pro', trial: true });
      expect([first.status, first.body.data.changed]).toEqual([200, true]);
      const again = await put(userId, { plan: 'pro', trial: true });
      expect(again.body).toEqual({ data: { changed: false, message: expect.any(String) } });
      expect(await attributesOf(userId)).toEqual({ userId, plan: 'pro', trial: 'true' });
    });

    it('returns messages and errors', async () => {
      const userId = clientId();
      await stateOf(userId);
      const { data } = (await put(userId, { language: 'quenya', Plan: 'x' })).body;
      expect([data.messages.length, data.errors.length, data.changed]).toEqual([1, 1, false]);
    });

    it('answers 404 for a user id that is unknown or known in another environment only', async () => {
      const userId = clientId();
      await stateOf(userId, foreign);
      const reply = await put(userId, { plan: 'pro' });
      expect([reply.status, reply.body]).toEqual([
        404,
        {
          code: 'not_found',
          message: 'contact not found',
          details: { resource_id: userId, resource_type: 'contact' },
        },
      ]);
    });

    it('answers alike for a taken and a free e-mail, for a repeated request too', async () => {
      const [holder, other] = [clientId(), clientId()];
      const [taken, free] = [`${holder}@example.com`, `${other}@example.com`];
      await call('POST', '/user', { userId: holder, attributes: { email: taken } });
      await stateOf(other);
      const replies: string[] = [];
      for (const email of [taken, taken, free, free]) replies.push((await put(other, { email })).text);
      expect(new Set(replies).size).toBe(1);
      expect(await attributesOf(other)).toEqual({ userId: other, email: free });
      expect(await attributesOf(holder)).toEqual({ userId: holder, email: taken });
    });

    const refusals: [name: string, body: unknown, message: string][] = [
      ['no body', '', 'Malformed JSON'],
      ['no attributes', {}, 'Fields are missing or incorrectly formatted'],
      ['attributes that are a list', { attributes: [] }, 'Fields are missing or incorrectly formatted'],
      ['an e-mail that is none', { attributes: { email: 'a' } }, 'Invalid email format'],
      ['an e-mail that is nearly one', { attributes: { email: 'a@b' } }, 'Validation failed: email'],
      ['a value of null', { attributes: { plan: null } }, 'Validation failed: plan'],
    ];
    it.each(refusals)('refuses %s', async (_name, body, message) => {
      await stateOf('somebody');
      const reply = await call('PUT', `/${name}/somebody/attributes`, body);
      expect([reply.status, reply.body.message]).toEqual([400, expect.stringContaining(message)]);
    });
  });

  describe('POST update/contacts/{userId}', () => {
    it('makes the contact, with or without a body', async () => {
      const userId = clientId();
      const bare = await call('POST', `/update/contacts/${userId}`);
      expect([bare.status, bare.body]).toEqual([200, { data: { state: await stateOf(userId) } }]);
      const body = { attributes: { plan: 'pro' }, language: 'DE_de' };
      const full = await call('POST', `/update/contacts/${userId}`, body);
      expect(full.body.data.state).toEqual({ ...bare.body.data.state, language: 'de' });
      expect(await attributesOf(userId)).toEqual({ userId, plan: 'pro', language: 'de-DE' });
      const again = await call('POST', `/update/contacts/${userId}`, body);
      expect(again.body.data).not.toHaveProperty('details');
      const odd = await call('POST', `/update/contacts/${userId}`, { attributes: { Plan: 'x' } });
      expect(odd.body.data.details).toEqual({ errors: [expect.stringContaining('"Plan"')] });
    });

    it.each(['{', 'null', '[]', '{"attributes":7}', '{"language":null}'])('refuses %s', async (body) => {
      expect((await call('POST', '/update/contacts/u', body)).status).toBe(400);
    });
  });

  describe('POST people', () => {
    it('makes the contact', async () => {
      const userId = clientId();
      const reply = await call('POST', '/people', { environmentId: own.id, userId });
      expect(reply.body).toEqual({ data: { userId } });
      expect((await call('PUT', `/people/${userId}/attributes`, { attributes: {} })).status).toBe(200);
      const written = await call('POST', `/people/${userId}`, { attributes: { plan: 'pro' } });
      expect(written.body.data).toMatchObject({ changed: true, message: expect.any(String) });
      expect(await attributesOf(userId)).toEqual({ userId, plan: 'pro' });
    });

    it.each(['', '{}', '{"userId":7}', '{"userId":""}'])('refuses %s', async (body) => {
      expect((await call('POST', '/people', body)).status).toBe(400);
    });
  });

  describe('POST actions', () => {
    it('accepts an action and refuses a malformed one', async () => {
      const reply = await call('POST', '/actions', { userId: 'u', name: 'click', properties: {} });
      expect(reply.body).toEqual({ data: {} });
      expect((await call('POST', '/actions', { userId: 'u' })).body.details).toHaveProperty('name');
    });
  });

  describe('PUT displays/{displayId}', () => {
    const display = async (change: object = {}): Promise<string> =>
      (await call('POST', '/displays', { surveyId, ...change })).body.data.id;
    const answer = async (change: object = {}): Promise<string> =>
      (await call('POST', '/responses', { surveyId, finished: false, data: {}, ...change })).body.data.id;
    const put = (displayId: string, body: unknown, tenant = own): Promise<Reply> =>
      call('PUT', `/displays/${displayId}`, body, tenant);
    const linked = async (displayId: string): Promise<string | null> =>
      (await call('GET', `/displays/${displayId}/response`)).body.data.responseId;

    it('links a display to a contact and to a response', async () => {
      const [displayId, responseId, userId] = [await display(), await answer(), clientId()];
      expect((await put(displayId, { userId, responseId })).body).toEqual({ data: {} });
      expect((await put(displayId, { userId, responseId })).status).toBe(200);
      expect(await linked(displayId)).toBe(responseId);
      expect((await stateOf(userId)).displays).toHaveLength(1);
    });

    it('refuses to change existing links', async () => {
      const [displayId, userId] = [await display({ userId: clientId() }), clientId()];
      const responseId = await answer();
      await put(displayId, { responseId });
      expect((await put(displayId, { responseId: await answer() })).status).toBe(400);
      expect((await put(await display(), { responseId })).status).toBe(400);
      expect((await put(displayId, { userId })).status).toBe(400);
      expect(await linked(displayId)).toBe(responseId);
      expect((await stateOf(userId)).displays).toEqual([]);
    });

    it('refuses a response to another survey', async () => {
      const other = await addSurvey(server, own);
      const responseId = await answer({ surveyId: other });
      expect((await put(await display(), { responseId })).status).toBe(400);
    });

    it('answers alike for a display or response of another environment and an unknown one', async () => {
      const [displayId, responseId, unknown] = [await display(), await answer(), clientId()];
      const theirSurvey = await addSurvey(server, foreign);
      const theirs = (await call('POST', '/displays', { surveyId: theirSurvey }, foreign)).body.data.id;
      expect((await put(theirs, {})).text).toBe((await put(unknown, {})).text.replace(unknown, theirs));
      const byForeigner = await put(theirs, { responseId }, foreign);
      const byUnknown = await put(theirs, { responseId: unknown }, foreign);
      expect(byForeigner.text).toBe(byUnknown.text.replace(unknown, responseId));
      expect([byForeigner.status, (await put(theirs, {})).status]).toEqual([404, 404]);
      expect(await linked(displayId)).toBeNull();
    });

    it('links one response to a display when 16 requests arrive at once', async () => {
      const displayId = await display();
      const ids = await Promise.all(Array.from({ length: 16 }, () => answer()));
      const replies = await Promise.all(ids.map((responseId) => put(displayId, { responseId })));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(400)]);
      expect(ids).toContain(await linked(displayId));
    });
  });

  describe('without an environment in the path', () => {
    const first = (method: string, path: string, body?: unknown): Promise<Reply> =>
      server.send(method, `/api/v1/client${path}`, body);

    it('find the environment by the survey, the display and the response', async () => {
      const { contactId } = await stateOf(clientId());
      const display = await first('POST', '/displays', { surveyId, personId: contactId });
      expect(display.body).toEqual({ data: { id: expect.any(String), contactId, surveyId } });
      const responded = await first('POST', `/displays/${display.body.data.id}/responded`);
      expect(responded.body).toEqual(display.body);
      const body = { surveyId, personId: contactId, finished: false, data: { q1: 'a' } };
      const response = await first('POST', '/responses', body);
      expect(response.body).toEqual({ data: { id: expect.any(String), quotaFull: false } });
      const { id } = response.body.data;
      const updated = await first('PUT', `/responses/${id}`, { finished: true, data: { q2: 'b' } });
      expect(updated.body).toEqual(response.body);
      const headers = { 'x-api-key': own.key };
      const stored = await server.send('GET', `/api/v1/management/responses/${id}`, undefined, headers);
      expect(stored.body.data).toMatchObject({
        data: { q1: 'a', q2: 'b' },
        finished: true,
        contact: { id: contactId },
      });
    });

    it('answer 404 for unknown ids, and 403 for a closed survey', async () => {
      const unknown = clientId();
      expect((await first('POST', '/displays', { surveyId: unknown })).status).toBe(404);
      expect((await first('POST', `/displays/${unknown}/responded`)).status).toBe(404);
      const answer = { finished: true, data: {} };
      expect((await first('POST', '/responses', { surveyId: unknown, ...answer })).status).toBe(404);
      expect((await first('PUT', `/responses/${unknown}`, answer)).status).toBe(404);
      const closed = await addSurvey(server, own, { status: 'draft' });
      expect((await first('POST', '/displays', { surveyId: closed })).status).toBe(403);
      expect((await first('POST', '/responses', { surveyId: closed, ...answer })).status).toBe(403);
    });
  });

  it('answer 404 for an unknown environment, and other methods with 405', async () => {
    const nobody = { id: 'unknown' };
    for (const [method, path, body] of [
      ['GET', '/app/environment', undefined],
      ['GET', '/identify/contacts/u', undefined],
      ['PUT', '/contacts/u/attributes', { attributes: {} }],
      ['POST', '/update/contacts/u', {}],
      ['POST', '/people', { userId: 'u' }],
      ['POST', '/people/u', {}],
      ['POST', '/actions', { name: 'a' }],
      ['PUT', '/displays/a', {}],
    ] as const) {
      expect((await call(method, path, body, nobody)).body.details, path).toMatchObject({
        resource_id: 'unknown',
        resource_type: 'Workspace',
      });
      expect((await call('DELETE', path)).status, path).toBe(405);
    }
  });
});
