import { beforeAll, describe, expect, it } from 'vitest';
import { RESERVED_IDS } from '../../../src/wire/element-schema.ts';
import { addSurvey, addTenant, describeServer, type Reply, type Tenant } from '../support.ts';

const BASE = '/api/v1/management';
const element = (id: string) => ({ id, type: 'openText', headline: { default: id }, required: false });
const blocks = (...ids: string[]) => ids.map((id) => ({ id, elements: [element(`${id}1`)] }));
const hidden = (...fieldIds: string[]) => ({ enabled: true, fieldIds });
const variable = (id: string, name = id) => ({ id, name, type: 'text', value: '' });

describeServer('names in a survey', (server) => {
  let own: Tenant;

  beforeAll(async () => {
    own = await addTenant(server);
  });

  const send = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, `${BASE}${path}`, body, { 'x-api-key': own.key });
  /** Stores a document as an earlier version did, without a check. */
  const store = async (id: string, change: object): Promise<void> => {
    const { document } = await server.database.read
      .selectFrom('survey')
      .select('document')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const changed = JSON.stringify({ ...JSON.parse(document), ...change });
    await server.database.write(async (trx) => {
      await trx.updateTable('survey').set({ document: changed }).where('id', '=', id).execute();
    });
  };

  const rows: readonly (readonly [name: string, change: object, path: string])[] = [
    ...[...RESERVED_IDS].map(
      (id) =>
        [
          `a hidden field called ${id}`,
          { hiddenFields: hidden('plan', id) },
          'hiddenFields.fieldIds.1',
        ] as const,
    ),
    ['a hidden field twice', { hiddenFields: hidden('plan', 'a', 'plan') }, 'hiddenFields.fieldIds.2'],
    [
      'a hidden field named like an element',
      { blocks: blocks('b'), hiddenFields: hidden('b1') },
      'hiddenFields.fieldIds.0',
    ],
    ['a variable name twice', { variables: [variable('a', 'x'), variable('b', 'x')] }, 'variables.1.name'],
    [
      'a variable with the id of an element',
      { blocks: blocks('b'), variables: [variable('b1')] },
      'variables.0.id',
    ],
    [
      'a variable with the id of a hidden field',
      { hiddenFields: hidden('plan'), variables: [variable('plan')] },
      'variables.0.id',
    ],
    [
      'an ending with the id of a block',
      { blocks: blocks('b'), endings: [{ id: 'b', type: 'endScreen' }] },
      'endings.0.id',
    ],
    ['a block called start', { blocks: blocks('start') }, 'blocks.0.id'],
    ['an ending called end', { endings: [{ id: 'end', type: 'endScreen' }] }, 'endings.0.id'],
  ];

  describe.each(rows)('%s', (_name, change, path) => {
    it('is refused when the survey is made and when it is changed', async () => {
      const whole = { name: 'N', type: 'app', blocks: blocks('b'), ...change };
      const made = await send('POST', '/surveys', whole);
      expect([made.status, Object.keys(made.body.details)]).toEqual([400, [path]]);
      const id = await addSurvey(server, own);
      const changed = await send('PUT', `/surveys/${id}`, change);
      expect([changed.status, Object.keys(changed.body.details)]).toEqual([400, [path]]);
    });

    it('that is stored already stays readable, live and open to other changes', async () => {
      const id = await addSurvey(server, own);
      await store(id, change);
      server.clock.now += 60_000;
      const read = await send('GET', `/surveys/${id}`);
      expect(read.body.data).toMatchObject(change);
      const back = await send('PUT', `/surveys/${id}`, { ...read.body.data, name: 'Renamed' });
      expect([back.status, back.text.includes('Renamed')]).toEqual([200, true]);
      const { body } = await server.send('GET', `/api/v1/client/${own.id}/environment`);
      const delivered = body.data.data.surveys.find((survey: { id: string }) => survey.id === id);
      expect(delivered).toMatchObject(change);
      const answer = { surveyId: id, finished: true, data: { q1: 'yes' } };
      expect((await server.send('POST', `/api/v1/client/${own.id}/responses`, answer)).status).toBe(200);
      const paused = await send('PUT', `/surveys/${id}`, { status: 'paused' });
      expect(paused.status).toBe(200);
      expect((await send('PUT', `/surveys/${id}`, change)).status).toBe(200);
    });
  });

  it('that are one word in different places are no mistake', async () => {
    const id = await addSurvey(server, own);
    const change = {
      blocks: [{ id: 'same', elements: [element('q')] }],
      hiddenFields: hidden('same', 'Same'),
      variables: [variable('v', 'q')],
    };
    expect((await send('PUT', `/surveys/${id}`, change)).status).toBe(200);
  });
});

describeServer('a live survey whose last action class was deleted', (server) => {
  let own: Tenant;
  let id: string;

  const send = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, `${BASE}${path}`, body, { 'x-api-key': own.key });
  const orphan = async (status: string): Promise<string> => {
    const survey = await addSurvey(server, own, { status });
    const { triggers } = (await send('GET', `/surveys/${survey}`)).body.data;
    expect((await send('DELETE', `/action-classes/${triggers[0].actionClass.id}`)).status).toBe(200);
    return survey;
  };

  beforeAll(async () => {
    own = await addTenant(server);
    id = await orphan('inProgress');
  });

  it.each([
    ['the name', { name: 'Renamed' }],
    ['nothing', {}],
    ['its own status', { status: 'inProgress' }],
    ['no triggers, as before', { triggers: [] }],
    ['the languages', { languages: [] }],
    ['the closing date', { closeOn: '2030-01-01T00:00:00Z' }],
  ])('can be sent %s', async (_name, change) => {
    expect((await send('PUT', `/surveys/${id}`, change)).status).toBe(200);
  });

  it('can be read and written back, given a new trigger, and completed', async () => {
    const { data } = (await send('GET', `/surveys/${id}`)).body;
    expect(data.triggers).toEqual([]);
    expect((await send('PUT', `/surveys/${id}`, { ...data, name: 'Back' })).body.data.name).toBe('Back');
    const { body } = await send('POST', '/action-classes', { name: 'New', type: 'code', key: 'new' });
    const triggers = [{ actionClass: { id: body.data.id } }];
    expect((await send('PUT', `/surveys/${id}`, { triggers })).status).toBe(200);
    // What it has got it can't be without again.
    expect((await send('PUT', `/surveys/${id}`, { triggers: [] })).status).toBe(400);
    const other = await orphan('inProgress');
    expect((await send('PUT', `/surveys/${other}`, { status: 'completed' })).status).toBe(200);
  });

  it.each(['paused', 'completed', 'draft'])('can not be started from %s', async (status) => {
    const survey = await orphan(status);
    const reply = await send('PUT', `/surveys/${survey}`, { status: 'inProgress' });
    expect([reply.status, reply.body.message]).toEqual([
      400,
      'An app survey must have at least one trigger to be set to a non-draft status.',
    ]);
  });
});
