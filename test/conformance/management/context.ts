import { sql } from 'kysely';
import { hashApiKey, newApiKey } from '../../../server/auth/auth.ts';
import { grantApiKey, type Permission } from '../../../server/repo/api-keys.ts';
import { newId } from '../../../server/repo/new-id.ts';
import { storeAsLink } from '../../support/store-as-link.ts';
import { createHttpClient, type HttpClient, type Incoming } from '../http-client.ts';
import type { RunningServer } from '../server.ts';

/** Callers: without a key, with an unknown key, with a key by permission, with a key of another environment. */
export const CALLERS = ['none', 'wrong', 'read', 'write', 'manage', 'other'] as const;
/** One of them. */
export type Caller = (typeof CALLERS)[number];

/** Kinds of objects that a case can create. */
export type Kind =
  | 'action'
  | 'attributeKey'
  | 'contact'
  | 'survey'
  | 'linkSurvey'
  | 'response'
  | 'webhook'
  | 'publicFile'
  | 'privateFile';

/** Two environments on one server, with a key for each caller. */
export interface ManagementContext {
  readonly server: RunningServer;
  readonly env: string;
  readonly other: string;
  call(method: string, path: string, caller: Caller, body?: string): Promise<Incoming>;
  /** Creates an object and returns its id, or the path of a file. */
  make(kind: Kind): Promise<string>;
  /** All rows of the database that a refused request must not change. */
  dump(): Promise<string>;
  close(): void;
}

const TABLES = [
  'environment', 'action_class', 'attribute_key', 'language', 'segment', 'survey', 'survey_trigger', 'contact',
  'contact_attribute', 'display', 'response', 'webhook', 'webhook_delivery', 'file_removal', 'api_key_permission',
] as const; // biome-ignore format: a list of words

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Creates the two environments, and what every case shares. */
export async function createManagementContext(server: RunningServer): Promise<ManagementContext> {
  const [own, other] = [await server.addTenant(), await server.addTenant()];
  const client: HttpClient = createHttpClient(server.port);
  const addKey = async (permission: Permission): Promise<string> => {
    const key = newApiKey();
    const hash = hashApiKey(key);
    const grant = { id: newId(), hash, label: permission, environmentId: own.id, permission };
    await server.database.write((trx) => grantApiKey(trx, { ...grant, now: server.clock.now }));
    return key;
  };
  const keys: Readonly<Record<Caller, string | undefined>> = {
    none: undefined,
    wrong: newApiKey(),
    read: await addKey('read'),
    write: await addKey('write'),
    manage: own.key,
    other: other.key,
  };

  function call(method: string, path: string, caller: Caller, body?: string): Promise<Incoming> {
    const key = keys[caller];
    server.clock.now += 1000;
    return client.send({
      method,
      path,
      headers: key === undefined ? {} : { 'x-api-key': key },
      body: body === undefined ? undefined : Buffer.from(body),
      chunked: false,
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a reply and fails when it is not there.
  async function ask(method: string, path: string, body?: unknown): Promise<any> {
    const reply = await call(method, path, 'manage', body === undefined ? undefined : JSON.stringify(body));
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.text}`);
    return JSON.parse(reply.text).data;
  }

  let count = 0;
  const unique = (): string => {
    count += 1;
    return `thing${count}`;
  };
  const post = (path: string, body: unknown): Promise<{ id: string }> => ask('POST', `/api/v1/${path}`, body);
  const action = async () =>
    post('management/action-classes', { name: unique(), type: 'code', key: unique() });
  const element = { id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false };
  const upload = {
    id: 'f1',
    type: 'fileUpload',
    headline: { default: 'Show us' },
    required: false,
    allowMultipleFiles: true,
  };
  const survey = async () =>
    post('management/surveys', {
      name: unique(),
      type: 'app',
      status: 'inProgress',
      triggers: [{ actionClass: { id: (await action()).id } }],
      blocks: [{ id: 'b1', name: 'Block 1', elements: [element, upload] }],
    });
  const staying = await survey();

  const makers: Readonly<Record<Kind, () => Promise<{ id: string }>>> = {
    action,
    survey,
    linkSurvey: async () => {
      const made = await survey();
      await storeAsLink(server.database, made.id);
      return made;
    },
    attributeKey: () => post('management/contact-attribute-keys', { key: unique(), type: 'custom' }),
    contact: async () => {
      const userId = unique();
      await post(`client/${own.id}/user`, { userId, attributes: { firstName: 'Ada' } });
      const display = await ask('POST', `/api/v1/client/${own.id}/displays`, {
        surveyId: staying.id,
        userId,
      });
      return { id: display.contactId };
    },
    response: () =>
      post(`client/${own.id}/responses`, { surveyId: staying.id, finished: false, data: { q1: 'one' } }),
    webhook: () =>
      post('webhooks', { url: 'https://93.184.216.34/', triggers: ['responseCreated'], name: unique() }),
    publicFile: async () => ({
      id: await uploadFile('/api/v1/management/storage', { environmentId: own.id }),
    }),
    privateFile: async () => ({
      id: await uploadFile(`/api/v1/client/${own.id}/storage`, { surveyId: staying.id, elementId: 'f1' }),
    }),
  };

  async function uploadFile(path: string, more: object): Promise<string> {
    const permit = await ask('POST', path, { fileName: 'dot.png', fileType: 'image/png', ...more });
    const form = new FormData();
    for (const [name, value] of Object.entries(permit.presignedFields)) form.append(name, String(value));
    form.append('file', new Blob([Buffer.from(PNG, 'base64')]), 'dot.png');
    const reply = await fetch(permit.signedUrl, { method: 'POST', body: form });
    if (reply.status !== 201) throw new Error(`upload: ${await reply.text()}`);
    return permit.fileUrl;
  }

  return {
    server,
    env: own.id,
    other: other.id,
    call,
    make: async (kind) => (await makers[kind]()).id,
    async dump() {
      const rows = await Promise.all(
        TABLES.map((table) =>
          sql`select * from ${sql.table(table)} order by 1`.execute(server.database.read),
        ),
      );
      return JSON.stringify(rows.map((one) => one.rows));
    },
    close: () => client.close(),
  };
}
