import { beforeAll, expect, it } from 'vitest';
import { addTenant, clientId, describeServer, type Tenant } from '../support.ts';

const BASE = '/api/v1/management';

describeServer('contacts and attributes', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const send = (method: string, path: string, body?: unknown) =>
    server.send(method, path, body, { 'x-api-key': own.key });
  const identify = (userId: string, attributes: object) =>
    send('POST', `/api/v1/client/${own.id}/user`, { userId, attributes });

  it('are listed as keys, values, contacts and people, with the user id', async () => {
    const userId = clientId();
    await identify(userId, { email: 'ada@example.com', age: 36, since: '2024-02-29' });
    const keys = (await send('GET', `${BASE}/contact-attribute-keys`)).body.data;
    const idOf = (name: string): string => keys.find(({ key }: { key: string }) => key === name)?.id;
    expect(keys.map(({ key, type }: { key: string; type: string }) => [key, type])).toEqual(
      expect.arrayContaining([
        ['userId', 'default'],
        ['email', 'default'],
        ['language', 'default'],
      ]),
    );
    const [contact] = (await send('GET', `${BASE}/contacts`)).body.data;
    const values = (await send('GET', `${BASE}/contact-attributes`)).body.data;
    const readValue = (name: string) =>
      values.find(({ attributeKeyId }: { attributeKeyId: string }) => attributeKeyId === idOf(name));
    expect(readValue('userId')).toMatchObject({ contactId: contact.id, value: userId, valueNumber: null });
    expect(readValue('age')).toMatchObject({ value: '36', valueNumber: 36, valueDate: null });
    expect(readValue('since')).toMatchObject({ valueDate: '2024-02-29T00:00:00.000Z' });
    expect(new Set(values.map(({ id }: { id: string }) => id)).size).toBe(values.length);
    const [person] = (await send('GET', `${BASE}/people`)).body.data;
    expect(person).toMatchObject({
      id: contact.id,
      userId,
      attributes: { email: 'ada@example.com', age: '36', since: '2024-02-29T00:00:00.000Z' },
    });

    // A key that is archived under the older name is hidden from people.
    const archive = { name: 'age', archived: true };
    expect((await send('PUT', `${BASE}/attribute-classes/${idOf('age')}`, archive)).body.data.archived).toBe(
      true,
    );
    expect((await send('GET', `${BASE}/people/${contact.id}`)).body.data.attributes.age).toBeUndefined();
    const classes = (await send('GET', `${BASE}/attribute-classes`)).body.data;
    expect(classes.map(({ name }: { name: string }) => name)).not.toContain('userId');
  });

  it('keep the name of default keys', async () => {
    await identify(clientId(), { points: 5 });
    const keys = (await send('GET', `${BASE}/contact-attribute-keys`)).body.data;
    const find = (name: string) => keys.find(({ key }: { key: string }) => key === name);
    const change = (name: string, body: object) =>
      send('PUT', `${BASE}/contact-attribute-keys/${find(name).id}`, body);
    expect((await change('points', { key: 'score' })).body.data.key).toBe('score');
    expect((await change('email', { key: 'mail' })).status).toBe(400);
    expect((await change('email', { name: 'Mail' })).body.data.name).toBe('Mail');
    const removed = await send('DELETE', `${BASE}/contact-attribute-keys/${find('email').id}`);
    expect(removed.body.message).toBe('Default Contact Attribute Keys cannot be deleted');
    const older = await send('DELETE', `${BASE}/attribute-classes/${find('email').id}`);
    expect(older.body.message).toBe('Automatic Attribute Classes cannot be deleted');
    // Visible to visitors at once: 'points' is a new key now.
    const { body } = await identify(clientId(), { score: 'text' });
    expect(body.data.messages).toEqual([expect.stringContaining('score')]);
  });

  it('have at most 150 keys, and lists can be paged', async () => {
    const tenant = await addTenant(server);
    const add = (key: string) =>
      server.send(
        'POST',
        `${BASE}/contact-attribute-keys`,
        { key, type: 'custom' },
        { 'x-api-key': tenant.key },
      );
    const statuses: number[] = [];
    for (let count = 5; count < 151; count += 1) statuses.push((await add(`key_${count}`)).status);
    expect([statuses.slice(0, -1).every((status) => status === 200), statuses.at(-1)]).toEqual([true, 403]);
    const page = await server.send('GET', `${BASE}/contact-attribute-keys?limit=3&offset=148`, undefined, {
      'x-api-key': tenant.key,
    });
    expect(page.body.data).toHaveLength(2);
  });

  it('are grouped by segments, which can be shared by surveys and not be deleted while in use', async () => {
    const add = (title: string, filters: unknown = []) =>
      send('POST', `${BASE}/segments`, { title, filters });
    const first = (await add('First')).body.data;
    expect((await add('First')).status).toBe(409);
    const ask = (id: string) => [
      {
        id: 'f1',
        connector: null,
        resource: {
          id: 'f1',
          root: { type: 'segment', segmentId: id },
          value: id,
          qualifier: { operator: 'userIsIn' },
        },
      },
    ];
    const second = (await add('Second', ask(first.id))).body.data;
    expect(second.filters).toEqual(ask(first.id));
    const circle = await send('PUT', `${BASE}/segments/${first.id}`, { filters: ask(second.id) });
    expect([circle.status, Object.keys(circle.body.details)]).toEqual([400, ['filters']]);
    const used = await send('DELETE', `${BASE}/segments/${first.id}`);
    expect([used.status, used.body.details]).toEqual([409, { surveys: [], segments: [second.id] }]);
    expect((await send('DELETE', `${BASE}/segments/${second.id}`)).status).toBe(200);
    expect((await send('DELETE', `${BASE}/segments/${first.id}`)).status).toBe(200);
  });

  it('have languages that the environment lists', async () => {
    const put = await send('PUT', `${BASE}/environment`, {
      recontactDays: 3,
      languages: [{ code: 'de-DE', alias: 'Deutsch' }, { code: 'en-US' }],
    });
    const names = (body: { data: { languages: { code: string; alias: string | null }[] } }) =>
      body.data.languages.map(({ code, alias }) => [code, alias]).sort();
    expect(names(put.body)).toEqual([
      ['de-DE', 'Deutsch'],
      ['en-US', null],
    ]);
    await send('PUT', `${BASE}/environment`, { languages: [{ code: 'de-DE', alias: null }] });
    expect(names((await send('GET', `${BASE}/environment`)).body)).toEqual([
      ['de-DE', null],
      ['en-US', null],
    ]);
    const wrong = await send('PUT', `${BASE}/environment`, { languages: [{ code: '' }] });
    expect(wrong.body.details).toEqual({ 'languages.0.code': expect.any(String) });
  });
});
