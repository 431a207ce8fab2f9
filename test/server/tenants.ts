import { hashApiKey } from '../../server/auth/auth.ts';
import type { ParamKind } from '../../server/http/routes.ts';
import { deleteApiKey, findApiKey } from '../../server/repo/api-keys.ts';
import { insertEnvironment } from '../../server/repo/environments.ts';
import { newId } from '../../server/repo/new-id.ts';
import { put } from './storage/storage.ts';
import { addKey, type TestServer } from './support.ts';

/** The keys that a request may come with, by what they may do in their environment. */
export type KeyName = 'read' | 'write' | 'manage' | 'revoked';

/** An environment that has one of everything, with a marker in every text. */
export interface SeededTenant {
  readonly id: string;
  /** Stands in every text that this environment stores, in lower case. */
  readonly marker: string;
  readonly keys: Readonly<Record<KeyName, string>>;
  /** One id of each kind that stays; of `text`, a name that is unique within an environment. */
  readonly ids: Readonly<Record<ParamKind, string>>;
  /** Makes one more of a kind, for a request that uses it up. */
  make(kind: ParamKind): Promise<string>;
  /** The marker with something that makes it unique. */
  text(): string;
}

const MANAGEMENT = '/api/v1/management';

/** Makes an environment and fills it through the API, as its owner and its visitors would. */
export async function seedTenant(server: TestServer, marker: string): Promise<SeededTenant> {
  const { database, clock } = server;
  const id = newId(clock.now);
  const keys = await database.write(async (trx) => {
    await insertEnvironment(trx, { id, name: `Environment ${marker}`, now: clock.now });
    return {
      read: await addKey(trx, id, 'read'),
      write: await addKey(trx, id, 'write'),
      manage: await addKey(trx, id, 'manage'),
      revoked: await addKey(trx, id, 'manage'),
    };
  });
  await database.write(async (trx) => {
    const key = await findApiKey(trx, hashApiKey(keys.revoked));
    if (key) await deleteApiKey(trx, key.id);
  });

  // Of this environment alone: elsewhere no element has it.
  const uploadId = `upload-${newId(clock.now)}`;
  let count = 0;
  const text = (): string => `${marker}${count++}`;
  const call = async (method: string, path: string, body: unknown) => {
    const reply = await server.send(method, path, body, { 'x-api-key': keys.manage });
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.text}`);
    return reply.body.data;
  };
  const client = (path: string, body: unknown) => call('POST', `/api/v1/client/${id}${path}`, body);

  await call('PUT', `${MANAGEMENT}/environment`, { styling: { note: text() } });
  await call('GET', `${MANAGEMENT}/environment/identity-secret`, undefined);
  const actionClass = async (name = text()): Promise<{ id: string }> =>
    call('POST', `${MANAGEMENT}/action-classes`, { name, description: text(), type: 'code', key: name });
  const survey = async (title = text()): Promise<{ id: string; segment: { id: string } }> =>
    call('POST', `${MANAGEMENT}/surveys`, surveyOf(await actionClass(), { text, title, uploadId }));
  const takenName = async (): Promise<string> => {
    // Without the marker: somebody else may give the same name to a thing of their own.
    const name = `taken-${newId(clock.now)}`;
    await Promise.all([actionClass(name), survey(name)]);
    return name;
  };
  const stayingSurvey = await survey();
  const file = async (): Promise<{ id: string }> => {
    const request = { surveyId: stayingSurvey.id, elementId: uploadId, fileName: `${text()}.txt` };
    const { status, permit } = await put(server, id, { ...request, content: Buffer.from(text()) });
    if (status !== 201) throw new Error(`upload: ${status}`);
    return { id: permit.updatedFileName };
  };
  // Without the marker: the same name in two environments is two people, and either may hear it.
  const user = `person-${newId(clock.now)}`;
  const display = async (who: object = {}): Promise<{ id: string; contactId: string }> =>
    client('/displays', { surveyId: stayingSurvey.id, ...who });
  const response = async (): Promise<{ id: string }> =>
    client('/responses', {
      surveyId: stayingSurvey.id,
      userId: user,
      displayId: (await display()).id,
      finished: false,
      data: { q1: text(), note: [text()], hidden: { [text()]: text() } },
      variables: { score: text() },
      language: text(),
      endingId: text(),
      singleUseId: text(),
      meta: { source: text(), url: `https://${text()}.example/`, action: text() },
    });

  await client('/user', {
    userId: user,
    attributes: { email: `${text()}@example.com`, firstName: text(), [`plan_${marker}`]: text() },
  });
  const stayingDisplay = await display({ userId: user });
  const attributeKey = async (): Promise<{ id: string }> =>
    call('POST', `${MANAGEMENT}/contact-attribute-keys`, {
      // What it is called may be the same elsewhere, and what contacts have under it is the owner's.
      key: `key_${newId(clock.now)}`,
      type: 'custom',
      name: text(),
      description: text(),
    });
  const segment = async (): Promise<{ id: string }> =>
    call('POST', `${MANAGEMENT}/segments`, { title: text(), description: text(), filters: [] });
  const contact = async (): Promise<{ id: string }> => {
    const userId = `person-${newId(clock.now)}`;
    await client('/user', { userId, attributes: { firstName: text() } });
    return { id: (await display({ userId })).contactId };
  };
  // Only the first is told of anything: a hundred of them would each hear of every answer.
  const webhook = async (triggers = ['responseFinished']): Promise<{ id: string }> =>
    call('POST', '/api/v1/webhooks', { name: text(), url: `https://93.184.216.34/${text()}`, triggers });
  const stayingWebhook = await webhook(['responseCreated']);
  const delivery = async (): Promise<{ id: string }> => {
    await response();
    return (await call('GET', `/api/v1/webhooks/${stayingWebhook.id}/deliveries?limit=1`, undefined))[0];
  };
  const ids: Record<ParamKind, string> = {
    environment: id,
    survey: stayingSurvey.id,
    'action-class': (await actionClass()).id,
    segment: stayingSurvey.segment.id,
    display: stayingDisplay.id,
    response: (await response()).id,
    contact: stayingDisplay.contactId,
    'attribute-key': (await attributeKey()).id,
    webhook: stayingWebhook.id,
    delivery: (await delivery()).id,
    user,
    element: uploadId,
    file: (await file()).id,
    text: await takenName(),
  };

  const makers: Partial<Record<ParamKind, () => Promise<{ id: string }>>> = {
    survey: () => survey(),
    'action-class': () => actionClass(),
    'attribute-key': attributeKey,
    segment,
    contact,
    webhook: () => webhook(),
    delivery,
    display: () => display(),
    response,
    file,
    text: async () => ({ id: await takenName() }),
    user: async () => {
      const name = `person-${newId(clock.now)}`;
      await client('/user', { userId: name, attributes: { firstName: text() } });
      return { id: name };
    },
  };
  const make = async (kind: ParamKind): Promise<string> => (await makers[kind]?.())?.id ?? ids[kind];
  return { id, marker, keys, ids, make, text };
}

/** A survey that uses every field which can hold a text. */
function surveyOf(
  actionClass: { readonly id: string },
  {
    text,
    title,
    uploadId,
  }: { readonly text: () => string; readonly title: string; readonly uploadId: string },
): object {
  return {
    name: text(),
    type: 'app',
    status: 'inProgress',
    triggers: [{ actionClass: { id: actionClass.id } }],
    welcomeCard: { enabled: true, headline: { default: text() } },
    blocks: [
      {
        id: 'b1',
        name: text(),
        elements: [
          { id: 'q1', type: 'openText', headline: { default: text(), de: text() }, required: false },
          {
            id: 'q2',
            type: 'multipleChoiceSingle',
            headline: { default: text() },
            required: false,
            choices: [
              { id: 'one', label: { default: text() } },
              { id: 'two', label: { default: text() } },
            ],
          },
          {
            id: uploadId,
            type: 'fileUpload',
            headline: { default: text() },
            required: false,
            allowMultipleFiles: true,
          },
        ],
      },
    ],
    endings: [{ id: 'e1', type: 'endScreen', headline: { default: text() }, subheader: { default: text() } }],
    hiddenFields: { enabled: true, fieldIds: [text()] },
    variables: [{ id: 'v1', name: text(), type: 'text', value: text() }],
    languages: [
      { default: true, enabled: true, language: { code: 'en', alias: text() } },
      { default: false, enabled: true, language: { code: 'de', alias: text() } },
    ],
    segment: {
      title,
      description: text(),
      isPrivate: false,
      filters: [
        {
          id: 'f1',
          connector: null,
          resource: {
            id: 'f1',
            root: { type: 'attribute', contactAttributeKey: 'firstName' },
            value: text(),
            qualifier: { operator: 'notEquals' },
          },
        },
      ],
    },
    metadata: { note: text() },
    surveyClosedMessage: { heading: text() },
  };
}
