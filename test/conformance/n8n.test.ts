import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../server/client/context.ts';
import { createWebhookWorker } from '../../server/webhooks/worker.ts';
import { KINDS, silentLog } from '../server/support.ts';
import { type Receiver, startReceiver } from '../server/webhooks/receiver.ts';
import { type RunningServer, startServer } from './server.ts';

/** What the node looks like from outside (management-api.md 16.2). */
interface Node {
  readonly methods: { readonly loadOptions: { getSurveys(this: unknown): Promise<readonly Option[]> } };
  readonly webhookMethods: {
    readonly default: Readonly<
      Record<'checkExists' | 'create' | 'delete', (this: unknown) => Promise<boolean>>
    >;
  };
  webhook(this: unknown): Promise<{ readonly workflowData: readonly (readonly unknown[])[] }>;
}

interface Option {
  readonly name: string;
  readonly value: string;
}

interface HttpOptions {
  readonly baseURL: string;
  readonly url: string;
  readonly method: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

const folder = dirname(
  createRequire(import.meta.url).resolve('@formbricks/n8n-nodes-formbricks/package.json'),
);

/** The published node as it is; of its host it needs two classes of errors. */
function loadNode(): Node {
  class HostError extends Error {}
  const load = (name: string): Record<string, new () => Node> => {
    const exports = {};
    const source = readFileSync(join(folder, 'dist/nodes/Formbricks', name), 'utf8');
    const ask = (wanted: string): unknown =>
      wanted === 'n8n-workflow'
        ? { NodeApiError: HostError, NodeOperationError: HostError }
        : load(`${wanted.slice(2)}.js`);
    compileFunction(source, ['exports', 'require'])(exports, ask);
    return exports;
  };
  const { Formbricks } = load('Formbricks.node.js');
  if (!Formbricks) throw new Error('the package has no node');
  return new Formbricks();
}

describe.each(KINDS)('the n8n node 1.0.2 on %s', (kind) => {
  let server: RunningServer;
  let receiver: Receiver;
  let tenant: { readonly id: string; readonly key: string };
  let surveyId: string;
  let node: Node;
  const secrets = new Map<string, string>();
  const staticData: { webhookId?: string } = {};

  beforeAll(async () => {
    server = await startServer(kind, { allowPrivateWebhooks: true });
    receiver = await startReceiver();
    tenant = await server.addTenant();
    node = loadNode();
    const questions = [{ id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false }];
    surveyId = (
      await ask('POST', '/management/surveys', { name: 'For n8n', status: 'inProgress', questions })
    ).id;
  });
  afterAll(async () => {
    await receiver.stop();
    await server.stop();
  });

  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a reply and fails when it is not there.
  async function ask(method: string, path: string, body?: object): Promise<any> {
    const reply = await fetch(`${server.origin}/api/v1${path}`, {
      method,
      headers: { 'x-api-key': tenant.key },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${await reply.text()}`);
    return ((await reply.json()) as { data: unknown }).data;
  }

  /** What the host gives to the node: it sends empty bodies not at all, and follows redirects. */
  const host = () => ({
    getCredentials: async () => ({ host: server.origin, apiKey: tenant.key }),
    getWorkflowStaticData: () => staticData,
    getNodeWebhookUrl: () => `${receiver.origin}/webhook/n8n`,
    getNodeParameter: (name: string) =>
      name === 'surveyIds' ? [surveyId] : ['responseCreated', 'responseFinished'],
    getNode: () => ({}),
    getBodyData: () => JSON.parse(receiver.received[0]?.body ?? 'null'),
    helpers: {
      returnJsonArray: (data: unknown) => [data],
      async httpRequestWithAuthentication(
        _name: string,
        { baseURL, url, method, body, headers }: HttpOptions,
      ) {
        const text = JSON.stringify(body);
        const hasBody = method !== 'GET' && text !== '{}';
        const reply = await fetch(`${baseURL}${url}`, {
          method,
          headers,
          ...(hasBody ? { body: text } : {}),
        });
        if (!reply.ok) throw new Error(`${reply.status}`);
        const json = (await reply.json()) as { data: { id: string; secret?: string } };
        if (json.data.secret) secrets.set(json.data.id, json.data.secret);
        return json;
      },
    },
  });

  it('accepts the credentials and lists surveys', async () => {
    const me = await fetch(`${server.origin}/api/v1/me`, { headers: { 'x-api-key': tenant.key } });
    expect(me.status).toBe(200);
    expect(await node.methods.loadOptions.getSurveys.call(host())).toEqual([
      { name: 'For n8n', value: surveyId },
    ]);
  });

  it('makes its webhook, hears of an answer that a browser gave, signed, and deletes the webhook', async () => {
    const { checkExists, create, delete: remove } = node.webhookMethods.default;
    expect(await checkExists.call(host())).toBe(false);
    expect(await create.call(host())).toBe(true);
    expect(await checkExists.call(host())).toBe(true);
    const [webhook] = await ask('GET', '/webhooks');
    expect(webhook).toMatchObject({ id: staticData.webhookId, source: 'n8n', surveyIds: [surveyId] });

    // As our snippet sends it: no preflight, an id of its own.
    const answer = { id: 'made0by0a0browser0', seq: 1, surveyId, finished: true, data: { q1: 'Because' } };
    const given = await fetch(`${server.origin}/api/v1/client/${tenant.id}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(answer),
    });
    expect(given.status).toBe(200);
    const now = () => server.clock.now;
    const deps = { database: server.database, now, log: silentLog, allowPrivateWebhooks: true };
    await createWebhookWorker(createContext(deps)).run();
    const events = receiver.received.map(({ body }) => JSON.parse(body).event);
    expect(events.sort()).toEqual(['responseCreated', 'responseFinished']);
    const secret = secrets.get(webhook.id) ?? '';
    for (const { headers, body } of receiver.received) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const signature = new Webhook(secret).sign(String(headers['webhook-id']), at, body);
      expect(headers['webhook-signature']).toBe(signature);
    }
    const { workflowData } = await node.webhook.call(host());
    expect(workflowData[0]?.[0]).toMatchObject({ webhookId: webhook.id, data: { data: { q1: 'Because' } } });

    await remove.call(host());
    expect(await ask('GET', '/webhooks')).toEqual([]);
    expect(staticData).toEqual({});
  });
});
