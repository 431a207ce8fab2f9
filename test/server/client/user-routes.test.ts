import { beforeAll, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';

const attribute = (key: string, operator: string, value: unknown, connector: string | null = null) => ({
  id: 'f',
  connector,
  resource: {
    id: 'r',
    root: { type: 'attribute', contactAttributeKey: key },
    value,
    qualifier: { operator },
  },
});

describeServer('POST user', (server) => {
  let own: Tenant;

  beforeAll(async () => {
    own = await addTenant(server);
  });

  const post = (body: unknown, id = own.id, version = 'v1'): Promise<Reply> =>
    server.send('POST', `/api/${version}/client/${id}/user`, body);

  const refusals: [name: string, body: unknown, message: string][] = [
    ['malformed JSON', '{', 'Malformed JSON input, please check your request body'],
    ['null', 'null', 'userId is required and must be a string'],
    ['a list', '[]', 'userId is required and must be a string'],
    ['no user id', {}, 'userId is required and must be a string'],
    ['an empty user id', { userId: '' }, 'userId is required and must be a string'],
    ['a user id that is a number', { userId: 7 }, 'userId is required and must be a string'],
    ['a user id of 2,001 bytes', { userId: `${'ü'.repeat(1000)}x` }, 'Validation failed: userId'],
    ['a user id with U+0000', { userId: 'a\u0000' }, 'Validation failed'],
    ['an e-mail that is a number', { userId: 'u', attributes: { email: 7 } }, 'Invalid email format'],
    ['an e-mail without @', { userId: 'u', attributes: { email: 'abc' } }, 'Invalid email format'],
    ['an e-mail of two characters', { userId: 'u', attributes: { email: 'a@' } }, 'Invalid email format'],
    ['an e-mail that is none', { userId: 'u', attributes: { email: 'a@b' } }, 'Validation failed'],
    ['an attribute of null', { userId: 'u', attributes: { a: null } }, 'Validation failed'],
    ['an attribute that is an object', { userId: 'u', attributes: { a: {} } }, 'Validation failed'],
    ['an attribute with U+0000', { userId: 'u', attributes: { a: '\u0000' } }, 'Validation failed'],
    ['an attribute beyond all numbers', '{"userId":"u","attributes":{"a":1e999}}', 'Validation failed'],
  ];
  it.each(refusals)('refuses %s', async (_name, body, message) => {
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(reply.body.message).toContain(message);
    expect(Object.keys(reply.body).sort()).toEqual(['code', 'details', 'message']);
  });

  it('answers 400 for an environment id of the wrong shape and 404 for an unknown one', async () => {
    expect((await post({ userId: 'u' }, 'ABC')).body.message).toBe('Invalid workspace ID format');
    expect((await post({ userId: 'u' }, 'unknown')).status).toBe(404);
  });

  it('makes the contact before it refuses a value, but not for an e-mail of the wrong shape', async () => {
    const known = async (userId: string): Promise<number> => {
      const path = `/api/v1/client/${own.id}/contacts/${userId}/attributes`;
      return (await server.send('PUT', path, { attributes: {} })).status;
    };
    const [first, second] = [clientId(), clientId()];
    expect((await post({ userId: first, attributes: { plan: null } })).status).toBe(400);
    expect((await post({ userId: second, attributes: { email: 'abc' } })).status).toBe(400);
    expect([await known(first), await known(second)]).toEqual([200, 404]);
  });

  const absent: [name: string, attributes: unknown][] = [
    ['text', 'plan'],
    ['null', null],
    ['a number', 7],
    ['a list', ['plan']],
    ['an object of what is ignored', { userId: 'somebody-else', id: null }],
  ];
  it.each(absent)('treats attributes that are %s as none', async (_name, attributes) => {
    const userId = clientId();
    const reply = await post({ userId, attributes });
    expect([reply.status, Object.keys(reply.body.data)]).toEqual([200, ['state']]);
    expect(reply.body.data.state.data.userId).toBe(userId);
  });

  it('accepts user ids up to the largest that can be stored, text/plain, and spaces around the environment id', async () => {
    for (const userId of ['x'.repeat(2000), 'ü'.repeat(1000), ' blank ', '../..', '😀']) {
      const reply = await post({ userId });
      expect([reply.status, reply.body.data?.state.data.userId]).toEqual([200, userId]);
      expect((await post({ userId })).body.data.state.data.contactId).toBe(
        reply.body.data.state.data.contactId,
      );
    }
    const plain = { 'content-type': 'text/plain' };
    const path = `/api/v2/client/%20${own.id}%20/user`;
    expect((await server.send('POST', path, '{"userId":"u"}', plain)).status).toBe(200);
  });

  it('merges: absent keys stay, an empty text is a value', async () => {
    const tenant = await addTenant(server);
    await addSurvey(server, tenant, { segment: { filters: [attribute('plan', 'isSet', '')] } });
    await addSurvey(server, tenant, { segment: { filters: [attribute('plan', 'equals', 'pro')] } });
    const count = async (attributes: object): Promise<number> =>
      (await post({ userId: 'u', attributes }, tenant.id)).body.data.state.data.segments.length;
    expect(await count({ plan: 'pro' })).toBe(2);
    expect(await count({ other: 'x' })).toBe(2);
    expect(await count({ plan: '' })).toBe(1);
  });

  it('makes the five default keys with their names, and a title for a new one', async () => {
    const tenant = await addTenant(server);
    await post({ userId: 'u', attributes: { signup_date: '2024-01-15' } }, tenant.id);
    const { read } = server.database;
    const rows = await read
      .selectFrom('attribute_key')
      .select(['key', 'name', 'type', 'data_type', 'is_unique'])
      .where('environment_id', '=', tenant.id)
      .orderBy('key')
      .execute();
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
      'email Email default string 1',
      'firstName First Name default string 0',
      'language Language default string 0',
      'lastName Last Name default string 0',
      'signup_date Signup Date custom date 0',
      'userId User Id default string 1',
    ]);
  });

  it('makes the contact once and answers with a lifetime of half an hour', async () => {
    const userId = clientId();
    const first = await post({ userId });
    const second = await post({ userId }, own.id, 'v2');
    expect(first.body).toEqual({
      data: {
        state: {
          data: {
            contactId: expect.stringMatching(/^c[0-9a-z]{24}$/),
            userId,
            segments: [],
            displays: [],
            responses: [],
            lastDisplayAt: null,
          },
          expiresAt: new Date(server.clock.now + 30 * 60_000).toISOString(),
        },
      },
    });
    expect(second.body).toEqual(first.body);
  });

  it('makes one contact of 64 first identifications at once', async () => {
    const userId = clientId();
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, index) => post({ userId, attributes: { [`race${index % 4}`]: 'x' } })),
    );
    expect(replies.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
    expect(new Set(replies.map(({ body }) => body.data.state.data.contactId)).size).toBe(1);
  });

  it('writes nothing when nothing differs', async () => {
    const body = {
      userId: clientId(),
      attributes: { plan: 'pro', seats: 3, trial: true, since: '2024-02-29' },
    };
    await post(body);
    let writes = 0;
    const { write } = server.database;
    Object.assign(server.database, {
      write: (...job: Parameters<typeof write>) => {
        writes += 1;
        return write(...job);
      },
    });
    const reply = await post(body);
    Object.assign(server.database, { write });
    expect([reply.status, writes]).toEqual([200, 0]);
    expect(reply.body.data).not.toHaveProperty('messages');
  });

  it('keeps the type of a key and reports values of another type', async () => {
    const tenant = await addTenant(server);
    const userId = clientId();
    const first = await post({ userId, attributes: { seats: 3 } }, tenant.id);
    expect(first.body.data.messages).toEqual([expect.stringContaining('"seats"')]);
    const second = await post({ userId, attributes: { seats: '42', Plan: 'x', user_id: 'y' } }, tenant.id);
    expect(second.body.data.messages).toEqual([expect.stringContaining('"seats"')]);
    expect(second.body.data.errors).toHaveLength(2);
  });

  it('stores at most 150 keys: beyond, values of known keys only', async () => {
    const tenant = await addTenant(server);
    for (let index = 0; index < 145; index += 1) {
      const key = { key: `k${index}`, type: 'custom' };
      const headers = { 'x-api-key': tenant.key };
      await server.send('POST', '/api/v1/management/contact-attribute-keys', key, headers);
    }
    const over = await post({ userId: 'u', attributes: { k0: 'changed', one_more: 'x' } }, tenant.id);
    expect(over.body.data.messages).toEqual([expect.stringContaining('one_more')]);
    await addSurvey(server, tenant, { segment: { filters: [attribute('k0', 'equals', 'changed')] } });
    expect((await post({ userId: 'u' }, tenant.id)).body.data.state.data.segments).toHaveLength(1);
  });

  it('stores an e-mail that another contact has like any other', async () => {
    const tenant = await addTenant(server);
    const hasEmail = attribute('email', 'isSet', '');
    const isPro = attribute('plan', 'equals', 'pro');
    await addSurvey(server, tenant, { segment: { filters: [hasEmail] } });
    await addSurvey(server, tenant, { segment: { filters: [isPro] } });
    const email = 'somebody@example.com';
    expect(
      (await post({ userId: 'a', attributes: { email } }, tenant.id)).body.data.state.data.segments,
    ).toHaveLength(1);
    const second = await post({ userId: 'b', attributes: { email, plan: 'pro' } }, tenant.id);
    expect(second.text).not.toMatch(/mail/);
    expect(second.body.data.state.data.segments).toHaveLength(2);
    // And whoever had it first keeps it.
    expect((await post({ userId: 'a' }, tenant.id)).body.data.state.data.segments).toHaveLength(1);
  });

  it('returns the language in its short form, if there is one', async () => {
    const reply = await post({ userId: clientId(), attributes: { language: 'DE_de' } });
    expect(reply.body.data.state.data.language).toBe('de');
    const unknown = await post({ userId: clientId(), attributes: { language: 'klingon' } });
    expect(unknown.body.data.state.data).not.toHaveProperty('language');
    expect(unknown.body.data.messages).toEqual([expect.stringContaining('klingon')]);
  });

  it('evaluates segments on the new attributes; everybody is in one without filters', async () => {
    const tenant = await addTenant(server);
    await addSurvey(server, tenant);
    const pro = await addSurvey(server, tenant, {
      segment: { filters: [attribute('plan', 'equals', 'pro')] },
    });
    const environment = await server.send('GET', `/api/v1/client/${tenant.id}/environment`);
    const segmentOf = (id: string): string =>
      environment.body.data.data.surveys.find((survey: { id: string }) => survey.id === id).segment.id;
    const segments = async (attributes: object): Promise<string[]> =>
      (await post({ userId: 'u', attributes }, tenant.id)).body.data.state.data.segments;
    expect(await segments({})).toHaveLength(1);
    expect(await segments({ plan: 'Pro' })).toContain(segmentOf(pro));
    expect(await segments({ plan: 'free' })).not.toContain(segmentOf(pro));
  });

  it('treats a segment with unknown filters as empty, and logs it once', async () => {
    const tenant = await addTenant(server);
    const strange = { ...attribute('plan', 'equals', 'x'), connector: 'or' };
    const filters = [
      attribute('userId', 'isSet', ''),
      { ...strange, resource: { root: { type: 'moonPhase' } } },
    ];
    // The API refuses it, but a newer version of the server may have stored it in the same database.
    await addSurvey(server, tenant, { segment: { filters: [attribute('userId', 'isSet', '')] } });
    await server.database.write((trx) =>
      trx
        .updateTable('segment')
        .set({ filters: JSON.stringify(filters) })
        .where('environment_id', '=', tenant.id)
        .execute(),
    );
    const before = server.logged.length;
    for (let n = 0; n < 3; n += 1) {
      expect((await post({ userId: 'u' }, tenant.id)).body.data.state.data.segments).toEqual([]);
    }
    expect(server.logged.slice(before).filter(({ message }) => message.includes('segment'))).toHaveLength(1);
  });

  it('returns the whole history of the person, newest first', async () => {
    const tenant = await addTenant(server);
    const [older, newer] = [await addSurvey(server, tenant), await addSurvey(server, tenant)];
    const start = server.clock.now;
    const display = (surveyId: string, userId: string) =>
      server.send('POST', `/api/v1/client/${tenant.id}/displays`, { surveyId, userId });
    await display(older, 'u');
    server.clock.now = start + 1000;
    await display(newer, 'u');
    await display(newer, 'somebody-else');
    server.clock.now = start;
    const { data } = (await post({ userId: 'u' }, tenant.id)).body.data.state;
    expect(data.displays).toEqual([
      { surveyId: newer, createdAt: new Date(start + 1000).toISOString() },
      { surveyId: older, createdAt: new Date(start).toISOString() },
    ]);
    expect(data.lastDisplayAt).toBe(new Date(start + 1000).toISOString());
  });
});
