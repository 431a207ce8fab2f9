import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { SAMPLES } from '../server/files/samples.ts';
import { toForm } from '../server/storage/storage.ts';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const KEY = 'a-key-of-the-prefix-test';
const ENVIRONMENT = 'prefix';

// biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a reply and fails when it is not there.
type Json = any;

describe.each([true, false])('behind a proxy that strips a path, with PUBLIC_URL: %s', (hasPublicUrl) => {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-prefix-'));
  let proxy: PrefixProxy;
  let server: BuiltServer;
  let receiver: Receiver;
  /** Where addresses that are handed out begin. */
  let base: string;
  let surveyId: string;

  beforeAll(async () => {
    receiver = await startReceiver();
    proxy = await startPrefixProxy('/surveys');
    proxy.target = await freePort();
    server = await startBuiltServer({
      args: ['--demo', 'demo/seed.json'],
      env: {
        PORT: `${proxy.target}`,
        DATABASE_URL: `sqlite:${join(folder, 'test.db')}`,
        FILES_URL: `file:${join(folder, 'files')}`,
        INKLING_ENVIRONMENT_ID: ENVIRONMENT,
        INKLING_API_KEY: KEY,
        INKLING_ALLOW_PRIVATE_WEBHOOKS: '1',
        ...(hasPublicUrl ? { PUBLIC_URL: `${proxy.url}/` } : {}),
      },
    });
    base = /your tag .* src="(.*)\/inkling\.js"/.exec(server.out())?.[1] ?? '';
    const triggers = ['responseFinished'];
    await manage('POST', '/api/v1/webhooks', { name: 'w', url: `${receiver.origin}/`, triggers });
    const element = { id: 'file', type: 'fileUpload', headline: { default: 'Files?' }, required: false };
    const action = await manage('POST', '/api/v1/management/action-classes', {
      name: 'a',
      type: 'code',
      key: 'a',
    });
    const { id } = await manage('POST', '/api/v1/management/surveys', {
      ...{ name: 's', type: 'app', status: 'inProgress', triggers: [{ actionClass: { id: action.id } }] },
      blocks: [{ id: 'b', name: 'B', elements: [{ ...element, allowMultipleFiles: true }] }],
    });
    surveyId = id;
  });
  afterAll(async () => {
    await server.stop();
    await proxy.stop();
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(method: string, path: string, body?: object, headers = {}): Promise<string> {
    const init = body ? { body: JSON.stringify({ environmentId: ENVIRONMENT, ...body }) } : {};
    const reply = await fetch(`${proxy.url}${path}`, {
      method,
      headers: { 'x-api-key': KEY, ...headers },
      ...init,
    });
    const text = await reply.text();
    expect(reply.status, `${method} ${path}: ${text}`).toBe(200);
    return text;
  }
  const manage = async (method: string, path: string, body?: object): Promise<Json> =>
    JSON.parse(await ask(method, path, body)).data;

  it('the address that is printed is the one that is handed out', () => {
    expect(base).toBe(hasPublicUrl ? proxy.url : `http://localhost:${proxy.target}`);
  });

  it.each(['me', 'surveys', 'responses'])('the short path %s leads below the path', async (name) => {
    const reply = await fetch(`${proxy.url}/api/v1/${name}?limit=1`, { headers: { 'x-api-key': KEY } });
    expect([reply.status, reply.url]).toEqual([200, `${proxy.url}/api/v1/management/${name}?limit=1`]);
  });

  it.each(['/', '/welcome', '/results', '/docs/api'])('whatever %s refers to is there', async (path) => {
    const page = await (await fetch(proxy.url + path)).text();
    const named = [...page.matchAll(/ (?:href|src)="([^"#]*)"/g)].map(([, address]) => address ?? '');
    expect(named.length).toBeGreaterThan(1);
    for (const address of named.filter((one) => !one.startsWith('data:'))) {
      const reply = await fetch(new URL(address, proxy.url + path));
      expect([address, reply.status]).toEqual([address, 200]);
      await reply.text();
    }
  });

  it('the description of the API names the server as it is reached', async () => {
    const { servers } = JSON.parse(await ask('GET', '/openapi.json'));
    const { href } = new URL(servers[0].url, `${proxy.url}/openapi.json`);
    expect(href.replace(/\/$/, '')).toBe(proxy.url);
  });

  it('files are uploaded, named and read by the address that is handed out', async () => {
    const given = { surveyId, elementId: 'file', fileName: 'a.png', fileType: 'image/png' };
    const permit = await manage('POST', `/api/v1/client/${ENVIRONMENT}/storage`, given);
    expect(permit.signedUrl).toBe(`${base}/api/v1/client/${ENVIRONMENT}/storage/local`);
    const sent = await fetch(permit.signedUrl, {
      method: 'POST',
      body: toForm(permit.presignedFields, SAMPLES.png),
    });
    expect(sent.status).toBe(201);
    await manage('POST', `/api/v1/client/${ENVIRONMENT}/user`, { userId: 'u' });
    for (const files of [[permit.fileUrl], [base + permit.fileUrl]]) {
      const body = { surveyId, finished: true, data: { file: files }, userId: 'u' };
      await manage('POST', `/api/v1/client/${ENVIRONMENT}/responses`, body);
    }

    const address = base + permit.fileUrl;
    const read = await fetch(address, { headers: { 'x-api-key': KEY } });
    expect([read.status, (await read.arrayBuffer()).byteLength]).toEqual([200, SAMPLES.png.length]);
    const responses = '/api/v1/management/responses';
    const stored: Json[] = await manage('GET', responses);
    expect(stored.map(({ data }) => data.file)).toEqual([[address], [address]]);
    for (const accept of ['text/csv', 'application/x-ndjson']) {
      const text = await ask('GET', responses, undefined, { accept });
      expect(text.split(address)).toHaveLength(3);
      expect(text.split('/storage/')).toHaveLength(3);
    }
    const { id } = stored[0].contact;
    const { responses: exported } = await manage('GET', `/api/v1/management/contacts/${id}/export`);
    expect(exported.map(({ data }: Json) => data.file)).toEqual([[address], [address]]);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), { timeout: 10_000 });
    for (const { body } of receiver.received) expect(JSON.parse(body).data.data.file).toEqual([address]);
  });

  it('pictures of surveys are sent with the address that is handed out', async () => {
    const file = { fileName: 'a.png', fileType: 'image/png' };
    const permit = await manage('POST', '/api/v1/management/storage', file);
    const form = toForm(permit.presignedFields, SAMPLES.png);
    expect((await fetch(permit.signedUrl, { method: 'POST', body: form })).status).toBe(201);
    const welcomeCard = { enabled: true, headline: { default: 'Hi' }, fileUrl: base + permit.fileUrl };
    await manage('PUT', `/api/v1/management/surveys/${surveyId}`, { welcomeCard });
    const managed = await manage('GET', `/api/v1/management/surveys/${surveyId}`);
    expect(managed.welcomeCard.fileUrl).toBe(permit.fileUrl);
    const { data } = await manage('GET', `/api/v1/client/${ENVIRONMENT}/environment`);
    expect(data.surveys[0].welcomeCard.fileUrl).toBe(base + permit.fileUrl);
    expect((await fetch(base + permit.fileUrl)).status).toBe(200);
  });
});
