import { beforeEach, describe, expect, it } from 'vitest';
import { listAttributeKeys } from '../../../server/repo/attribute-keys.ts';
import { MAX_ATTRIBUTE_KEYS } from '../../../src/core/limits.ts';
import { addTenant, clientId, describeServer, type Reply, send, type Tenant } from '../support.ts';

const CALLS = 64;
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describeServer('concurrent identification', (server) => {
  let tenant: Tenant;
  let second: Awaited<ReturnType<typeof server.openAgain>>;

  beforeEach(async () => {
    tenant = await addTenant(server);
    second ??= await server.openAgain();
  });

  /** Every other call goes to a second server with its own cache on the same database. */
  const post = (index: number, body: unknown): Promise<Reply> =>
    send(index % 2 === 0 ? server.app : second.app, 'POST', `/api/v1/client/${tenant.id}/user`, body);
  const fill = async (count: number): Promise<void> => {
    for (const n of times(count, Number)) {
      const body = { key: `k${n}`, type: 'custom' };
      const path = '/api/v1/management/contact-attribute-keys';
      const { text, status } = await send(server.app, 'POST', path, body, { 'x-api-key': tenant.key });
      expect(status, text).toBe(200);
    }
  };
  const keys = async (): Promise<readonly string[]> =>
    (await listAttributeKeys(server.database.read, tenant.id)).map(({ key }) => key);
  const contacts = async (): Promise<number> => {
    const { read } = server.database;
    const rows = await read
      .selectFrom('contact')
      .select('id')
      .where('environment_id', '=', tenant.id)
      .execute();
    return rows.length;
  };
  const valuesOf = async (key: string): Promise<readonly string[]> => {
    const rows = await server.database.read
      .selectFrom('contact_attribute')
      .innerJoin('attribute_key', 'attribute_key.id', 'contact_attribute.attribute_key_id')
      .select('value')
      .where('key', '=', key)
      .where('environment_id', '=', tenant.id)
      .execute();
    return rows.map(({ value }) => value);
  };
  const failures = (replies: readonly Reply[]): readonly string[] =>
    replies.filter(({ status }) => status !== 200).map(({ text }) => text);

  it(`makes one contact for ${CALLS} first calls`, async () => {
    const userId = clientId();
    const replies = await Promise.all(times(CALLS, (n) => post(n, { userId, attributes: { plan: 'x' } })));
    expect(failures(replies)).toEqual([]);
    expect(new Set(replies.map(({ body }) => body.data.state.data.contactId)).size).toBe(1);
    expect(await contacts()).toBe(1);
    expect(await valuesOf('plan')).toEqual(['x']);
  });

  it(`makes one key for ${CALLS} calls with the same new one, and stores every value`, async () => {
    const replies = await Promise.all(
      times(CALLS, (n) => post(n, { userId: `u${n}`, attributes: { fresh: `${n}` } })),
    );
    expect(failures(replies)).toEqual([]);
    expect((await keys()).filter((key) => key === 'fresh')).toEqual(['fresh']);
    expect([...(await valuesOf('fresh'))].sort()).toEqual(times(CALLS, String).sort());
    expect(await contacts()).toBe(CALLS);
  });

  it('gives a key one type when calls disagree, and reports it to the others', async () => {
    const given = ['text', 7, '2024-01-15'];
    const replies = await Promise.all(
      times(48, (n) => post(n, { userId: `u${n}`, attributes: { mixed: given[n % 3] } })),
    );
    expect(failures(replies)).toEqual([]);
    const key = (await listAttributeKeys(server.database.read, tenant.id)).find(
      (item) => item.key === 'mixed',
    );
    // A date is stored as text where the key has that type.
    const fitting = { string: 32, number: 16, date: 16 }[key?.dataType ?? 'string'];
    expect(await valuesOf('mixed')).toHaveLength(fitting);
    const told = replies.filter(({ text }) => text.includes('was not changed'));
    expect(told).toHaveLength(48 - fitting);
  });

  it(`never exceeds ${MAX_ATTRIBUTE_KEYS} keys when ${CALLS} calls have ${CALLS} new ones`, async () => {
    const free = 20;
    await fill(MAX_ATTRIBUTE_KEYS - 5 - free);
    const replies = await Promise.all(
      times(CALLS, (n) => post(n, { userId: 'one', attributes: { [`new${n}`]: 'x', k0: `${n}` } })),
    );
    expect(failures(replies)).toEqual([]);
    const fresh = (await keys()).filter((key) => key.startsWith('new'));
    expect([await keys(), fresh].map(({ length }) => length)).toEqual([MAX_ATTRIBUTE_KEYS, free]);
    const refused = replies.filter(({ text }) => text.includes('were not stored'));
    expect(refused).toHaveLength(CALLS - free);
    // Values of known keys are stored in spite of the refusal.
    expect(await valuesOf('k0')).toHaveLength(1);
  });

  it('takes all new keys of a call or none', async () => {
    await fill(MAX_ATTRIBUTE_KEYS - 5 - 10);
    await Promise.all(
      times(16, (n) =>
        post(n, { userId: 'one', attributes: { [`a${n}`]: 'x', [`b${n}`]: 'x', [`c${n}`]: 'x' } }),
      ),
    );
    const present = new Set(await keys());
    expect(present.size).toBe(MAX_ATTRIBUTE_KEYS - 1);
    for (const n of times(16, Number)) {
      const of = ['a', 'b', 'c'].filter((letter) => present.has(`${letter}${n}`));
      expect([0, 3]).toContain(of.length);
    }
  });

  it('stores an e-mail for each of 32 people who send it while nobody is verified', async () => {
    const email = 'one@example.com';
    const replies = await Promise.all(times(32, (n) => post(n, { userId: `u${n}`, attributes: { email } })));
    expect(failures(replies)).toEqual([]);
    expect(await valuesOf('email')).toEqual(Array(32).fill(email));
    const shapes = replies.map(({ text, body }) => {
      const { contactId, userId } = body.data.state.data;
      return text.replace(contactId, '').replace(`"${userId}"`, '');
    });
    expect(new Set(shapes).size).toBe(1);
  });

  describe('with changing values', () => {
    it('keeps one row per person and key, the last value', async () => {
      const replies = await Promise.all(times(32, (n) => post(n, { userId: 'one', attributes: { n } })));
      expect(failures(replies)).toEqual([]);
      expect(await valuesOf('n')).toHaveLength(1);
      await post(0, { userId: 'one', attributes: { n: 99 } });
      expect(await valuesOf('n')).toEqual(['99']);
    });
  });
});
