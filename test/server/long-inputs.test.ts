import { beforeAll, describe, expect, it } from 'vitest';
import {
  MAX_ATTRIBUTE_CHARS,
  MAX_ATTRIBUTES,
  MAX_ERROR_CHARS,
  MAX_ERROR_FIELDS,
  MAX_LANGUAGE_CHARS,
  MAX_META_CHARS,
  MAX_REMARKS,
} from '../../src/core/limits.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from './support.ts';

/** A language tag of 300 KB without a variant that stands twice: to parse it takes ten seconds. */
const LONG_TAG = `en${Array.from({ length: 42_000 }, (_, index) => `-v${index.toString(36).padStart(4, '0')}`).join('')}`;
/** Far more than any request here needs on a slow machine, far less than a parser takes. */
const MOST_MS = 500;
/** A refusal fits in a few packets, whatever was sent. */
const MOST_REPLY = MAX_ERROR_FIELDS * 2 * MAX_ERROR_CHARS;

describeServer('long input', (server) => {
  let own: Tenant;
  let surveyId: string;

  beforeAll(async () => {
    own = await addTenant(server);
    surveyId = await addSurvey(server, own);
  });

  /** Sends a request that must cost next to nothing and be answered in few bytes. */
  async function ask(method: string, path: string, body: unknown, mostReply = MOST_REPLY): Promise<Reply> {
    let reply: Reply | undefined;
    const text = JSON.stringify(body);
    const ms = await cpuTimeOf(async () => {
      reply = await server.send(method, path, text, { 'x-api-key': own.key });
    });
    expect(ms, `${method} ${path}`).toBeLessThan(MOST_MS);
    expect(reply?.text.length, `${method} ${path}`).toBeLessThan(mostReply);
    return reply as Reply;
  }
  const client = (version: string, path: string): string => `/api/${version}/client/${own.id}${path}`;
  const management = '/api/v1/management';
  const answer = () => ({ surveyId, finished: false, data: { q1: 'x' } });
  const response = async (): Promise<string> =>
    (await server.send('POST', client('v1', '/responses'), answer())).body.data.id;

  describe('as a language', () => {
    it.each(['v1', 'v2'])('of an attribute is not known: %s', async (version) => {
      const userId = clientId();
      const attributes = { language: LONG_TAG };
      const first = await ask('POST', client(version, '/user'), { userId, attributes });
      const further: [string, string, object][] = [
        ['PUT', `/contacts/${userId}/attributes`, { attributes }],
        ['PUT', `/people/${userId}/attributes`, { attributes }],
        ['POST', `/people/${userId}`, { attributes }],
        ['POST', `/update/contacts/${userId}`, { attributes }],
        ['POST', `/update/contacts/${userId}`, { language: LONG_TAG }],
      ];
      for (const [method, path, body] of further) {
        const reply = await ask(method, client(version, path), body);
        expect([
          path,
          reply.status,
          reply.text.includes('is not known') || reply.text.includes('Language'),
        ]).toEqual([path, 200, true]);
      }
      expect(first.status).toBe(200);
      expect(first.body.data.messages).toEqual([expect.stringMatching(/^Language "en-v0000/)]);
      expect(first.body.data.state.data.language).toBeUndefined();
    });

    it('of a response is refused, and the reply names it', async () => {
      const language = LONG_TAG;
      const id = await response();
      const asked: [string, string, object][] = [
        ['POST', client('v1', '/responses'), { ...answer(), language }],
        ['POST', client('v2', '/responses'), { ...answer(), language }],
        ['POST', client('v1', '/responses'), { ...answer(), language, id: clientId(), seq: 1 }],
        ['PUT', client('v1', `/responses/${id}`), { language }],
        ['PUT', client('v2', `/responses/${id}`), { language }],
        ['PUT', `/api/v1/client/responses/${id}`, { language }],
        ['POST', `${management}/responses`, { ...answer(), language }],
        ['PUT', `${management}/responses/${id}`, { language }],
      ];
      for (const [method, path, body] of asked) {
        const reply = await ask(method, path, body);
        expect([path, reply.status, Object.keys(reply.body.details)]).toEqual([path, 400, ['language']]);
      }
    });

    it('of a survey or an environment is refused, and the reply names it', async () => {
      const blocks = [
        { id: 'b', elements: [{ id: 'q', type: 'openText', headline: { default: 'x' }, required: false }] },
      ];
      for (const language of [{ code: LONG_TAG }, { code: 'en', alias: LONG_TAG }]) {
        const languages = [{ default: true, enabled: true, language }];
        const reply = await ask('POST', `${management}/surveys`, { name: 'x', blocks, languages });
        const field = 'alias' in language ? 'alias' : 'code';
        expect([reply.status, Object.keys(reply.body.details)]).toEqual([
          400,
          [`languages.0.language.${field}`],
        ]);
        const other = await ask('PUT', `${management}/environment`, { languages: [language] });
        expect([other.status, Object.keys(other.body.details)]).toEqual([400, [`languages.0.${field}`]]);
      }
    });

    it('of 64 characters is taken, of 65 not', async () => {
      const tag = (size: number): string => `${`en-US-u-${'co-phonebk-'.repeat(9)}`.slice(0, size - 1)}x`;
      for (const [size, status] of [
        [MAX_LANGUAGE_CHARS, 200],
        [MAX_LANGUAGE_CHARS + 1, 400],
      ] as const) {
        const reply = await ask('POST', client('v1', '/responses'), { ...answer(), language: tag(size) });
        expect(reply.status).toBe(status);
      }
    });
  });

  describe('as many keys', () => {
    const many = (count: number, value: unknown): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

    it.each([null, [], {}, 'x', 1])(
      'of attributes (%j) is refused, and the reply names them',
      async (value) => {
        const userId = clientId();
        await server.send('POST', client('v1', '/user'), { userId });
        for (const count of [MAX_ATTRIBUTES + 1, 1_000, 1_001, 100_000]) {
          const attributes = many(count, value);
          for (const [method, path, body] of [
            ['POST', '/user', { userId, attributes }],
            ['PUT', `/contacts/${userId}/attributes`, { attributes }],
            ['POST', `/people/${userId}`, { attributes }],
            ['POST', `/update/contacts/${userId}`, { attributes }],
          ] as const) {
            const reply = await ask(method, client('v1', path), body);
            expect([path, count, reply.status]).toEqual([path, count, 400]);
            expect(JSON.stringify([reply.body.message, reply.body.details])).toContain('attributes');
          }
        }
      },
    );

    it('of attributes up to the bound is answered with few remarks', async () => {
      const attributes = many(MAX_ATTRIBUTES, 1);
      const wrong = Object.fromEntries(
        Object.keys(attributes).map((key) => [`${key}-${'x'.repeat(1_000)}`, 1]),
      );
      const request = { userId: clientId(), attributes: wrong };
      const most = MAX_REMARKS * (MAX_ERROR_CHARS + 10) + 1_000;
      const reply = await ask('POST', client('v1', '/user'), request, most);
      expect(reply.status).toBe(200);
      expect(reply.body.data.errors.length).toBe(MAX_REMARKS);
      for (const line of reply.body.data.errors) expect(line.length).toBeLessThanOrEqual(MAX_ERROR_CHARS);
    });

    it.each([null, 'x'])('of answers (%j) is refused, and the reply names them', async (value) => {
      const id = await response();
      const answers = many(120_000, value);
      for (const field of ['data', 'variables', 'ttc']) {
        for (const [method, path, rest] of [
          ['POST', client('v1', '/responses'), answer()],
          ['POST', client('v2', '/responses'), answer()],
          ['POST', '/api/v1/client/responses', answer()],
          ['PUT', client('v1', `/responses/${id}`), {}],
          ['PUT', `/api/v1/client/responses/${id}`, {}],
          ['POST', `${management}/responses`, answer()],
          ['PUT', `${management}/responses/${id}`, {}],
        ] as const) {
          const reply = await ask(method, path, { ...rest, [field]: answers });
          expect([path, reply.status, Object.keys(reply.body.details)]).toEqual([path, 400, [field]]);
        }
      }
    });

    it('that are all wrong names some of them', async () => {
      const wrong = many(400, null);
      const reply = await ask('POST', client('v1', '/responses'), { ...answer(), data: wrong, ttc: wrong });
      expect(reply.status).toBe(400);
      expect(Object.keys(reply.body.details)).toHaveLength(MAX_ERROR_FIELDS);
    });
  });

  describe('whose parsing takes the square of its length', () => {
    const marks = '\u0315\u0300\u0327'.repeat(50_000);
    const letters = Array.from({ length: 60_000 }, (_, index) =>
      String.fromCodePoint(0x4e00 + (index % 20_000)),
    );
    const host = `https://${letters.join('')}.example`;

    it('is refused as the name of a file', async () => {
      const file = { fileName: `a${marks}.png`, fileType: 'image/png' };
      for (const [path, body] of [
        [client('v1', '/storage'), { ...file, surveyId }],
        [`${management}/storage`, file],
      ] as const) {
        const reply = await ask('POST', path, body);
        expect([path, reply.status, Object.keys(reply.body.details)]).toEqual([path, 400, ['fileName']]);
      }
      const claim = { ...file, surveyId, signature: 'x', timestamp: 1, uuid: 'x', fileBase64String: '' };
      expect((await ask('POST', client('v1', '/storage/local'), claim)).status).toBe(401);
      const padding = { ...claim, fileName: 'a.png', fileBase64String: `${'='.repeat(200_000)}x` };
      expect((await ask('POST', client('v1', '/storage/local'), padding)).status).toBe(401);
    });

    it('is refused as an address', async () => {
      const element = { type: 'openText', inputType: 'url', headline: { default: 'x' }, required: false };
      const blocks = [{ id: 'b', elements: [{ id: 'link', ...element }] }];
      const asking = await addSurvey(server, own, { blocks });
      for (const text of [host, `https://a${marks}.example`]) {
        const given = { surveyId: asking, finished: false, data: { link: text } };
        const reply = await ask('POST', client('v1', '/responses'), given);
        expect([reply.status, Object.keys(reply.body.details)]).toEqual([400, ['response.data.link']]);
        const filters = { type: 'pageView', urlFilters: [{ value: text, rule: 'exactMatch' }] };
        const action = { name: 'x', type: 'noCode', noCodeConfig: filters };
        const refused = await ask('POST', `${management}/action-classes`, action);
        expect([refused.status, Object.keys(refused.body.details)]).toEqual([
          400,
          ['noCodeConfig.urlFilters.0.value'],
        ]);
        const webhook = await ask('POST', '/api/v1/webhooks', { url: text, triggers: ['responseCreated'] });
        expect([webhook.status, Object.keys(webhook.body.details)]).toEqual([400, ['url']]);
      }
    });

    it('is cut where it only tells about the page of an answer, which is kept', async () => {
      const meta = { url: host, source: host, action: marks };
      const { status, body } = await ask('POST', client('v1', '/responses'), { ...answer(), meta });
      expect(status).toBe(200);
      const stored = await server.send('GET', `${management}/responses/${body.data.id}`, undefined, {
        'x-api-key': own.key,
      });
      expect(stored.body.data.meta.url).toBe(host.slice(0, MAX_META_CHARS));
      expect(stored.body.data.meta.action).toBe(marks.slice(0, MAX_META_CHARS));
    });

    it('is taken from a plain text of a survey however often it hides in itself', async () => {
      let text = '<b>';
      for (let level = 0; text.length < 300_000; level++) text += `&${'amp;'.repeat(level)}lt;b>`;
      const element = {
        type: 'openText',
        headline: { default: 'x' },
        placeholder: { default: text },
        required: false,
      };
      const blocks = [{ id: 'b', elements: [{ id: 'q', ...element }] }];
      const reply = await ask('POST', `${management}/surveys`, { name: 'x', type: 'app', blocks }, 1_000_000);
      expect(reply.status).toBe(200);
      expect(reply.body.data.blocks[0].elements[0].placeholder.default).not.toMatch(/[<&]/);
    });
  });

  it('as an attribute is not stored', async () => {
    const userId = clientId();
    const attributes = {
      firstName: 'x'.repeat(MAX_ATTRIBUTE_CHARS + 1),
      lastName: 'y'.repeat(MAX_ATTRIBUTE_CHARS),
    };
    const reply = await ask('POST', client('v1', '/user'), { userId, attributes });
    expect(reply.body.data.errors).toEqual([expect.stringContaining('"firstName" is longer than')]);
    const people = await server.send('GET', `${management}/people`, undefined, { 'x-api-key': own.key });
    const person = people.body.data.find((one: { userId: string }) => one.userId === userId);
    expect(person.attributes.firstName).toBeUndefined();
    expect(person.attributes.lastName).toBe(attributes.lastName);
  });

  it('comes back shortened in a refusal', async () => {
    const long = 'x'.repeat(200_000);
    const asked: [string, string, object][] = [
      ['POST', client('v1', '/displays'), { surveyId: long }],
      ['POST', client('v1', '/responses'), { ...answer(), surveyId: long }],
      ['POST', client('v1', '/responses'), { ...answer(), displayId: long }],
      ['POST', client('v1', '/responses'), { ...answer(), endingId: long }],
      ['POST', client('v1', '/responses'), { ...answer(), data: { [long]: null } }],
      ['POST', client('v1', '/storage'), { surveyId, fileName: `${long}.png`, fileType: 'image/png' }],
      ['POST', `${management}/action-classes`, { name: long, type: 'code', key: long }],
      ['POST', `${management}/surveys`, { environmentId: long }],
      ['POST', '/api/v1/webhooks', { url: `https://example.com/${long}`, triggers: ['responseCreated'] }],
    ];
    for (const [method, path, body] of asked) {
      const reply = await ask(method, path, body);
      expect([path, reply.status]).toEqual([path, path.endsWith('/surveys') ? 404 : 400]);
    }
  });
});
