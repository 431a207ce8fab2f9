import { beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey } from '../../../server/auth/auth.ts';
import { grantApiKey } from '../../../server/repo/api-keys.ts';
import { newId } from '../../../server/repo/new-id.ts';
import {
  addKey,
  addSurvey,
  addTenant,
  clientId,
  describeServer,
  type Reply,
  type Tenant,
} from '../support.ts';

const BASE = '/api/v1/management';

describeServer('API keys', (server) => {
  let own: Tenant;
  let foreign: Tenant;
  const keys = { read: '', write: '', manage: '' };

  beforeAll(async () => {
    own = await addTenant(server);
    foreign = await addTenant(server);
    for (const permission of ['read', 'write', 'manage'] as const) {
      keys[permission] = await server.database.write((trx) => addKey(trx, own.id, permission));
    }
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Reply> =>
    server.send('GET', path, undefined, headers);

  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['an unknown key', { 'x-api-key': 'fbk_unknown' }],
    ['an empty key', { 'x-api-key': ' ' }],
    ['a bearer that is no key', { authorization: 'Bearer abc' }],
  ])('%s is 401', async (_name, headers) => {
    const reply = await get(`${BASE}/surveys`, headers);
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({
      code: 'not_authenticated',
      message: 'Not authenticated',
      details: { 'x-Api-Key': 'Header not provided or API Key invalid' },
    });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('are read from x-api-key, else from Authorization: Bearer', async () => {
    expect((await get(`${BASE}/me`, { 'x-api-key': ` ${own.key} ` })).body.id).toBe(own.id);
    expect((await get(`${BASE}/me`, { authorization: `Bearer ${own.key}` })).body.id).toBe(own.id);
    const both = { 'x-api-key': foreign.key, authorization: `Bearer ${own.key}` };
    expect((await get(`${BASE}/me`, both)).body.id).toBe(foreign.id);
  });

  it('return their environment without an envelope, at the short path too', async () => {
    const me = await get(`${BASE}/me`, { 'x-api-key': own.key });
    expect(me.body).toEqual({
      id: own.id,
      type: 'production',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      appSetupCompleted: false,
      workspace: { id: own.id, name: 'Test' },
      project: { id: own.id, name: 'Test' },
    });
    for (const name of ['me', 'surveys', 'responses']) {
      const reply = await get(`/api/v1/${name}?limit=1`);
      expect([reply.status, reply.headers.get('location')]).toEqual([308, `management/${name}?limit=1`]);
    }
  });

  it("of two environments can't read /me, and must name one in a write", async () => {
    const both = 'a-key-of-two-environments';
    for (const { id } of [own, foreign]) {
      await server.database.write((trx) =>
        grantApiKey(trx, {
          id: newId(),
          hash: hashApiKey(both),
          label: 'both',
          environmentId: id,
          permission: 'manage',
          now: 1,
        }),
      );
    }
    expect((await get(`${BASE}/me`, { 'x-api-key': both })).status).toBe(400);
    const body = { name: 'A', type: 'code', key: 'a' };
    const unnamed = await server.send('POST', `${BASE}/action-classes`, body, { 'x-api-key': both });
    expect([unnamed.status, unnamed.body.message]).toEqual([400, 'workspaceId must be provided']);
    const named = { ...body, environmentId: foreign.id };
    const reply = await server.send('POST', `${BASE}/action-classes`, named, { 'x-api-key': both });
    expect(reply.body.data.workspaceId).toBe(foreign.id);
  });

  it('have read, write or manage permission, each including the lower ones', async () => {
    const surveyId = await addSurvey(server, own);
    const attempt = async (method: string, key: string): Promise<number> =>
      (
        await server.send(method, `${BASE}/surveys/${surveyId}`, method === 'PUT' ? {} : undefined, {
          'x-api-key': key,
        })
      ).status;
    expect([await attempt('GET', keys.read), await attempt('PUT', keys.read)]).toEqual([200, 401]);
    expect([await attempt('PUT', keys.write), await attempt('DELETE', keys.write)]).toEqual([200, 401]);
    expect(await attempt('DELETE', keys.manage)).toBe(200);
  });

  it('record their last use, at most every 30 s', async () => {
    const tenant = await addTenant(server);
    const lastUsed = async (): Promise<number | null> => {
      const row = await server.database.read
        .selectFrom('api_key')
        .select('last_used_at')
        .where('hash', '=', hashApiKey(tenant.key))
        .executeTakeFirstOrThrow();
      return row.last_used_at;
    };
    const start = server.clock.now;
    await get(`${BASE}/me`, { 'x-api-key': tenant.key });
    await expect.poll(lastUsed).toBe(start);
    server.clock.now = start + 29_999;
    await get(`${BASE}/me`, { 'x-api-key': tenant.key });
    server.clock.now = start + 30_000;
    expect(await lastUsed()).toBe(start);
    await get(`${BASE}/me`, { 'x-api-key': tenant.key });
    await expect.poll(lastUsed).toBe(start + 30_000);
    server.clock.now = start;
  });

  it('get 404 in the error format for an unknown path and 405 with Allow for a wrong method', async () => {
    const unknown = await get(`${BASE}/nothing`, { 'x-api-key': own.key });
    expect([unknown.status, unknown.body]).toEqual([
      404,
      { code: 'not_found', message: 'Not found', details: {} },
    ]);
    const wrong = await server.send('DELETE', `${BASE}/surveys`, undefined, { 'x-api-key': own.key });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describeServer('action classes', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const send = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, `${BASE}/action-classes${path}`, body, { 'x-api-key': own.key });
  const code = (key = clientId()) => ({ name: `Action ${key}`, type: 'code', key });
  const pageView = (value: string, rule = 'exactMatch') => ({
    name: clientId(),
    type: 'noCode',
    noCodeConfig: { type: 'pageView', urlFilters: [{ rule, value }] },
  });

  const refusals: [name: string, body: unknown, detail: string][] = [
    ['null', 'null', 'type'],
    ['no name', { type: 'code', key: 'a' }, 'name'],
    ['an empty name', { name: ' ', type: 'code', key: 'a' }, 'name'],
    ['an endless name', { name: 'x'.repeat(256), type: 'code', key: 'a' }, 'name'],
    ['U+0000', { name: 'a\u0000', type: 'code', key: 'a' }, 'name'],
    ['an unknown type', { name: 'a', type: 'magic' }, 'type'],
    ['code without a key', { name: 'a', type: 'code' }, 'key'],
    ['no-code without a configuration', { name: 'a', type: 'noCode' }, 'noCodeConfig'],
    [
      'a click on nothing',
      { name: 'a', type: 'noCode', noCodeConfig: { type: 'click', urlFilters: [], elementSelector: {} } },
      'noCodeConfig.elementSelector',
    ],
    ['an address that is none', pageView('welcome'), 'noCodeConfig.urlFilters.0.value'],
    ['a host without a dot', pageView('https://welcome/'), 'noCodeConfig.urlFilters.0.value'],
  ];
  it.each(refusals)('refuse %s', async (_name, body, detail) => {
    const reply = await send('POST', '', body);
    expect(reply.status).toBe(400);
    if (body !== 'null') expect(Object.keys(reply.body.details)).toContain(detail);
  });

  it.each([
    '/welcome',
    'https://a.example/x',
    'http://localhost:3000/',
    'http://127.0.0.1/',
    'http://[::1]/',
  ])('accept the URL %s', async (value) =>
    expect((await send('POST', '', pageView(value))).status).toBe(200),
  );

  it('are made, read, listed oldest first, replaced and deleted', async () => {
    const made = await send('POST', '', { ...code('k1'), description: 'x' });
    expect(made.body.data).toEqual({
      id: expect.stringMatching(/^c[0-9a-z]{24}$/),
      createdAt: new Date(server.clock.now).toISOString(),
      updatedAt: new Date(server.clock.now).toISOString(),
      name: 'Action k1',
      description: 'x',
      type: 'code',
      key: 'k1',
      noCodeConfig: null,
      workspaceId: own.id,
      environmentId: own.id,
    });
    const { id } = made.body.data;
    expect((await send('GET', `/${id}`)).body).toEqual(made.body);
    expect((await send('GET', '')).body.data.map((one: { id: string }) => one.id)).toContain(id);
    expect((await send('GET', '?limit=1&offset=1')).body.data).toHaveLength(1);
    const put = await send('PUT', `/${id}`, { ...code('k2') });
    expect(put.body.data).toMatchObject({ id, key: 'k2', description: 'x', surveyTriggers: [] });
    expect((await send('DELETE', `/${id}`)).body.data.id).toBe(id);
    expect((await send('GET', `/${id}`)).status).toBe(404);
  });

  it('have a unique name and a unique key within an environment', async () => {
    await send('POST', '', code('twice'));
    const name = await send('POST', '', { ...code('other'), name: 'Action twice' });
    expect([name.status, name.body.message]).toEqual([409, 'Action with name Action twice already exists']);
    const key = await send('POST', '', { ...code('twice'), name: 'Another' });
    expect([key.status, key.body.message]).toEqual([409, 'Action with key twice already exists']);
    const third = await send('POST', '', code('third'));
    expect((await send('PUT', `/${third.body.data.id}`, code('twice'))).status).toBe(409);
    expect((await send('PUT', `/${third.body.data.id}`, code('third'))).status).toBe(200);
  });

  it('are deleted with their triggers; the surveys stay', async () => {
    const surveyId = await addSurvey(server, own);
    const survey = await server.send('GET', `${BASE}/surveys/${surveyId}`, undefined, {
      'x-api-key': own.key,
    });
    const [{ actionClass }] = survey.body.data.triggers;
    expect((await send('PUT', `/${actionClass.id}`, code())).body.data.surveyTriggers).toEqual([
      { surveyId },
    ]);
    await send('DELETE', `/${actionClass.id}`);
    const after = await server.send('GET', `${BASE}/surveys/${surveyId}`, undefined, {
      'x-api-key': own.key,
    });
    expect(after.body.data.triggers).toEqual([]);
  });
});

describeServer('ids of another environment and unknown ids', (server) => {
  let own: Tenant;
  let foreign: Tenant;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    own = await addTenant(server);
    foreign = await addTenant(server);
    ids.surveys = await addSurvey(server, foreign);
    const survey = await server.send('GET', `${BASE}/surveys/${ids.surveys}`, undefined, {
      'x-api-key': foreign.key,
    });
    ids['action-classes'] = survey.body.data.triggers[0].actionClass.id;
    const response = await server.send('POST', `/api/v1/client/${foreign.id}/responses`, {
      surveyId: ids.surveys,
      finished: true,
      data: {},
    });
    ids.responses = response.body.data.id;
  });

  const cells = ['surveys', 'action-classes', 'responses'].flatMap((kind) =>
    ['GET', 'PUT', 'DELETE'].map((method) => [method, kind] as const),
  );
  it.each(cells)('are answered alike: %s %s', async (method, kind) => {
    const ask = (id: string) =>
      server.send(method, `${BASE}/${kind}/${id}`, method === 'PUT' ? {} : undefined, {
        'x-api-key': own.key,
      });
    const theirs = ids[kind] ?? '';
    const unknown = newId();
    const [foreignReply, unknownReply] = [await ask(theirs), await ask(unknown)];
    expect(foreignReply.status).toBe(404);
    expect(foreignReply.text).toBe(unknownReply.text.replace(unknown, theirs));
    if (foreignReply.status === 404) expect((await ask('Not-An-Id')).status).toBe(400);
  });

  it('are answered alike as a filter of responses, and lists have only own objects', async () => {
    const theirs = ids.surveys ?? '';
    const ask = (id: string) =>
      server.send('GET', `${BASE}/responses?surveyId=${id}`, undefined, { 'x-api-key': own.key });
    const unknown = newId();
    expect((await ask(theirs)).text).toBe((await ask(unknown)).text.replace(unknown, theirs));
    for (const kind of Object.keys(ids)) {
      const list = await server.send('GET', `${BASE}/${kind}`, undefined, { 'x-api-key': own.key });
      expect(list.body).toEqual({ data: [] });
    }
  });

  it('in a body: 404 for an unknown environment, 401 for another one', async () => {
    const post = (environmentId: unknown) =>
      server.send(
        'POST',
        `${BASE}/action-classes`,
        { environmentId, name: 'a', type: 'code', key: 'a' },
        { 'x-api-key': own.key },
      );
    expect((await post('unknown')).body.details).toEqual({
      resource_id: 'unknown',
      resource_type: 'Workspace',
    });
    expect((await post(foreign.id)).body.code).toBe('unauthorized');
    expect((await post(7)).body.message).toBe('workspaceId must be a string');
    expect((await post('')).status).toBe(200);
  });

  it('cannot be reached through the triggers or the segment of a survey', async () => {
    const survey = (change: object) =>
      server.send(
        'POST',
        `${BASE}/surveys`,
        {
          name: 'x',
          type: 'app',
          questions: [{ id: 'q', type: 'openText', headline: { default: 'Q' }, required: true }],
          ...change,
        },
        { 'x-api-key': own.key },
      );
    const trigger = await survey({ triggers: [{ actionClass: { id: ids['action-classes'] } }] });
    expect([trigger.status, trigger.body.message]).toEqual([400, 'Invalid trigger id']);
    const rows = await server.database.read.selectFrom('segment').select('id').execute();
    const theirs = rows[0]?.id ?? '';
    const segment = await survey({ segment: { id: theirs, filters: [] } });
    expect(segment.status).toBe(404);
    const unknown = newId();
    expect(segment.text).toBe(
      (await survey({ segment: { id: unknown, filters: [] } })).text.replace(unknown, theirs),
    );
  });
});

describeServer('settings', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const send = (method: string, body?: unknown): Promise<Reply> =>
    server.send(method, `${BASE}/environment`, body, { 'x-api-key': own.key });

  it('merge given fields and are delivered to visitors', async () => {
    expect((await send('GET')).body.data).toMatchObject({ id: own.id, recontactDays: 7, overlay: 'none' });
    const put = await send('PUT', {
      recontactDays: 0,
      styling: { brandColor: { light: '#000' }, own: 'kept' },
    });
    expect(put.body.data).toMatchObject({ recontactDays: 0, overlay: 'none', styling: { own: 'kept' } });
    const environment = await server.send('GET', `/api/v1/client/${own.id}/environment`);
    expect(environment.body.data.data.workspace).toMatchObject({
      recontactDays: 0,
      placement: 'bottomRight',
    });
  });

  it.each<[string, unknown]>([
    ['recontactDays', 366],
    ['recontactDays', -1],
    ['recontactDays', 'x'],
    ['overlay', 'black'],
    ['placement', 'middle'],
    ['clickOutsideClose', 'yes'],
    ['styling', null],
  ])('refuse %s of %j', async (name, value) => {
    const reply = await send('PUT', { [name]: value });
    expect(reply.status).toBe(400);
    expect(reply.body.details).toHaveProperty(name);
  });
});

describe('a key', () => {
  it('is stored as a hash that is not the key', () => {
    expect(hashApiKey('fbk_x')).toMatch(/^[0-9a-f]{64}$/);
  });
});
