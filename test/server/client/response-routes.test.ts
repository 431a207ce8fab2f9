import { beforeAll, describe, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Reply, send, type Tenant } from '../support.ts';

describeServer('POST and PUT responses', (server) => {
  let own: Tenant;
  let foreign: Tenant;
  let surveyId: string;
  let otherSurveyId: string;
  let foreignSurveyId: string;

  beforeAll(async () => {
    own = await addTenant(server);
    foreign = await addTenant(server);
    surveyId = await addSurvey(server, own);
    otherSurveyId = await addSurvey(server, own);
    foreignSurveyId = await addSurvey(server, foreign);
  });

  const post = (body: unknown, version = 'v1', headers: Record<string, string> = {}): Promise<Reply> =>
    server.send('POST', `/api/${version}/client/${own.id}/responses`, body, headers);
  const put = (id: string, body: unknown): Promise<Reply> =>
    server.send('PUT', `/api/v1/client/${own.id}/responses/${id}`, body);
  const read = async (id: string): Promise<Reply['body']> =>
    (
      await server.send('GET', `/api/v1/management/responses/${id}`, undefined, {
        'x-api-key': own.key,
      })
    ).body.data;
  const minimal = <T extends object>(change?: T) => ({
    surveyId,
    finished: false,
    data: {},
    ...(change as T),
  });

  describe('refuses', () => {
    const rows: [name: string, body: unknown, status: number, detail: string | undefined][] = [
      ['no body', '', 400, 'error'],
      ['malformed JSON', '{"surveyId":', 400, 'error'],
      ['null', 'null', 400, 'surveyId'],
      ['a list', '[]', 400, 'surveyId'],
      ['a missing survey', { finished: true, data: {} }, 400, 'surveyId'],
      ['a survey id of the wrong shape', { surveyId: 'ABC', finished: true, data: {} }, 400, 'surveyId'],
      ['a missing finished', { surveyId: 'a', data: {} }, 400, 'finished'],
      ['a missing data', { surveyId: 'a', finished: true }, 400, 'data'],
      ['a boolean answer', { surveyId: 'a', finished: true, data: { q: true } }, 400, 'data.q'],
      ['a null answer', { surveyId: 'a', finished: true, data: { q: null } }, 400, 'data.q'],
      ['a list of numbers', { surveyId: 'a', finished: true, data: { q: [1] } }, 400, 'data.q'],
      ['a language of null', { surveyId: 'a', finished: true, data: {}, language: null }, 400, 'language'],
      ['a short client-made id', { id: 'short', surveyId: 'a', finished: true, data: {} }, 400, 'id'],
      ['a fractional seq', { seq: 1.5, surveyId: 'a', finished: true, data: {} }, 400, 'seq'],
      [
        'U+0000 in a text column',
        { surveyId: 'a', finished: true, data: {}, endingId: 'a\u0000' },
        400,
        'endingId',
      ],
      [
        'an endless single-use id',
        { surveyId: 'a', finished: true, data: {}, singleUseId: 'x'.repeat(2001) },
        400,
        'singleUseId',
      ],
      ['an unknown survey', { surveyId: 'unknown', finished: true, data: {} }, 404, 'resource_id'],
    ];
    it.each(rows)('%s', async (_name, body, status, detail) => {
      for (const version of ['v1', 'v2']) {
        const reply = await post(body, version);
        expect(reply.status).toBe(status);
        expect(Object.keys(reply.body).sort()).toEqual(['code', 'details', 'message']);
        expect(Object.keys(reply.body.details)).toContain(detail);
        expect(reply.headers.get('access-control-allow-origin')).toBe('*');
      }
    });

    it('a survey of another environment exactly like an unknown one', async () => {
      const unknown = await post(minimal({ surveyId: 'c'.repeat(25) }));
      const other = await post(minimal({ surveyId: foreignSurveyId }));
      expect(other.text).toBe(unknown.text.replace('c'.repeat(25), foreignSurveyId));
      expect(other.status).toBe(404);
    });

    it('a paused survey, for updates too', async () => {
      const paused = await addSurvey(server, own);
      const id = clientId();
      expect((await post(minimal({ id, seq: 1, surveyId: paused }))).status).toBe(200);
      await server.send(
        'PUT',
        `/api/v1/management/surveys/${paused}`,
        { status: 'paused' },
        { 'x-api-key': own.key },
      );
      const reply = await post(minimal({ id, seq: 2, surveyId: paused }));
      expect(reply.status).toBe(403);
      expect(reply.body).toEqual({
        code: 'forbidden',
        message: 'Survey is not accepting submissions',
        details: { surveyId: paused },
      });
    });
  });

  it('stores any key, clamps times and adds their sum once finished', async () => {
    const reply = await post(
      minimal({ finished: true, data: { unknown: 'kept', nul: 'a\u0000b' }, ttc: { a: -5, b: 1e12, c: 7 } }),
    );
    expect(reply.body).toEqual({ data: { id: expect.any(String), quotaFull: false } });
    const stored = await read(reply.body.data.id);
    expect(stored.data).toEqual({ unknown: 'kept', nul: 'a\u0000b' });
    expect(stored.ttc).toEqual({ a: 0, b: 86_400_000, c: 7, _total: 86_400_007 });
  });

  it('keeps url, source and action and reads the rest of meta from the request itself', async () => {
    const meta = {
      url: 'https://a.example/',
      source: 'x',
      action: 'click',
      country: 'DE',
      userAgent: 'fake',
    };
    const agent =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1';
    const reply = await post(minimal({ meta }), 'v1', { 'user-agent': agent });
    expect((await read(reply.body.data.id)).meta).toEqual({
      url: 'https://a.example/',
      source: 'x',
      action: 'click',
      userAgent: { browser: 'Safari', os: 'iOS', device: 'mobile' },
    });
  });

  describe('meta', () => {
    const metaOf = async (headers: Record<string, string>, change: object = {}): Promise<Reply['body']> =>
      (await read((await post(minimal(change), 'v1', headers)).body.data.id)).meta;

    const countries: [header: Record<string, string>, country: string | undefined][] = [
      [{ 'cf-ipcountry': 'DE' }, 'DE'],
      [{ 'cloudfront-viewer-country': 'fr' }, 'FR'],
      [{ 'cf-ipcountry': 'DE', 'cloudfront-viewer-country': 'FR' }, 'DE'],
      [{ 'cf-ipcountry': 'T1' }, 'T1'],
      [{ 'cf-ipcountry': 'Germany' }, undefined],
      [{ 'cf-ipcountry': '', 'cloudfront-viewer-country': 'FR' }, 'FR'],
      [{}, undefined],
    ];
    it.each(countries)('%j gives the country %s', async (headers, country) => {
      const meta = await metaOf(headers, { meta: { country: 'US' } });
      expect(meta).toEqual({ userAgent: { device: 'desktop' }, ...(country ? { country } : {}) });
    });

    it('stores the IP address only for a survey that asks for it, and never one from the body', async () => {
      const asking = await addSurvey(server, own, { isCaptureIpEnabled: true });
      const from = async (survey: string, headers: Record<string, string> = {}): Promise<Reply['body']> => {
        const body = JSON.stringify(minimal({ surveyId: survey, meta: { ipAddress: '198.51.100.9' } }));
        const socket = { remoteAddress: '203.0.113.7' };
        const init = { method: 'POST', body, headers };
        const reply = await server.app.request(`/api/v1/client/${own.id}/responses`, init, {
          incoming: { socket },
        });
        return (await read(((await reply.json()) as Reply['body']).data.id)).meta;
      };
      expect((await from(asking)).ipAddress).toBe('203.0.113.7');
      expect(await from(surveyId)).not.toHaveProperty('ipAddress');
      // What anybody may have written is not believed until the number of proxies is configured.
      for (const forged of ['198.51.100.9', '198.51.100.9, 10.0.0.1', '', '[2001:db8::1]:443']) {
        expect((await from(asking, { 'x-forwarded-for': forged })).ipAddress).toBe('203.0.113.7');
      }
    });
  });

  describe('checks answers against their elements', () => {
    const element = {
      id: 'mail',
      type: 'openText',
      inputType: 'email',
      headline: { default: 'E?' },
      required: true,
    };
    let checked: string;
    beforeAll(async () => {
      checked = await addSurvey(server, own, { blocks: [{ id: 'b', name: 'B', elements: [element] }] });
    });
    const refusal = {
      code: 'bad_request',
      message: 'Validation failed',
      details: { 'response.data.mail': 'Please enter a valid email address' },
    };

    it.each(['v1', 'v2'])('on %s', async (version) => {
      const bad = await post(minimal({ surveyId: checked, data: { mail: 'a@b', else: '' } }), version);
      expect([bad.status, bad.body]).toEqual([400, refusal]);
      expect((await post(minimal({ surveyId: checked, data: {} }), version)).status).toBe(200);
      expect((await post(minimal({ surveyId: checked, data: { mail: 'a@b.co' } }), version)).status).toBe(
        200,
      );
    });

    it('for an update, the merged answers as a whole', async () => {
      const { id } = (await post(minimal({ surveyId: checked }))).body.data;
      expect((await put(id, { data: { mail: 'a@b' } })).body).toEqual(refusal);
      expect((await put(id, { data: { mail: 'a@b.co' } })).status).toBe(200);
      expect((await put(id, { data: { mail: '' } })).body.details).toHaveProperty(['response.data.mail']);
      expect((await read(id)).data).toEqual({ mail: 'a@b.co' });
    });

    it('but not under a client-made id: an edit of the survey must not lose an answer', async () => {
      const id = clientId();
      const body = minimal({ id, seq: 1, surveyId: checked, data: { mail: 'a@b' } });
      expect((await post(body)).status).toBe(200);
      expect((await put(id, { data: { more: 'x' } })).status).toBe(200);
    });
  });

  describe('a link survey', () => {
    const link = (change: object): Promise<string> =>
      addSurvey(server, own, { type: 'link', triggers: [], ...change });
    const single = { singleUse: { enabled: true, isEncrypted: false } };

    it.each([{ pin: '1234' }, { isVerifyEmailEnabled: true }])(
      'with %j refuses responses',
      async (change) => {
        const protectedId = await link(change);
        const reply = await post(minimal({ surveyId: protectedId, pinAuthToken: 'made-up' }));
        expect([reply.status, reply.body.details]).toEqual([403, { surveyId: protectedId }]);
      },
    );

    it('for single use requires the id of its URL, and takes it once', async () => {
      const id = await link(single);
      const other = await link(single);
      const details = { surveyId: id, environmentId: own.id, workspaceId: own.id };
      const url = 'https://a.example/s/x?suId=one';
      const without = await post(minimal({ surveyId: id }));
      expect([without.status, without.body.details]).toEqual([400, details]);
      const wrong = await post(minimal({ surveyId: id, singleUseId: 'two', meta: { url } }));
      expect([wrong.status, wrong.body.details]).toEqual([400, details]);
      const right = minimal({ surveyId: id, singleUseId: 'one', meta: { url } });
      expect((await post(right)).status).toBe(200);
      const again = await post(right);
      expect([again.status, again.body]).toEqual([
        409,
        { code: 'conflict', message: expect.any(String), details: {} },
      ]);
      expect((await post({ ...right, surveyId: other })).status).toBe(200);
    });

    it('for single use accepts one of 16 concurrent responses with the same id', async () => {
      const body = minimal({ surveyId: await link(single), singleUseId: 'one' });
      const replies = await Promise.all(Array.from({ length: 16 }, () => post(body)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(409)]);
    });
  });

  it('tags a language with its region and leaves an unknown one as it is', async () => {
    const known = await post(minimal({ language: 'de' }));
    const own = await post(minimal({ language: ' klingon ' }));
    const blank = await post(minimal({ language: ' ' }));
    expect((await read(known.body.data.id)).language).toBe('de-DE');
    expect((await read(own.body.data.id)).language).toBe('klingon');
    expect((await read(blank.body.data.id)).language).toBeNull();
  });

  it('refuses an "other" text of more than 250 characters on v2 only', async () => {
    const choices = [
      { id: 'a', label: { default: 'A'.repeat(300) } },
      { id: 'other', label: { default: 'Other' } },
    ];
    const element = {
      id: 'pick',
      type: 'multipleChoiceSingle',
      headline: { default: 'Pick' },
      required: true,
      choices,
    };
    const withOther = await addSurvey(server, own, { blocks: [{ id: 'b', name: 'B', elements: [element] }] });
    const body = (text: string) => ({ surveyId: withOther, finished: false, data: { pick: text } });
    const long = await post(body('x'.repeat(251)), 'v2');
    expect(long.status).toBe(400);
    expect(long.body.details).toEqual({ questionId: 'pick' });
    expect((await post(body('x'.repeat(250)), 'v2')).status).toBe(200);
    expect((await post(body('A'.repeat(300)), 'v2')).status).toBe(200);
    expect((await post(body('x'.repeat(251)), 'v1')).status).toBe(200);
  });

  describe('a person', () => {
    it('is named by user id in v1, with a snapshot of attributes; an unknown one is not made', async () => {
      const userId = clientId();
      const anonymous = await post(minimal({ userId }));
      expect((await read(anonymous.body.data.id)).contact).toBeNull();

      const user = await server.send('POST', `/api/v1/client/${own.id}/user`, {
        userId,
        attributes: { plan: 'pro' },
      });
      const { contactId } = user.body.data.state.data;
      const reply = await post(minimal({ userId }));
      const stored = await read(reply.body.data.id);
      expect(stored.contact).toEqual({ id: contactId, userId });
      expect(stored.contactAttributes).toEqual({ userId, plan: 'pro' });
    });

    it('is named by contact id in v2; one that is unknown or of another environment is ignored', async () => {
      const user = await server.send('POST', `/api/v1/client/${foreign.id}/user`, { userId: clientId() });
      for (const contactId of [clientId(), user.body.data.state.data.contactId]) {
        const reply = await post(minimal({ contactId }), 'v2');
        expect((await read(reply.body.data.id)).contact).toBeNull();
      }
    });
  });

  describe('a display', () => {
    const display = async (change: object = {}): Promise<string> =>
      (await server.send('POST', `/api/v1/client/${own.id}/displays`, { surveyId, ...change })).body.data.id;

    it('belongs to one response, which can be found by it', async () => {
      const displayId = await display();
      const first = await post(minimal({ displayId }));
      const second = await post(minimal({ displayId }));
      expect(second.status).toBe(400);
      expect(second.body.message).toContain(displayId);
      const found = await server.send('GET', `/api/v1/client/${own.id}/displays/${displayId}/response`);
      expect(found.body).toEqual({ data: { responseId: first.body.data.id } });
    });

    it.each(['unknowndisplay', 'Not-An-Id'])(
      'that is unknown or malformed is refused with words about it: %s',
      async (displayId) => {
        for (const version of ['v1', 'v2']) {
          const reply = await post(minimal({ displayId }), version);
          expect(reply.status).toBe(400);
          expect(reply.body.message).toMatch(/display/i);
        }
      },
    );

    it('without a contact accepts any response, one of a contact only theirs', async () => {
      const userId = clientId();
      const { contactId } = (await server.send('POST', `/api/v1/client/${own.id}/user`, { userId })).body.data
        .state.data;
      expect((await post(minimal({ displayId: await display(), userId }))).status).toBe(200);
      expect((await post(minimal({ displayId: await display({ userId }), userId }))).status).toBe(200);
      const personal = await display({ userId });
      expect((await post(minimal({ displayId: personal, contactId: clientId() }), 'v2')).status).toBe(400);
      expect((await post(minimal({ displayId: personal }), 'v2')).status).toBe(400);
      expect((await post(minimal({ displayId: personal, contactId }), 'v2')).status).toBe(200);
    });

    it('gets one of 16 concurrent responses', async () => {
      const displayId = await display();
      const replies = await Promise.all(Array.from({ length: 16 }, () => post(minimal({ displayId }))));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(400)]);
    });

    it('of another survey or another contact is refused', async () => {
      const other = await display({ surveyId: otherSurveyId });
      expect((await post(minimal({ displayId: other }))).status).toBe(400);
      const personal = await display({ userId: clientId() });
      expect((await post(minimal({ displayId: personal }))).status).toBe(400);
    });

    it('of another environment is refused exactly like an unknown one', async () => {
      const reply = await server.send('POST', `/api/v1/client/${foreign.id}/displays`, {
        surveyId: foreignSurveyId,
      });
      const displayId: string = reply.body.data.id;
      const unknownId = clientId();
      const theirs = await post(minimal({ displayId }));
      const unknown = await post(minimal({ displayId: unknownId }));
      expect(theirs.text.replaceAll(displayId, 'X')).toBe(unknown.text.replaceAll(unknownId, 'X'));
    });
  });

  it('answers 409 for a single-use id that was used', async () => {
    const singleUseId = clientId();
    expect((await post(minimal({ singleUseId }))).status).toBe(200);
    const again = await post(minimal({ singleUseId }));
    expect(again.status).toBe(409);
    expect(again.body.code).toBe('conflict');
  });

  describe('with a client-made id', () => {
    it('stores one response for the same post sent twice', async () => {
      const body = minimal({ id: clientId(), seq: 1, data: { q1: 'a' } });
      const [first, second] = [await post(body), await post(body)];
      expect(first.text).toBe(second.text);
      expect(first.body.data.id).toBe(body.id);
    });

    it('merges a higher seq and ignores an equal or lower one, finished or not', async () => {
      const id = clientId();
      await post(minimal({ id, seq: 2, data: { q1: 'two', kept: 'yes' }, ttc: { q1: 5 } }));
      expect((await post(minimal({ id, seq: 1, data: { q1: 'one', late: 'x' } }))).status).toBe(200);
      expect((await post(minimal({ id, seq: 2, data: { q1: 'again' } }))).status).toBe(200);
      expect((await read(id)).data).toEqual({ q1: 'two', kept: 'yes' });

      await post(
        minimal({ id, seq: 3, finished: true, endingId: 'end1', data: { q1: 'three' }, ttc: { q2: 6 } }),
      );
      const finished = await read(id);
      expect(finished).toMatchObject({
        finished: true,
        endingId: 'end1',
        data: { q1: 'three', kept: 'yes' },
      });
      expect(finished.ttc).toEqual({ q1: 5, q2: 6, _total: 11 });

      expect((await post(minimal({ id, seq: 3, finished: true, data: { q1: 'x' } }))).status).toBe(200);
      expect((await post(minimal({ id, seq: 4, finished: false, data: { q1: 'four' } }))).status).toBe(200);
      expect(await read(id)).toMatchObject({ finished: true, data: { q1: 'four', kept: 'yes' } });
    });

    it('stores an unknown display too, and makes the contact of that display', async () => {
      const [id, displayId, userId] = [clientId(), clientId(), clientId()];
      const body = minimal({ id, seq: 1, displayId, userId });
      expect((await post(body)).status).toBe(200);
      expect((await post({ ...body, seq: 2 })).status).toBe(200);
      const stored = await read(id);
      expect(stored.displayId).toBe(displayId);
      expect(stored.contact.userId).toBe(userId);
      const user = await server.send('POST', `/api/v1/client/${own.id}/user`, { userId });
      expect(user.body.data.state.data).toMatchObject({ displays: [{ surveyId }], responses: [surveyId] });
      const display = await server.send('POST', `/api/v1/client/${own.id}/displays`, {
        id: displayId,
        surveyId,
        userId,
      });
      expect(display.body.data.id).toBe(displayId);
    });

    it('is 409 when the id belongs to another survey of the environment', async () => {
      const id = clientId();
      await post(minimal({ id, seq: 1 }));
      expect((await post(minimal({ id, seq: 2, surveyId: otherSurveyId }))).status).toBe(409);
    });

    it('gets a new id when another environment has that one, and no data of the other', async () => {
      const [id, displayId] = [clientId(), clientId()];
      const theirs = {
        id,
        displayId,
        seq: 1,
        surveyId: foreignSurveyId,
        finished: true,
        data: { secret: 'x' },
      };
      await server.send('POST', `/api/v1/client/${foreign.id}/responses`, theirs);
      const reply = await post(minimal({ id, displayId, seq: 2, data: { mine: 'y' } }));
      expect(reply.status).toBe(200);
      expect(reply.body.data.id).not.toBe(id);
      const stored = await read(reply.body.data.id);
      expect(stored.data).toEqual({ mine: 'y' });
      expect(stored.displayId).not.toBe(displayId);
    });

    it('makes one row of 32 equal concurrent posts', async () => {
      const [id, displayId, userId] = [clientId(), clientId(), clientId()];
      const body = minimal({ id, displayId, userId, seq: 1, data: { q1: 'a' } });
      const replies = await Promise.all(Array.from({ length: 32 }, () => post(body)));
      expect(replies.map(({ status, body: { data } }) => [status, data?.id])).toEqual(
        Array.from({ length: 32 }, () => [200, id]),
      );
      const user = await server.send('POST', `/api/v1/client/${own.id}/user`, { userId });
      expect(user.body.data.state.data.responses).toEqual([surveyId]);
      expect(user.body.data.state.data.displays).toHaveLength(1);
    });

    it('ends with the highest seq when concurrent posts arrive in any order', async () => {
      const id = clientId();
      const seqs = [3, 1, 8, 5, 2, 7, 4, 6];
      await Promise.all(
        seqs.map((seq) => post(minimal({ id, seq, data: { q1: `at ${seq}` }, finished: seq === 8 }))),
      );
      expect(await read(id)).toMatchObject({ finished: true, data: { q1: 'at 8' } });
    });
  });

  describe('PUT', () => {
    const create = async (change: object = {}): Promise<string> => (await post(minimal(change))).body.data.id;

    it('merges keys, clears an ending with null and leaves out what is absent', async () => {
      const id = await create({ data: { a: '1' }, variables: { v: 1 }, endingId: 'end1', language: 'fr' });
      expect((await put(id, { data: { b: '2' }, variables: { v: 2 }, endingId: null })).body).toEqual({
        data: { id, quotaFull: false },
      });
      expect(await read(id)).toMatchObject({
        data: { a: '1', b: '2' },
        variables: { v: 2 },
        endingId: null,
        language: 'fr-FR',
        finished: false,
      });
      expect((await put(id, {})).status).toBe(200);
    });

    it('answers a final PUT that is repeated with 200, and one that changes something with 400', async () => {
      const id = await create();
      const final = { finished: true, data: { q1: 'a' }, ttc: { q1: 3 } };
      expect((await put(id, final)).status).toBe(200);
      expect((await put(id, final)).status).toBe(200);
      const late = await put(id, { data: { q1: 'b' } });
      expect(late.status).toBe(400);
      expect(late.body).toEqual({
        code: 'bad_request',
        message: 'Response is already finished',
        details: { code: 'response_already_finished' },
      });
    });

    it('loses none of 32 concurrent updates sent to two servers', async () => {
      const id = await create();
      const second = await server.openAgain();
      const keys = Array.from({ length: 32 }, (_, index) => `k${index}`);
      const replies = await Promise.all(
        keys.map((key, index) => {
          const body = { data: { [key]: 'x' }, variables: { [key]: index }, ttc: { [key]: index } };
          const path = `/api/v1/client/${own.id}/responses/${id}`;
          return send(index % 2 === 0 ? server.app : second.app, 'PUT', path, body);
        }),
      );
      expect(replies.map(({ status }) => status)).toEqual(keys.map(() => 200));
      const stored = await read(id);
      for (const part of ['data', 'variables', 'ttc']) {
        expect(Object.keys(stored[part]).sort()).toEqual([...keys].sort());
      }
    });

    it('applies one of 16 concurrent updates that finish it differently', async () => {
      const id = await create();
      const replies = await Promise.all(
        Array.from({ length: 16 }, (_, index) => put(id, { finished: true, data: { q1: `${index}` } })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(400)]);
    });

    it('does not change fields that are set by the first post', async () => {
      const id = await create({ meta: { url: 'https://a.example/' }, singleUseId: clientId() });
      const before = await read(id);
      const change = {
        meta: { url: 'x' },
        displayId: 'x',
        userId: 'u',
        singleUseId: 'x',
        surveyId: 'x',
        id: 'x',
      };
      expect((await put(id, change)).status).toBe(200);
      expect(await read(id)).toEqual(before);
    });

    it('of a closed survey is refused, whether it changes anything or not', async () => {
      const closing = await addSurvey(server, own);
      const id = await create({ surveyId: closing });
      await server.send(
        'PUT',
        `/api/v1/management/surveys/${closing}`,
        { status: 'completed' },
        { 'x-api-key': own.key },
      );
      for (const body of [{}, { data: { a: 'b' } }]) {
        const reply = await put(id, body);
        expect([reply.status, reply.body.details]).toEqual([403, { surveyId: closing }]);
      }
    });

    it('refuses malformed bodies and ids, and an id of another environment like an unknown one', async () => {
      const id = await create();
      expect((await put(id, '{')).body.message).toBe('Malformed JSON in request body');
      expect((await put(id, 'null')).body.details).toHaveProperty('');
      expect((await put(id, { finished: null })).body.details).toHaveProperty('finished');
      expect((await put('Not-An-Id', {})).status).toBe(400);
      const theirs = await server.send('POST', `/api/v1/client/${foreign.id}/responses`, {
        surveyId: foreignSurveyId,
        finished: false,
        data: {},
      });
      const theirId: string = theirs.body.data.id;
      const unknownId = clientId();
      const foreignReply = await put(theirId, {});
      expect(foreignReply.status).toBe(404);
      expect(foreignReply.text).toBe((await put(unknownId, {})).text.replace(unknownId, theirId));
    });
  });
});
