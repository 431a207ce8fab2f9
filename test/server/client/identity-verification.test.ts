import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { listRoutes } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import type { Database } from '../../../server/repo/database.ts';
import { FORMER_SECRET_MS, MAX_USER_HASH_CHARS } from '../../../src/core/limits.ts';
import {
  addSurvey,
  addTenant,
  clientId,
  describeServer,
  type Reply,
  send,
  silentLog,
  type Tenant,
} from '../support.ts';

type Mode = 'off' | 'accept' | 'require';
const MODES: readonly Mode[] = ['off', 'accept', 'require'];
/** What the server knows of a person before a request. */
const STATES = ['unknown', 'unproven', 'verified'] as const;
type State = (typeof STATES)[number];

const hashOf = (secret: string, userId: string): string =>
  createHmac('sha256', secret).update(userId).digest('hex');

/** Everything that is no proof of a user id, with whatever a stranger can know. */
const WRONG: readonly (readonly [name: string, make: (right: string, userId: string) => string])[] = [
  ['the hash of somebody else', (_right, userId) => hashOf('idsec_other', `${userId}x`)],
  ['the hash by an empty secret', (_right, userId) => hashOf('', userId)],
  ['the hash by the text "null"', (_right, userId) => hashOf('null', userId)],
  ['capitals', (right) => right.toUpperCase()],
  ['a digit too few', (right) => right.slice(1)],
  ['a digit too many', (right) => `${right}0`],
  ['a space behind it', (right) => `${right} `],
  ['one other digit', (right) => right.slice(0, -1) + (right.endsWith('0') ? '1' : '0')],
  ['nothing', () => ''],
  ['as many characters of more bytes', () => 'ü'.repeat(MAX_USER_HASH_CHARS)],
  ['a megabyte', () => 'a'.repeat(1 << 20)],
];
/** The same, as far as a header may carry it. */
const isHeader = (text: string): boolean => /^[\x20-\x7e]{0,200}$/.test(text) && text.trim() === text;

/** A request that names a person. */
interface Way {
  /** The route, as `listRoutes` names it. */
  readonly route: string;
  /** `person`: about the person alone; `answer`: brings a display or an answer, which is worth keeping without them. */
  readonly kind: 'person' | 'answer';
  readonly names: 'userId' | 'contactId';
  readonly inHeader?: true;
  /** It makes a contact for an unknown user id. */
  readonly makes?: true;
  readonly send: (who: string, proof: object | undefined) => Promise<Reply>;
}

describeServer('identity verification', (server) => {
  /** One environment per setting, all with the same surveys and people. */
  const world = {} as Record<Mode, { tenant: Tenant; secret: string; surveyId: string }>;

  beforeAll(async () => {
    for (const mode of MODES) {
      const tenant = await addTenant(server);
      const surveyId = await addSurvey(server, tenant);
      world[mode] = { tenant, surveyId, secret: await secretOf(tenant) };
      await change(tenant, mode);
    }
  });

  const manage = async (tenant: Tenant, method: string, path: string, body?: unknown) => {
    const reply = await server.send(method, `/api/v1/management/${path}`, body, { 'x-api-key': tenant.key });
    expect(reply.status, reply.text).toBe(200);
    return reply.body.data;
  };
  const secretOf = async (tenant: Tenant): Promise<string> =>
    (await manage(tenant, 'GET', 'environment/identity-secret')).secret;
  const change = (tenant: Tenant, identityVerification: Mode) =>
    manage(tenant, 'PUT', 'environment', { identityVerification });
  const identify = (tenant: Tenant, body: object): Promise<Reply> =>
    server.send('POST', `/api/v1/client/${tenant.id}/user`, body);

  /** Every way to name a person, each by a body or a header of its own. */
  const waysOf = (mode: Mode): readonly Way[] => {
    const { tenant, surveyId } = world[mode];
    const base = (version: string) => `/api/${version}/client/${tenant.id}`;
    const answer = { surveyId, finished: false, data: { q1: 'x' } };
    return ['v1', 'v2'].flatMap((version): readonly Way[] => {
      const route = (method: string, path: string) =>
        `${method} /api/${version}/client/:environmentId${path}`;
      const by = version === 'v1' ? 'userId' : 'contactId';
      const way = (
        method: string,
        path: string,
        body?: (who: string) => object,
        rest: Pick<Way, 'kind' | 'names' | 'makes'> = { kind: 'person', names: 'userId' },
      ): Way => ({
        ...rest,
        ...(body ? {} : { inHeader: true }),
        route: route(method, path),
        send: (who, proof) => {
          const at = base(version) + path.replace(':userId', encodeURIComponent(who));
          if (body) return server.send(method, at, { ...body(who), ...proof });
          const { userHash } = (proof ?? {}) as { userHash?: string };
          return server.send(
            method,
            at,
            undefined,
            userHash === undefined ? {} : { 'x-inkling-user-hash': userHash },
          );
        },
      });
      const brings = { kind: 'answer', names: by } as const;
      const makes = { ...brings, makes: true } as const;
      return [
        way('POST', '/user', (userId) => ({ userId, attributes: { plan: 'stolen' } })),
        way('GET', '/identify/contacts/:userId'),
        way('GET', '/identify/people/:userId'),
        way('GET', '/app/people/:userId'),
        way('PUT', '/contacts/:userId/attributes', () => ({ attributes: { plan: 'stolen' } })),
        way('PUT', '/people/:userId/attributes', () => ({ attributes: { plan: 'stolen' } })),
        way('POST', '/update/contacts/:userId', () => ({ attributes: { plan: 'stolen' }, language: 'de' })),
        way('POST', '/people', (userId) => ({ userId })),
        way('POST', '/people/:userId', () => ({ attributes: { plan: 'stolen' } })),
        way('POST', '/displays', (who) => ({ surveyId, [by]: who }), makes),
        way('POST', '/displays', (who) => ({ id: clientId(), surveyId, [by]: who }), makes),
        way('POST', '/responses', (who) => ({ ...answer, [by]: who }), brings),
        way('POST', '/responses', (who) => ({ ...answer, id: clientId(), seq: 1, [by]: who }), brings),
        way(
          'POST',
          '/responses',
          (who) => ({ ...answer, id: clientId(), displayId: clientId(), seq: 1, [by]: who }),
          makes,
        ),
        {
          route: route('PUT', '/displays/:displayId'),
          ...{ kind: 'answer', names: 'userId' },
          send: async (userId, proof) => {
            const display = await server.send('POST', `${base('v1')}/displays`, { surveyId });
            const path = `${base(version)}/displays/${display.body.data.id}`;
            return server.send('PUT', path, { userId, ...proof });
          },
        },
        ...(version === 'v1' ? firstWays(answer) : []),
      ];
    });
  };
  const firstWays = (answer: { surveyId: string }): readonly Way[] =>
    [['/displays', { surveyId: answer.surveyId }] as const, ['/responses', answer] as const].map(
      ([path, body]) => ({
        ...{ kind: 'answer', names: 'contactId', route: `POST /api/v1/client${path}` },
        send: (personId, proof) =>
          server.send('POST', `/api/v1/client${path}`, { ...body, personId, ...proof }),
      }),
    );

  /** A new person of this state, with a plan, an e-mail and a language. */
  async function makePerson(mode: Mode, state: State): Promise<{ userId: string; contactId: string }> {
    const { tenant, secret } = world[mode];
    const userId = `${state}-${clientId()}`;
    if (state === 'unknown') return { userId, contactId: clientId() };
    // Off: nobody could have made an unproven contact where proof is required.
    if (mode === 'require' && state === 'unproven') await change(tenant, 'off');
    const attributes = { plan: 'secret', email: `${userId}@example.com`, language: 'fr' };
    const proof = state === 'verified' ? { userHash: hashOf(secret, userId) } : {};
    const reply = await identify(tenant, { userId, attributes, ...proof });
    expect(reply.status, reply.text).toBe(200);
    if (mode === 'require' && state === 'unproven') await change(tenant, mode);
    return { userId, contactId: reply.body.data.state.data.contactId };
  }

  /** Everything of one contact, and the numbers of all: what is made for somebody new changes those. */
  async function dump({ id }: Tenant, contactId = ''): Promise<unknown> {
    const { read } = server.database;
    const rows = [
      read.selectFrom('contact').selectAll().where('id', '=', contactId).execute(),
      read
        .selectFrom('contact_attribute')
        .selectAll()
        .where('contact_id', '=', contactId)
        .orderBy('attribute_key_id')
        .execute(),
      ...(['display', 'response'] as const).map((table) =>
        read.selectFrom(table).selectAll().where('contact_id', '=', contactId).orderBy('id').execute(),
      ),
    ];
    const { rows: numbers } = await sql`
      select (select count(*) from contact where environment_id = ${id}) as contacts,
             (select count(contact_id) from display where environment_id = ${id}) as displays,
             (select count(contact_id) from response where environment_id = ${id}) as responses`.execute(
      read,
    );
    return [await Promise.all(rows as readonly Promise<unknown>[]), numbers];
  }

  /** What the last display or answer was stored under. */
  async function isAnonymous(reply: Reply, way: Way): Promise<boolean> {
    const { read } = server.database;
    const { id } = reply.body.data;
    if (way.route.startsWith('PUT')) return true;
    const table = way.route.endsWith('/displays') ? 'display' : 'response';
    const row = await read.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    return row.contact_id === null && !('is_verified' in row && row.is_verified === 1);
  }

  /** A reply without the ids that were made for it. */
  const plain = ({ status, text }: Reply): string =>
    `${status} ${text.replace(/"id":"[0-9a-z]+"/, '"id":""')}`;

  async function expectRefused(
    mode: Mode,
    way: Way,
    proofOf: (userId: string) => object | undefined,
    proofName = 'none',
  ) {
    const { tenant } = world[mode];
    const replies: string[] = [];
    for (const state of STATES) {
      const person = await makePerson(mode, state);
      const before = await dump(tenant, person.contactId);
      const proof = proofOf(person.userId);
      const reply = await way.send(person[way.names], proof);
      const what = `${proofName} ${way.route} ${state} ${reply.text}`;
      if (way.kind === 'person') {
        const problem = proof === undefined ? 'missing' : 'wrong';
        expect([reply.status, reply.body.code], what).toEqual([403, 'forbidden']);
        expect(reply.body.message).toMatch(new RegExp(`^userHash is ${problem}: `));
        expect(reply.body.details).toEqual({ userHash: problem });
      } else {
        expect(reply.status, what).toBe(200);
        expect(await isAnonymous(reply, way), what).toBe(true);
      }
      expect(reply.text).not.toContain(person.contactId);
      expect(reply.text).not.toContain('secret"');
      expect(await dump(tenant, person.contactId), what).toEqual(before);
      replies.push(plain(reply));
    }
    // Nobody learns who exists.
    expect(new Set(replies).size, replies.join('\n')).toBe(1);
  }

  async function expectDone(
    mode: Mode,
    way: Way,
    state: State,
    proof: (userId: string) => object | undefined,
  ) {
    const person = await makePerson(mode, state);
    const reply = await way.send(person[way.names], proof(person.userId));
    const what = `${mode} ${way.route} ${state} ${reply.text}`;
    // An answer alone makes nobody, and an unknown contact is nobody.
    const isNobody = state === 'unknown' && !(way.makes && way.names === 'userId');
    const isLost = state === 'unknown' && /^PUT .*attributes$/.test(way.route);
    expect(reply.status, what).toBe(isLost ? 404 : 200);
    if (way.kind === 'answer' && !way.route.startsWith('PUT')) {
      expect(await isAnonymous(reply, way), what).toBe(isNobody);
    }
  }

  const right = (mode: Mode) => (userId: string) => ({ userHash: hashOf(world[mode].secret, userId) });
  const none = () => undefined;

  it('knows every route that names a person', async () => {
    const context = createContext({ database: server.database, now: () => server.clock.now, log: silentLog });
    const naming: string[] = [];
    for (const { method, path, params, body } of listRoutes(context)) {
      const fields = body
        ? Object.keys(z.toJSONSchema(await body(), { io: 'input', unrepresentable: 'any' }).properties ?? {})
        : [];
      const isNaming =
        Object.values(params ?? {}).includes('user') ||
        fields.some((field) => ['userId', 'contactId', 'personId'].includes(field));
      // Actions of older clients are kept nowhere.
      if (path.includes('/client') && isNaming && !path.endsWith('/actions'))
        naming.push(`${method} ${path}`);
    }
    expect([...new Set(waysOf('off').map(({ route }) => route))].sort()).toEqual([...new Set(naming)].sort());
  });

  it('keeps nothing of the person whom an action names', async () => {
    const { tenant } = world.require;
    const before = await dump(tenant);
    const action = { name: 'did-it', userId: 'somebody' };
    expect((await server.send('POST', `/api/v1/client/${tenant.id}/actions`, action)).status).toBe(200);
    expect(await dump(tenant)).toEqual(before);
  });

  it('off: believes every user id on every way, whatever comes with it', async () => {
    for (const way of waysOf('off')) {
      for (const state of STATES) {
        await expectDone('off', way, state, none);
        await expectDone('off', way, state, () => ({ userHash: 'wrong' }));
      }
    }
  });

  it.each(['accept', 'require'] as const)(
    '%s: lets a right hash do everything on every way',
    async (mode) => {
      for (const way of waysOf(mode)) {
        for (const state of STATES) await expectDone(mode, way, state, right(mode));
      }
    },
  );

  it('accept: without a hash does as before for people whom nobody has verified', async () => {
    for (const way of waysOf('accept')) {
      for (const state of ['unknown', 'unproven'] as const) await expectDone('accept', way, state, none);
    }
  });

  it('accept: without a hash reads and changes nothing of a verified person, on any way', async () => {
    const { tenant } = world.accept;
    for (const way of waysOf('accept')) {
      const person = await makePerson('accept', 'verified');
      const before = await dump(tenant, person.contactId);
      const reply = await way.send(person[way.names], undefined);
      expect(reply.status, `${way.route} ${reply.text}`).toBe(way.kind === 'person' ? 403 : 200);
      expect(reply.text).not.toContain(person.contactId);
      expect(await dump(tenant, person.contactId), way.route).toEqual(before);
    }
  });

  it('require: without a hash refuses every user id alike, on every way', async () => {
    for (const way of waysOf('require')) await expectRefused('require', way, none);
  });

  it('accept and require: refuse whatever is no right hash on every way, alike for who exists and who does not', async () => {
    // It is found before the database is asked: one of them is enough for the second kind.
    const wrong = server.kind === 'sqlite' ? WRONG : WRONG.slice(0, 1);
    for (const [at, [name, make]] of wrong.entries()) {
      for (const mode of at === 0 ? (['accept', 'require'] as const) : [MODES[1 + (at % 2)] ?? 'require']) {
        const proofOf = (userId: string) => ({ userHash: make(hashOf(world[mode].secret, userId), userId) });
        for (const way of waysOf(mode)) {
          if (way.inHeader && !isHeader(proofOf('u').userHash)) continue;
          await expectRefused(mode, way, proofOf, name);
        }
      }
    }
  });

  it.each([7, true, {}, ['a']])('refuses a hash that is %j with 400 and its name', async (userHash) => {
    for (const mode of MODES) {
      for (const way of waysOf(mode)) {
        if (way.inHeader) continue;
        const reply = await way.send('u1', { userHash });
        expect([reply.status, reply.text.includes('userHash')], `${way.route} ${reply.text}`).toEqual([
          400,
          true,
        ]);
      }
    }
  });

  it('takes null for none', async () => {
    const reply = await identify(world.require.tenant, { userId: 'mara', userHash: null });
    expect(reply.body.details).toEqual({ userHash: 'missing' });
    expect((await identify(world.off.tenant, { userId: 'mara', userHash: null })).status).toBe(200);
  });

  it('asks the database the same for a person who exists and for one who does not', async () => {
    for (const [mode, proof] of [
      ['require', {}],
      ['require', { userHash: 'x' }],
      ['accept', { userHash: 'x' }],
    ] as const) {
      const counted = countQueries(server.database);
      const { app } = await server.openAgain({ database: counted.database });
      const { tenant, surveyId } = world[mode];
      /** Of several requests the least: after 250 ms one also looks whether the environment has changed. */
      const cost = async (method: string, path: string, body: object): Promise<number> => {
        let least = Number.POSITIVE_INFINITY;
        for (let n = 0; n < 5; n++) {
          const before = counted.count();
          await send(app, method, `/api/v1/client/${tenant.id}${path}`, { ...body, ...proof });
          least = Math.min(least, counted.count() - before);
        }
        return least;
      };
      const costsOf = async (userId: string): Promise<readonly number[]> => [
        await cost('POST', '/user', { userId }),
        await cost('PUT', `/people/${userId}/attributes`, { attributes: {} }),
        await cost('POST', '/displays', { surveyId, userId }),
        await cost('POST', '/responses', { surveyId, userId, finished: false, data: {} }),
      ];
      const { userId } = await makePerson(mode, 'verified');
      const costs = await costsOf(userId);
      expect(costs).toEqual(await costsOf(clientId()));
      // For a person nothing is asked at all; a display and an answer are stored.
      expect(costs).toEqual([0, 0, 1, 1]);
    }
  });

  describe('the secret', () => {
    const formerOf = async (tenant: Tenant, endsNow: boolean) => {
      const former = await secretOf(tenant);
      const made = await manage(tenant, 'POST', 'environment/identity-secret', { endsNow });
      return { former, ...made };
    };
    const statusOf = async (tenant: Tenant, secret: string): Promise<number> =>
      (await identify(tenant, { userId: 'mara', userHash: hashOf(secret, 'mara') })).status;

    it('is made by the server, of 256 random bits, and stays the same until it is replaced', async () => {
      const tenant = await addTenant(server);
      const secret = await secretOf(tenant);
      expect(secret).toMatch(/^idsec_[A-Za-z0-9_-]{43}$/);
      expect(await secretOf(tenant)).toBe(secret);
      expect(await secretOf(await addTenant(server))).not.toBe(secret);
    });

    it('is one when it is asked for by many at once', async () => {
      const tenant = await addTenant(server);
      const second = await server.openAgain();
      const ask = (n: number) =>
        send(
          n % 2 ? server.app : second.app,
          'GET',
          '/api/v1/management/environment/identity-secret',
          undefined,
          {
            'x-api-key': tenant.key,
          },
        );
      const replies = await Promise.all(Array.from({ length: 16 }, (_, n) => ask(n)));
      expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    });

    it('is needed: without one no hash is a right one', async () => {
      const tenant = await addTenant(server);
      await change(tenant, 'require');
      for (const key of ['', 'null', 'undefined']) expect(await statusOf(tenant, key)).toBe(403);
    });

    it('is read and replaced with a key that may manage, and with no other', async () => {
      for (const permission of ['read', 'write'] as const) {
        const tenant = await addTenant(server, permission);
        for (const method of ['GET', 'POST']) {
          const path = '/api/v1/management/environment/identity-secret';
          const body = method === 'POST' ? {} : undefined;
          const reply = await server.send(method, path, body, { 'x-api-key': tenant.key });
          expect(reply.status, permission).toBe(401);
        }
      }
    });

    it('is valid for 7 more days after it was replaced', async () => {
      const tenant = await addTenant(server);
      await change(tenant, 'require');
      const start = server.clock.now;
      const { former, secret, formerValidUntil } = await formerOf(tenant, false);
      expect(secret).not.toBe(former);
      expect(formerValidUntil).toBe(new Date(start + FORMER_SECRET_MS).toISOString());
      server.clock.now = start + FORMER_SECRET_MS - 1;
      expect([await statusOf(tenant, former), await statusOf(tenant, secret)]).toEqual([200, 200]);
      server.clock.now = start + FORMER_SECRET_MS;
      expect([await statusOf(tenant, former), await statusOf(tenant, secret)]).toEqual([403, 200]);
      expect(await manage(tenant, 'GET', 'environment/identity-secret')).toEqual({
        secret,
        formerValidUntil: null,
      });
      server.clock.now = start;
    });

    it('ends at once when it has leaked, and so does one before it', async () => {
      const tenant = await addTenant(server);
      await change(tenant, 'require');
      const { former: first } = await formerOf(tenant, false);
      const { former: second, secret, formerValidUntil } = await formerOf(tenant, true);
      expect(formerValidUntil).toBeNull();
      const statuses = await Promise.all([first, second, secret].map((one) => statusOf(tenant, one)));
      expect(statuses).toEqual([403, 403, 200]);
    });

    it('of another environment proves nothing', async () => {
      expect(await statusOf(world.require.tenant, world.accept.secret)).toBe(403);
    });

    it('is in no reply but its own', async () => {
      const { tenant, secret } = world.accept;
      const paths = ['me', 'environment', 'contacts', 'surveys'];
      for (const path of paths) {
        const reply = await server.send('GET', `/api/v1/management/${path}`, undefined, {
          'x-api-key': tenant.key,
        });
        expect(reply.text).not.toContain(secret);
      }
      const environment = await server.send('GET', `/api/v1/client/${tenant.id}/environment`);
      expect(environment.text).not.toMatch(new RegExp(`${secret}|identityVerification`));
    });
  });

  describe('an answer', () => {
    const post = (tenant: Tenant, path: string, body: object): Promise<Reply> =>
      server.send('POST', `/api/v1/client/${tenant.id}${path}`, body);

    it('whose hash is not a right one any more is kept with its display, without the person, once', async () => {
      const { tenant, surveyId } = world.require;
      const userId = clientId();
      const proof = right('require')(userId);
      const display = { id: clientId(), surveyId, userId };
      const shown = await post(tenant, '/displays', { ...display, ...proof });
      expect(shown.body.data.contactId).not.toBeNull();
      const response = { id: clientId(), seq: 2, surveyId, displayId: display.id, userId, finished: true };
      const answer = { ...response, data: { q1: 'kept' }, userHash: '0'.repeat(64) };
      for (let n = 0; n < 3; n++) expect((await post(tenant, '/responses', answer)).status).toBe(200);
      const stored = await manage(tenant, 'GET', `responses?surveyId=${surveyId}&limit=1000`);
      const mine = stored.filter(({ id }: { id: string }) => id === response.id);
      expect(mine).toMatchObject([{ displayId: display.id, contact: null, data: { q1: 'kept' } }]);
    });

    it('under a contact id from before its person was verified is not theirs', async () => {
      const { tenant, surveyId } = world.accept;
      const { userId, contactId } = await makePerson('accept', 'unproven');
      await identify(tenant, { userId, ...right('accept')(userId) });
      const body = { surveyId, contactId };
      const path = `/api/v2/client/${tenant.id}/displays`;
      expect((await server.send('POST', path, body)).body.data.contactId).toBeNull();
      const proven = { ...body, ...right('accept')(userId) };
      expect((await server.send('POST', path, proven)).body.data.contactId).toBe(contactId);
    });

    it.each(['/displays', '/responses'])('with a right hash on POST %s verifies its person', async (path) => {
      const { tenant, surveyId } = world.accept;
      const { userId } = await makePerson('accept', 'unproven');
      const body = { surveyId, finished: true, data: {}, userId, ...right('accept')(userId) };
      expect((await post(tenant, path, body)).status).toBe(200);
      expect((await identify(tenant, { userId })).status).toBe(403);
    });
  });

  describe('an e-mail', () => {
    const emailsOf = async (tenant: Tenant, email: string): Promise<readonly (string | null)[]> => {
      const rows = await server.database.read
        .selectFrom('contact_attribute')
        .innerJoin('contact', 'contact.id', 'contact_attribute.contact_id')
        .select('user_id')
        .where('environment_id', '=', tenant.id)
        .where('value', '=', email)
        .orderBy('user_id')
        .execute();
      return rows.map(({ user_id }) => user_id);
    };
    const say = (tenant: Tenant, userId: string, attributes: object, secret?: string) =>
      identify(tenant, { userId, attributes, ...(secret ? { userHash: hashOf(secret, userId) } : {}) });
    const fresh = async (mode: Mode) => {
      const tenant = await addTenant(server);
      const secret = await secretOf(tenant);
      await change(tenant, mode);
      return { tenant, secret, email: `${clientId()}@example.com` };
    };
    const hasEmail = {
      filters: [
        {
          id: 'f',
          connector: null,
          resource: {
            id: 'r',
            root: { type: 'attribute', contactAttributeKey: 'email' },
            value: '',
            qualifier: { operator: 'isSet' },
          },
        },
      ],
    };

    it.each(['off', 'accept'] as const)('%s: may be that of any number of unproven people', async (mode) => {
      const { tenant, email } = await fresh(mode);
      await addSurvey(server, tenant, { segment: hasEmail });
      for (const userId of ['a', 'b', 'c']) {
        const { segments } = (await say(tenant, userId, { email })).body.data.state.data;
        expect(segments, userId).toHaveLength(1);
      }
      expect(await emailsOf(tenant, email)).toEqual(['a', 'b', 'c']);
    });

    it('that a stranger has taken stays free for whom it belongs to', async () => {
      const { tenant, secret, email } = await fresh('accept');
      await say(tenant, 'squatter', { email });
      await say(tenant, 'mara', { email }, secret);
      expect(await emailsOf(tenant, email)).toEqual(['mara', 'squatter']);
      // And a verified one's is no news to a stranger.
      const [taken, free] = [
        await say(tenant, 'stranger1', { email }),
        await say(tenant, 'stranger2', { email: `x${email}` }),
      ].map(({ text }) => text.replace(/c[0-9a-z]{24}/, '').replace(/stranger\d/, ''));
      expect(taken).toBe(free);
    });

    it.each(['accept', 'require'] as const)('%s: belongs to one verified person', async (mode) => {
      const { tenant, secret, email } = await fresh(mode);
      const replies = await Promise.all(
        Array.from({ length: 16 }, (_, n) => say(tenant, `u${n}`, { email }, secret)),
      );
      expect(replies.map(({ status }) => status)).toEqual(Array(16).fill(200));
      expect(await emailsOf(tenant, email)).toHaveLength(1);
      const shapes = replies.map(({ text }) => text.replace(/c[0-9a-z]{24}/, '').replace(/"u\d+"/, ''));
      expect(new Set(shapes).size).toBe(1);
    });

    it('is given up by whoever is verified with one that a verified person has, at once and at the same time', async () => {
      const { tenant, secret, email } = await fresh('accept');
      await addSurvey(server, tenant, { segment: hasEmail });
      const users = Array.from({ length: 12 }, (_, n) => `u${n}`);
      for (const userId of users) await say(tenant, userId, { email });
      const replies = await Promise.all(users.map((userId) => say(tenant, userId, {}, secret)));
      const held = await emailsOf(tenant, email);
      expect(held).toHaveLength(1);
      const inSegment = replies.filter(({ body }) => body.data.state.data.segments.length > 0);
      expect(inSegment.map(({ body }) => body.data.state.data.userId)).toEqual(held);
    });

    it('can be given by its owner to somebody else', async () => {
      const { tenant, secret, email } = await fresh('require');
      await say(tenant, 'mara', { email }, secret);
      await say(tenant, 'mara', { email: `new-${email}` }, secret);
      await say(tenant, 'nils', { email }, secret);
      expect(await emailsOf(tenant, email)).toEqual(['nils']);
    });

    it('that was written while verification was off is nobody’s until it is proven again', async () => {
      const { tenant, secret, email } = await fresh('require');
      await say(tenant, 'mara', { email: `old-${email}` }, secret);
      await say(tenant, 'nils', {}, secret);
      await change(tenant, 'off');
      for (const userId of ['mara', 'nils']) await say(tenant, userId, { email });
      expect(await emailsOf(tenant, email)).toEqual(['mara', 'nils']);
      await change(tenant, 'require');
      for (const userId of ['nils', 'mara']) await say(tenant, userId, {}, secret);
      expect(await emailsOf(tenant, email)).toEqual(['nils']);
    });
  });

  it('asks again when it writes: somebody may have been verified since they were read', async () => {
    const { tenant, secret } = world.accept;
    let meanwhile: (() => Promise<unknown>) | undefined;
    const { app } = await server.openAgain({
      database: {
        ...server.database,
        write: async (job) => {
          const step = meanwhile;
          meanwhile = undefined;
          await step?.();
          return server.database.write(job);
        },
      },
    });
    const { userId, contactId } = await makePerson('accept', 'unproven');
    meanwhile = () => identify(tenant, { userId, userHash: hashOf(secret, userId) });
    const stolen = { userId, attributes: { plan: 'stolen' } };
    const reply = await send(app, 'POST', `/api/v1/client/${tenant.id}/user`, stolen);
    expect([reply.status, reply.body.details]).toEqual([403, { userHash: 'missing' }]);
    expect(JSON.stringify(await dump(tenant, contactId))).not.toContain('stolen');
  });
});

/** A database that counts the statements outside of transactions, and the transactions. */
function countQueries(database: Database): { database: Database; count: () => number } {
  let count = 0;
  const read = database.read.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      count++;
      return result;
    },
  });
  return {
    database: {
      ...database,
      read,
      write: (job) => {
        count++;
        return database.write(job);
      },
    },
    count: () => count,
  };
}
