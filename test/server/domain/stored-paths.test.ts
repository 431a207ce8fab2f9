import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { withStoredPaths } from '../../../server/domain/stored-paths.ts';
import { toOwnAddresses } from '../../../server/files/own-address.ts';
import { SAMPLES } from '../files/samples.ts';
import { addUploadSurvey, put } from '../storage/storage.ts';
import { addSurvey, addTenant, describeServer, type Reply, send, type Tenant } from '../support.ts';

const FILE = '/storage/e1/public/a--fid--0f8fad5b-d9cb-469f-a165-70867728950e.png';
const own = toOwnAddresses('https://site.test/surveys', () => 'http://localhost:3000');

it.each([
  ['below PUBLIC_URL', `https://site.test/surveys${FILE}`, FILE],
  ['below the listening address', `http://localhost:3000${FILE}`, FILE],
  ['elsewhere', `https://other.test${FILE}`, `https://other.test${FILE}`],
  [
    'of nothing that is a file',
    'https://site.test/surveys/storage/help',
    'https://site.test/surveys/storage/help',
  ],
  ['within a text', `See https://site.test/surveys${FILE}`, `See https://site.test/surveys${FILE}`],
])('an address %s', (_name, given, stored) => {
  const document = { a: [{ imageUrl: given }], b: null, c: 1 };
  expect(withStoredPaths(document, own)).toEqual({ a: [{ imageUrl: stored }], b: null, c: 1 });
});

describeServer('addresses of files', (server) => {
  let tenant: Tenant;
  let surveyId: string;

  beforeAll(async () => {
    tenant = await addTenant(server);
    surveyId = await addUploadSurvey(server, tenant);
  });

  const manage = async (method: string, path: string, body?: unknown, accept = '*/*'): Promise<Reply> => {
    const headers = { 'x-api-key': tenant.key, accept };
    const reply = await server.send(method, `/api/v1/management/${path}`, body, headers);
    expect(reply.status, reply.text).toBe(200);
    return reply;
  };

  it('in a survey and in settings are stored as paths, and move with the server', async () => {
    const path = FILE.replace('e1', tenant.id);
    const id = await addSurvey(server, tenant, {
      welcomeCard: { enabled: true, headline: { default: 'Hi' }, fileUrl: `http://localhost${path}` },
    });
    await manage('PUT', 'environment', { styling: { logo: { url: `http://localhost${path}` } } });
    expect((await manage('GET', `surveys/${id}`)).body.data.welcomeCard.fileUrl).toBe(path);
    await manage('PUT', `surveys/${id}`, {
      endings: [{ id: 'e', type: 'endScreen', imageUrl: `http://127.0.0.1${path}` }],
    });
    const { app } = await server.openAgain({ publicUrl: 'https://moved.test/below' });
    const reply = await app.request(`/api/v1/client/${tenant.id}/environment`);
    const { surveys, workspace } = ((await reply.json()) as Reply['body']).data.data;
    const survey = surveys.find((one: { id: string }) => one.id === id);
    const told = `https://moved.test/below${path}`;
    expect([survey.welcomeCard.fileUrl, survey.endings[0].imageUrl, workspace.styling.logo.url]).toEqual([
      told,
      told,
      told,
    ]);
  });

  describe('in an answer', () => {
    const FORMS = [
      '',
      'http://localhost',
      'https://localhost',
      'http://127.0.0.1',
      'http://moved.test/below',
    ];
    const WAYS = ['v1', 'v2', 'first', 'PUT v1', 'PUT v2', 'PUT first', 'owner', 'PUT owner'] as const;
    it.each(WAYS)('are stored as paths, whichever form they come in: %s', async (way) => {
      const { app } = await server.openAgain({ publicUrl: 'http://moved.test/below' });
      const ask = async (method: string, path: string, body: object): Promise<string> => {
        const reply = await send(app, method, path, body, { 'x-api-key': tenant.key });
        expect(reply.status, reply.text).toBe(200);
        return reply.body.data.id;
      };
      const client = (version: string) =>
        version === 'first' ? '/api/v1/client' : `/api/${version}/client/${tenant.id}`;
      for (const form of FORMS) {
        const path = await store();
        const body = { surveyId, finished: false, data: {} };
        const given = { finished: true, data: { file: [form + path] } };
        const [, isChange, to = ''] = /^(PUT )?(.*)$/.exec(way) ?? [];
        const base = to === 'owner' ? '/api/v1/management' : client(to);
        const id = await ask('POST', `${base}/responses`, isChange ? body : { ...body, ...given });
        if (isChange) {
          await ask('PUT', `${base}/responses/${id}`, given);
          // Sent once more, in another form, it is a repetition.
          await ask('PUT', `${base}/responses/${id}`, { finished: true, data: { file: [path] } });
        }
        const { rows } = await sql<{ data: string }>`select data from response where id = ${id}`.execute(
          server.database.read,
        );
        expect(rows.map(({ data }) => JSON.parse(data).file)).toEqual([[path]]);
      }
    });
  });

  const store = async (): Promise<string> => {
    const file = { surveyId, elementId: 'file', fileName: 'a.png', content: SAMPLES.png };
    return (await put(server, tenant.id, file)).permit.fileUrl;
  };

  describe('that were stored as a client wrote them', () => {
    const post = async (data: object, change: object = {}): Promise<string> => {
      const body = { surveyId, finished: false, data, ...change };
      const reply = await server.send('POST', `/api/v1/client/${tenant.id}/responses`, body);
      expect(reply.status, reply.text).toBe(200);
      return reply.body.data.id;
    };
    const age = (id: string, path: string, address: string) =>
      server.database.write((trx) =>
        sql`update response set data = replace(data, ${path}, ${address}) where id = ${id}`.execute(trx),
      );

    it.each([
      'http://localhost:3000',
      'https://surveys.example',
      'http://evil.example:8443',
      'https://a.example/b',
    ])('below %s are read as files of this server', async (before) => {
      const [first, second] = [await store(), await store()];
      const id = await post({ file: [first, second], text: `${before}/storage/` });
      await age(id, first, before + first);
      await age(id, second, before + second);

      const read = async () => (await manage('GET', `responses/${id}`)).body.data.data;
      const told = [`http://localhost${first}`, `http://localhost${second}`];
      expect(await read()).toEqual({ file: told, text: `${before}/storage/` });
      const csv = (await manage('GET', `responses?surveyId=${surveyId}`, undefined, 'text/csv')).text;
      expect(csv).toContain(told.join('; '));
      const lines = (await manage('GET', 'responses', undefined, 'application/x-ndjson')).text;
      expect(lines).toContain(JSON.stringify(told));

      // A further answer neither fails for them nor keeps them.
      const path = `/api/v1/client/${tenant.id}/responses/${id}`;
      expect((await server.send('PUT', path, { finished: true, data: { more: 'x' } })).status).toBe(200);
      expect((await read()).file).toEqual(told);
      // As a repetition with the old address is one.
      const repeated = { finished: true, data: { file: [first, second] } };
      expect((await server.send('PUT', path, repeated)).status).toBe(200);

      await manage('DELETE', `responses/${id}`);
      for (const gone of [first, second]) {
        const headers = { 'x-api-key': tenant.key };
        expect((await server.send('GET', gone, undefined, headers)).status).toBe(404);
      }
    });
  });
});
