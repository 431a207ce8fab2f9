import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  MAX_ANSWER_BYTES,
  MAX_ANSWER_KEYS,
  MAX_COPIED_ATTRIBUTE_BYTES,
  MAX_FORMER_KEYS,
  MAX_META_CHARS,
} from '../../../src/core/limits.ts';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';

const RESPONSES = '/api/v1/management/responses';
const SURVEYS = '/api/v1/management/surveys';
/** Nearly all of an answer. */
const BIG = Math.floor(MAX_ANSWER_BYTES * 0.8);

type Change = Readonly<Record<string, unknown>>;
/** A way of writing a response: makes one, and returns how it is changed. */
type Way = (
  surveyId: string,
  first: Change,
) => Promise<{ reply: Reply; change: (more: Change) => Promise<Reply> }>;

describeServer('an answer', (server) => {
  let own: Tenant;
  let surveyId: string;

  beforeAll(async () => {
    own = await addTenant(server);
    surveyId = await addSurvey(server, own);
  });

  const send = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, path, body, { 'x-api-key': own.key });
  const read = async (id: string) => (await send('GET', `${RESPONSES}/${id}`)).body.data;
  const bytesOf = ({ data, variables, ttc, meta, language, endingId }: Record<string, unknown>): number =>
    Buffer.byteLength(JSON.stringify({ data, variables, ttc, meta, language, endingId }));

  const plain =
    (method: string, post: (id: string) => string, put: (id: string) => string): Way =>
    async (id, first) => {
      const reply = await send(method, post(id), { surveyId: id, finished: false, data: {}, ...first });
      return { reply, change: (more) => send('PUT', put(reply.body.data.id), more) };
    };
  const withId =
    (version: string): Way =>
    async (survey, first) => {
      const id = clientId();
      let seq = 1;
      const post = (change: Change): Promise<Reply> =>
        send('POST', `/api/${version}/client/${own.id}/responses`, {
          ...{ id, seq: seq++, surveyId: survey, finished: false, data: {} },
          ...change,
        });
      return { reply: await post(first), change: post };
    };
  const client = (version: string): string => `/api/${version}/client/${own.id}/responses`;
  const WAYS: Readonly<Record<string, Way>> = {
    'v1 with an id of the client': withId('v1'),
    'v2 with an id of the client': withId('v2'),
    'v1 without an id': plain(
      'POST',
      () => client('v1'),
      (id) => `${client('v1')}/${id}`,
    ),
    'v2 without an id': plain(
      'POST',
      () => client('v2'),
      (id) => `${client('v2')}/${id}`,
    ),
    'the first paths': plain(
      'POST',
      () => '/api/v1/client/responses',
      (id) => `/api/v1/client/responses/${id}`,
    ),
    'the management API': plain(
      'POST',
      () => RESPONSES,
      (id) => `${RESPONSES}/${id}`,
    ),
  };

  describe.each(Object.entries(WAYS))('by %s', (name, way) => {
    // The first paths know no other field than `data` when an answer is made.
    const fields =
      name === 'the first paths' ? ['data'] : ['data', 'variables', 'ttc', 'language', 'endingId'];

    it.each(fields)('is refused where %s alone is over the bound', async (field) => {
      const text = 'x'.repeat(MAX_ANSWER_BYTES);
      const keys = Object.fromEntries(
        Array.from({ length: MAX_ANSWER_KEYS + 1 }, (_, n) => [`k${n}`, field === 'data' ? 'x' : n]),
      );
      const long = { [`k${text}`]: 1 };
      const isBoundAlone = field === 'language' || field === 'endingId';
      const values = isBoundAlone ? [text] : [keys, long];
      for (const value of values) {
        const { reply } = await way(surveyId, { [field]: value });
        expect([reply.status, Object.keys(reply.body.details)]).toEqual([
          400,
          [isBoundAlone ? field : 'data'],
        ]);
      }
    });

    it('stays within the bounds whatever the order and number of changes', async () => {
      const size = fc.constantFrom(1, 20_000, 100_000, BIG, MAX_ANSWER_BYTES * 2);
      const count = fc.constantFrom(1, 10, 300, MAX_ANSWER_KEYS - 20, MAX_ANSWER_KEYS + 100);
      const field = fc.constantFrom('data', 'variables', 'ttc');
      const steps = fc.sample(fc.array(fc.tuple(field, count, size), { minLength: 6, maxLength: 9 }), {
        numRuns: 4,
        seed: 15,
      });
      for (const posts of steps) {
        const { reply, change } = await way(surveyId, { data: { q1: 'what the visitor says' } });
        const { id } = reply.body.data;
        for (const [at, [where, keys, bytes]] of posts.entries()) {
          const each = Math.ceil(bytes / keys);
          const value = where === 'ttc' ? 1 : 'x'.repeat(each);
          const made = Array.from({ length: keys }, (_, n) => [
            `m${at}n${n}${where === 'ttc' ? 'x'.repeat(each) : ''}`,
            value,
          ]);
          const { status, body } = await change({ [where]: Object.fromEntries(made) });
          const isTooLarge = keys > MAX_ANSWER_KEYS || keys * each > MAX_ANSWER_BYTES;
          expect([status, body.details], JSON.stringify([where, keys, bytes])).toEqual(
            isTooLarge
              ? [400, { data: expect.stringContaining(`${MAX_ANSWER_BYTES} bytes`) }]
              : [200, undefined],
          );
          const stored = await read(id);
          expect(bytesOf(stored)).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
          for (const record of [stored.data, stored.variables, stored.ttc])
            expect(Object.keys(record).length).toBeLessThanOrEqual(MAX_ANSWER_KEYS);
          expect(stored.data.q1).toBe('what the visitor says');
          // What was acknowledged last is there as a whole.
          if (status === 200) expect(stored[where]).toMatchObject(Object.fromEntries(made));
        }
      }
    }, 120_000);

    it('keeps what its survey knows, or knew before an edit, and lets made-up keys go', async () => {
      const element = (id: string) => ({
        ...{ id, type: 'openText', headline: { default: id }, required: false },
      });
      const blocks = (...ids: string[]) => [{ id: 'b', elements: ids.map(element) }];
      const edited = await addSurvey(server, own, {
        blocks: blocks('asked', 'dropped'),
        hiddenFields: { enabled: true, fieldIds: ['plan'] },
        variables: [{ id: 'v1', name: 'v1', type: 'text', value: '' }],
      });
      const junk = (mark: string) =>
        Object.fromEntries(
          Array.from({ length: MAX_ANSWER_KEYS - 10 }, (_, n) => [`${mark}${n}`, 'x'.repeat(100)]),
        );
      const { reply, change } = await way(edited, {
        data: { asked: '1', dropped: '2', plan: '3', ...junk('a') },
      });
      expect(reply.status).toBe(200);
      if (name !== 'the first paths') expect((await change({ variables: { v1: '4' } })).status).toBe(200);
      const edit = { blocks: blocks('asked', 'new'), hiddenFields: { enabled: false }, variables: [] };
      expect((await send('PUT', `${SURVEYS}/${edited}`, edit)).status).toBe(200);
      expect((await change({ data: { new: '5', ...junk('b') } })).status).toBe(200);
      // A visitor who still has the earlier card on screen.
      expect((await change({ data: { dropped: '6' } })).status).toBe(200);
      const { data, variables } = await read(reply.body.data.id);
      expect(data).toMatchObject({ asked: '1', dropped: '6', plan: '3', new: '5', b0: expect.any(String) });
      expect(Object.keys(data)).not.toContain('a0');
      if (name !== 'the first paths') expect(variables.v1).toBe('4');
    });
  });

  it('to a survey with more keys than the bound is stored in full', async () => {
    const ids = Array.from({ length: MAX_ANSWER_KEYS + 100 }, (_, n) => `q${n}`);
    const elements = ids.map((id) => ({ id, type: 'openText', headline: { default: 'Q' }, required: false }));
    const large = await addSurvey(server, own, { blocks: [{ id: 'b', elements }] });
    const data = Object.fromEntries(ids.map((id) => [id, 'yes']));
    const reply = await send('POST', client('v1'), { surveyId: large, finished: true, data });
    expect(reply.status).toBe(200);
    expect(Object.keys((await read(reply.body.data.id)).data).length).toBe(ids.length);
  });

  it('is stored with its page, however long the address of that is', async () => {
    for (const version of ['v1', 'v2']) {
      for (const field of ['url', 'source', 'action']) {
        const meta = { [field]: 'https://a.example/'.padEnd(MAX_ANSWER_BYTES * 2, 'x') };
        const reply = await send('POST', client(version), {
          surveyId,
          finished: true,
          data: { q1: 'y' },
          meta,
        });
        expect(reply.status).toBe(200);
        const stored = await read(reply.body.data.id);
        expect([stored.data, stored.meta[field].length]).toEqual([{ q1: 'y' }, MAX_META_CHARS]);
      }
    }
  });

  it('copies no more of its contact than fits', async () => {
    const userId = clientId();
    const attributes = { plan: 'pro', long: 'x'.repeat(1_000_000), zip: '10115' };
    await send('POST', `/api/v1/client/${own.id}/user`, { userId, attributes });
    for (const path of [client('v1'), RESPONSES]) {
      const reply = await send('POST', path, { surveyId, finished: true, data: {}, userId });
      const { contactAttributes } = await read(reply.body.data.id);
      expect(JSON.stringify(contactAttributes).length).toBeLessThan(MAX_COPIED_ATTRIBUTE_BYTES);
      expect(contactAttributes).toMatchObject({ plan: 'pro', zip: '10115' });
    }
  });

  it('has former keys by its survey alone: they are in no reply, and no more than are kept', async () => {
    const survey = await addSurvey(server, own);
    for (let edit = 0; edit < 4; edit += 1) {
      const fieldIds = Array.from({ length: 200 }, (_, n) => `e${edit}n${n}`);
      const reply = await send('PUT', `${SURVEYS}/${survey}`, { hiddenFields: { enabled: true, fieldIds } });
      expect(reply.status).toBe(200);
      expect(reply.text).not.toContain('formerKeys');
    }
    for (const path of [`${SURVEYS}/${survey}`, `/api/v1/client/${own.id}/environment`]) {
      const { text } = await send('GET', path);
      expect(text).not.toContain('formerKeys');
      expect(text).not.toContain('e2n1"');
    }
    const row = await server.database.read
      .selectFrom('survey')
      .select('document')
      .where('id', '=', survey)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(row.document).formerKeys.length).toBe(MAX_FORMER_KEYS);
  });
});
