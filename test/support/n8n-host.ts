import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';

/** The interface of the published node (management-api.md 16.2). */
export interface N8nNode {
  readonly methods: { readonly loadOptions: { getSurveys(this: unknown): Promise<readonly N8nOption[]> } };
  readonly webhookMethods: {
    readonly default: Readonly<
      Record<'checkExists' | 'create' | 'delete', (this: unknown) => Promise<boolean>>
    >;
  };
  webhook(this: unknown): Promise<{ readonly workflowData: readonly (readonly unknown[])[] }>;
}

/** A line of a drop-down list. */
export interface N8nOption {
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

/** Settings of the node in a workflow. */
export interface N8nSetup {
  readonly serverUrl: string;
  readonly key: string;
  /** The URL at which n8n receives events. */
  readonly webhookUrl: string;
  readonly surveyIds: readonly string[];
  readonly events: readonly string[];
}

/** The parts of n8n that the node uses. */
export interface N8nHost {
  /** Data that n8n keeps between two runs of a workflow. */
  readonly staticData: { webhookId?: string };
  /** The secrets of the webhooks that the node made, by their ids. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Returns `this` for the node's functions; with the body of a delivery for `webhook`. */
  self(body?: string): unknown;
}

const folder = dirname(
  createRequire(import.meta.url).resolve('@formbricks/n8n-nodes-formbricks/package.json'),
);

/** Loads the published node unchanged; from its host it imports only two classes of errors. */
export function loadN8nNode(): N8nNode {
  class HostError extends Error {}
  const load = (name: string): Record<string, new () => N8nNode> => {
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

/** A substitute for n8n: it omits empty bodies, and follows redirects. */
export function createN8nHost({ serverUrl, key, webhookUrl, surveyIds, events }: N8nSetup): N8nHost {
  const staticData: { webhookId?: string } = {};
  const secrets = new Map<string, string>();
  const self = (body?: string): unknown => ({
    getCredentials: async () => ({ host: serverUrl, apiKey: key }),
    getWorkflowStaticData: () => staticData,
    getNodeWebhookUrl: () => webhookUrl,
    getNodeParameter: (name: string) => (name === 'surveyIds' ? surveyIds : events),
    getNode: () => ({}),
    getBodyData: () => JSON.parse(body ?? 'null'),
    helpers: {
      returnJsonArray: (data: unknown) => [data],
      async httpRequestWithAuthentication(
        _name: string,
        { baseURL, url, method, body: json, headers }: HttpOptions,
      ) {
        const text = JSON.stringify(json);
        const hasBody = method !== 'GET' && text !== '{}';
        const reply = await fetch(`${baseURL}${url}`, {
          method,
          headers,
          ...(hasBody ? { body: text } : {}),
        });
        if (!reply.ok) throw new Error(`${reply.status}`);
        const answer = (await reply.json()) as { data: { id: string; secret?: string } };
        if (answer.data.secret) secrets.set(answer.data.id, answer.data.secret);
        return answer;
      },
    },
  });
  return { staticData, secrets, self };
}
