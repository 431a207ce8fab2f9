import { Agent, request } from 'node:http';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { type ContextDeps, createContext } from '../../../server/context/context.ts';
import { loadSeed } from '../../../server/seed.ts';
import { type Listening, listen } from '../../../server/serve.ts';
import {
  MAX_ATTRIBUTE_KEYS,
  MAX_CLIENT_ATTRIBUTE_KEYS,
  MAX_ENVIRONMENT_NEW_KEYS_PER_DAY,
  MAX_NEW_KEYS_PER_DAY,
} from '../../../src/core/limits.ts';
import { attribute } from '../segments/support.ts';
import { addSurvey, addTenant, describeServer, type Reply, silentLog, type Tenant } from '../support.ts';

const KEYS = '/api/v1/management/contact-attribute-keys';
const DAY_MS = 86_400_000;

interface Key {
  readonly id: string;
  readonly key: string;
  readonly dataType: string;
  readonly madeBy?: string;
}

describeServer('attribute keys that anybody can make', (server) => {
  let own: Tenant;
  beforeEach(async () => {
    own = await addTenant(server);
  });

  const manage = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, path, body, { 'x-api-key': own.key });
  const identify = (attributes: object, userId = 'x'): Promise<Reply> =>
    server.send('POST', `/api/v1/client/${own.id}/user`, { userId, attributes });
  const list = async (): Promise<readonly Key[]> => (await manage('GET', KEYS)).body.data;
  const names = async (): Promise<readonly string[]> => (await list()).map(({ key }) => key);
  const add = (key: string, more: object = {}): Promise<Reply> =>
    manage('POST', KEYS, { key, type: 'custom', ...more });
  const made = (count: number, prefix = 'made'): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}_${index}`, 'x']));
  const changeType = async (key: string, dataType: string): Promise<Reply> => {
    const id = (await list()).find((one) => one.key === key)?.id;
    return manage('PUT', `${KEYS}/${id}`, { dataType });
  };

  it('leave the owner all of theirs, however many strangers make', async () => {
    const first = await identify(made(143));
    expect(first.status).toBe(200);
    for (let day = 0; day < 5; day += 1) {
      server.clock.now += DAY_MS;
      await identify(made(70, `day${day}`));
    }
    expect((await list()).filter(({ madeBy }) => madeBy === 'client')).toHaveLength(
      MAX_CLIENT_ATTRIBUTE_KEYS,
    );
    const statuses: number[] = [];
    for (let count = 5; count < MAX_ATTRIBUTE_KEYS; count += 1) {
      statuses.push((await add(`own_${count}`)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await add('one_more')).status).toBe(403);
    expect((await list()).filter(({ madeBy }) => madeBy === undefined)).toHaveLength(MAX_ATTRIBUTE_KEYS);
    const stored = await identify({ own_7: 'value' });
    expect(stored.body.data.messages).toBeUndefined();
  });

  it('are as many in a day as fit for the environment, in the order of the call', async () => {
    const { body } = await identify({ email: 'ada@example.com', ...made(143) });
    expect(await names()).toHaveLength(5 + MAX_ENVIRONMENT_NEW_KEYS_PER_DAY);
    const { messages } = body.data;
    expect(messages).toHaveLength(MAX_ENVIRONMENT_NEW_KEYS_PER_DAY + 1);
    expect(messages.at(-1)).toMatch(
      new RegExp(`not stored.*made_${MAX_ENVIRONMENT_NEW_KEYS_PER_DAY}, .*[0-9]+ more`),
    );
    expect((await identify({ late: 'x' })).body.data.messages).toEqual([
      expect.stringMatching(/not stored.*late/),
    ]);
    server.clock.now += DAY_MS;
    expect((await identify({ late: 'x' })).body.data.messages).toEqual([expect.stringContaining('string')]);
    expect(await names()).toContain('late');
  });

  it('become the owner’s when the owner makes them: with what was given, the rest as it was', async () => {
    await identify({ plan: 5, seats: 7 });
    expect((await list()).flatMap(({ key, madeBy }) => (madeBy ? [key] : [])).sort()).toEqual([
      'plan',
      'seats',
    ]);
    const id = (await list()).find(({ key }) => key === 'plan')?.id;
    const plan = await add('plan', { dataType: 'string', description: 'Which plan' });
    expect(plan.body.data).toMatchObject({ id, dataType: 'string', description: 'Which plan', name: 'Plan' });
    expect((await add('seats')).body.data).toMatchObject({ dataType: 'number' });
    expect((await list()).filter(({ madeBy }) => madeBy)).toEqual([]);
    expect((await add('plan')).body.message).toBe('Attribute key already exists');
    expect((await identify({ plan: 'pro', seats: 8 })).body.data.messages).toBeUndefined();
    const classes = await manage('POST', '/api/v1/management/attribute-classes', {
      name: 'plan',
      type: 'code',
    });
    expect(classes.status).toBe(400);
  });

  it('are none where the owner wants known ones only; the owner’s are stored', async () => {
    await add('plan');
    const set = (onlyKnownAttributes: unknown) =>
      manage('PUT', '/api/v1/management/environment', { onlyKnownAttributes });
    expect((await set('yes')).body.details).toHaveProperty('onlyKnownAttributes');
    expect((await manage('GET', '/api/v1/management/environment')).body.data.onlyKnownAttributes).toBe(false);
    expect((await set(true)).body.data.onlyKnownAttributes).toBe(true);
    const { body } = await identify({
      plan: 'pro',
      surprise: 1,
      email: 'a@example.com',
      other: 'x',
      Odd: 'x',
    });
    expect(body.data.messages).toEqual([expect.stringMatching(/known.*surprise, other/)]);
    expect(body.data.errors).toEqual([expect.stringContaining('Odd')]);
    expect(await names()).toHaveLength(6);
    const sent = await server.send('GET', `/api/v1/client/${own.id}/environment`);
    expect(sent.text).not.toContain('onlyKnownAttributes');
    await set(false);
    await identify({ surprise: 1 });
    expect(await names()).toContain('surprise');
  });

  it('and those of a seed are the owner’s', async () => {
    const { database, clock } = server;
    const context = createContext({ database, now: () => clock.now, log: silentLog });
    await identify({ plan: 5 });
    const attributeKeys = [
      { key: 'plan', dataType: 'string' },
      { key: 'since', dataType: 'date' },
    ];
    await loadSeed(context, own.id, { attributeKeys });
    await loadSeed(context, own.id, { attributeKeys });
    expect((await list()).filter(({ madeBy }) => madeBy)).toEqual([]);
    expect((await list()).find(({ key }) => key === 'plan')?.dataType).toBe('string');
    await expect(loadSeed(context, own.id, { attributeKeys: [{ key: '1st' }] })).rejects.toThrow(
      'attributeKeys.0',
    );
  });

  describe('have a type that the owner can change', () => {
    const EARLIER: readonly (readonly [type: string, value: unknown])[] = [
      ['number', 5],
      ['string', 'pro'],
      ['date', '2024-01-15'],
    ];
    const LATER = { string: 'gold', number: 7, date: '2025-06-01' } as const;
    const pairs = EARLIER.flatMap(([type, value]) =>
      (['string', 'number', 'date'] as const)
        .filter((to) => to !== type)
        .map((to) => [type, to, value] as const),
    );

    it.each(pairs)('from %s to %s: the site’s values are stored again', async (type, to, value) => {
      await identify({ plan: value }, 'stranger');
      const { messages } = (await identify({ plan: LATER[to] }, 'visitor')).body.data;
      // A text key takes a date as a text.
      if (type !== 'string' || to !== 'date')
        expect(messages).toEqual([expect.stringContaining('was not changed')]);
      expect((await changeType('plan', to)).body.data.dataType).toBe(to);
      expect((await identify({ plan: LATER[to] }, 'visitor')).body.data.messages).toBeUndefined();
      const people = (await manage('GET', '/api/v1/management/people')).body.data;
      const kept = people.find(({ userId }: { userId: string }) => userId === 'stranger').attributes.plan;
      expect(kept).toContain(String(value));
    });

    it('and values are converted where they can be, in segments at once, for any number of people', async () => {
      const people = 1_203;
      const values = [
        '7',
        '2024-01-15',
        'pro',
        '-2.50',
        '1e3',
        '0x10',
        '',
        ' 7',
        '1'.repeat(400),
        '2024-02-30',
      ];
      await add('plan', { dataType: 'string' });
      await identify({ plan: 'x' });
      const { id } = (await list()).find(({ key }) => key === 'plan') as Key;
      const at = server.clock.now;
      const stamps = { created_at: at, updated_at: at };
      await server.database.write(async (trx) => {
        for (let start = 0; start < people; start += 401) {
          const ids = Array.from({ length: 401 }, (_, n) => start + n);
          const contacts = ids.map((n) => ({
            ...stamps,
            id: `${own.id}n${n}`,
            environment_id: own.id,
            user_id: `u${n}`,
          }));
          await trx.insertInto('contact').values(contacts).execute();
          const stored = ids.map((n) => ({
            ...{ ...stamps, contact_id: `${own.id}n${n}`, attribute_key_id: id },
            ...{
              value: values[n % values.length] ?? '',
              number_value: null,
              date_value: null,
              is_claimed: 0,
            },
          }));
          await trx.insertInto('contact_attribute').values(stored).execute();
        }
      });
      const big = await addSurvey(server, own, {
        segment: { filters: [attribute('plan', 'greaterThan', 6)] },
      });
      const old = await addSurvey(server, own, {
        segment: { filters: [attribute('plan', 'isBefore', '2024-02-01')] },
      });
      const segmentOf = async (survey: string): Promise<string> =>
        (await manage('GET', `/api/v1/management/surveys/${survey}`)).body.data.segment.id;
      const [isBig, isOld] = [await segmentOf(big), await segmentOf(old)];
      const isIn = async (n: number, segment: string): Promise<boolean> =>
        (await identify({}, `u${n}`)).body.data.state.data.segments.includes(segment);
      const rows = async () =>
        server.database.read
          .selectFrom('contact_attribute')
          .select(['contact_id', 'value', 'number_value', 'date_value'])
          .where('attribute_key_id', '=', id)
          .where('contact_id', 'like', `${own.id}n%`)
          .execute();
      const shapes = async (): Promise<readonly string[]> => {
        const found = new Set<string>();
        for (const row of await rows()) {
          const given = values[Number(row.contact_id.slice(own.id.length + 1)) % values.length];
          found.add(JSON.stringify([given, row.value, row.number_value, row.date_value]));
        }
        return [...found].sort();
      };
      const expected = (change: Record<string, readonly [string, number | null, number | null]>) =>
        values.map((value) => JSON.stringify([value, ...(change[value] ?? [value, null, null])])).sort();

      expect((await changeType('plan', 'number')).status).toBe(200);
      expect(await shapes()).toEqual(
        expected({ 7: ['7', 7, null], '-2.50': ['-2.5', -2.5, null], '1e3': ['1000', 1000, null] }),
      );
      expect([await isIn(0, isBig), await isIn(1, isBig), await isIn(1200, isBig)]).toEqual([
        true,
        false,
        true,
      ]);
      expect([await isIn(4, isBig), await isIn(1, isOld)]).toEqual([true, false]);

      expect((await changeType('plan', 'date')).status).toBe(200);
      const date = Date.UTC(2024, 0, 15);
      const dated = ['2024-01-15T00:00:00.000Z', null, date] as const;
      const texts = { '-2.50': ['-2.5', null, null], '1e3': ['1000', null, null] } as const;
      expect(await shapes()).toEqual(expected({ ...texts, '2024-01-15': dated }));
      expect([await isIn(1, isOld), await isIn(1201, isOld), await isIn(0, isOld)]).toEqual([
        true,
        true,
        false,
      ]);

      expect((await changeType('plan', 'string')).status).toBe(200);
      const plain = { ...texts, '2024-01-15': [dated[0], null, null] } as const;
      expect(await shapes()).toEqual(expected(plain));
    });
  });

  describe('over sockets', () => {
    const open: Listening[] = [];
    const agent = new Agent({ keepAlive: true });
    afterAll(async () => {
      agent.destroy();
      for (const listening of open) await listening.stop(0);
    });

    async function start(deps: Partial<ContextDeps> = {}): Promise<number> {
      const { database, clock } = server;
      const context = createContext({
        database,
        now: () => clock.now,
        log: silentLog,
        rateLimit: 100_000,
        ...deps,
      });
      const listening = await listen(createApp(context), { host: '127.0.0.1', port: 0 });
      open.push(listening);
      return listening.port;
    }

    const call = (
      port: number,
      { method, path, body, from }: { method: string; path: string; body: unknown; from: string },
    ): Promise<number> =>
      new Promise((resolve, reject) => {
        const to = { host: '127.0.0.1', port, path, method, agent, localAddress: from };
        const sent = request(to, (reply) => {
          reply.resume();
          reply.on('end', () => resolve(reply.statusCode ?? 0));
        });
        sent.on('error', reject);
        sent.end(JSON.stringify(body));
      });

    const paths = ['v1', 'v2'].flatMap((version) => [
      ['POST', `/api/${version}/client/{env}/user`] as const,
      ['PUT', `/api/${version}/client/{env}/contacts/ada/attributes`] as const,
      ['PUT', `/api/${version}/client/{env}/people/ada/attributes`] as const,
      ['POST', `/api/${version}/client/{env}/update/contacts/ada`] as const,
      ['POST', `/api/${version}/client/{env}/people/ada`] as const,
    ]);

    it.each(paths)(
      'are few per address by %s %s, and another address still makes its own',
      async (method, path) => {
        const port = await start();
        await identify({}, 'ada');
        const post = (attributes: object, from: string): Promise<number> =>
          call(port, {
            method,
            path: path.replace('{env}', own.id),
            body: { userId: 'ada', attributes },
            from,
          });
        for (let n = 0; n < 8; n += 1) expect(await post(made(18, `call${n}`), '127.0.0.1')).toBe(200);
        expect(await names()).toHaveLength(5 + MAX_NEW_KEYS_PER_DAY);
        expect(await post({ plan: 'pro' }, '127.0.0.2')).toBe(200);
        expect(await names()).toContain('plan');
        server.clock.now += DAY_MS;
        await post(made(1, 'later'), '127.0.0.1');
        expect(await names()).toContain('later_0');
      },
    );

    it('are as many as the environment takes where limits per address are off', async () => {
      const port = await start({ rateLimit: 'off' });
      const body = { userId: 'ada', attributes: made(143) };
      await call(port, { method: 'POST', path: `/api/v1/client/${own.id}/user`, body, from: '127.0.0.1' });
      expect(await names()).toHaveLength(5 + MAX_ENVIRONMENT_NEW_KEYS_PER_DAY);
    });
  });
});
