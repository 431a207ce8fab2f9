import { expect, it } from 'vitest';
import { runCommand } from '../../server/commands.ts';
import { provisionOwner } from '../../server/provision.ts';
import { describeServer } from './support.ts';

describeServer('the key of INKLING_API_KEY', (server) => {
  let count = 0;
  const newNames = () => {
    count += 1;
    return { id: `env${count}`, key: (n: number) => `key-${n}-of-environment-${count}` };
  };
  const start = (environmentId: string, apiKey: string | undefined) =>
    provisionOwner(server.database, { environmentId, apiKey }, server.clock.now);
  const works = async (key: string): Promise<boolean> =>
    (await server.send('GET', '/api/v1/management/me', undefined, { 'x-api-key': key })).status === 200;
  const command = async (...args: string[]): Promise<string> => {
    const deps = { database: server.database, now: () => server.clock.now, origin: 'https://s.example' };
    return /fbk_\S+/.exec((await runCommand(deps, args)).join('\n'))?.[0] ?? '';
  };

  it('replaces the former one, which is revoked and counted', async () => {
    const { id, key } = newNames();
    expect((await start(id, key(1))).revokedKeys).toBe(0);
    expect((await start(id, key(1))).revokedKeys).toBe(0);
    expect((await start(id, key(2))).revokedKeys).toBe(1);
    expect([await works(key(1)), await works(key(2))]).toEqual([false, true]);
    expect((await start(id, key(1))).revokedKeys).toBe(1);
    expect([await works(key(1)), await works(key(2))]).toEqual([true, false]);
  });

  it('stays while the variable is missing, and is still the former one afterwards', async () => {
    const { id, key } = newNames();
    await start(id, key(1));
    expect((await start(id, undefined)).revokedKeys).toBe(0);
    expect(await works(key(1))).toBe(true);
    expect((await start(id, key(2))).revokedKeys).toBe(1);
    expect(await works(key(1))).toBe(false);
  });

  it('leaves the keys of commands and of a first start alone', async () => {
    const { id, key } = newNames();
    const first = (await start(id, undefined)).newKey ?? '';
    const made = await command('key', 'create', id);
    const both = await command('key', 'create', id);
    await start(id, both);
    await start(id, key(1));
    await start(id, key(2));
    expect(await Promise.all([first, made, both, key(1), key(2)].map(works))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it('is replaced in its own environment only', async () => {
    const [one, two] = [newNames(), newNames()];
    const shared = 'a-key-of-both-environments';
    await start(one.id, shared);
    await start(two.id, shared);
    await start(one.id, one.key(1));
    expect(await Promise.all([shared, one.key(1)].map(works))).toEqual([true, true]);
    expect((await start(two.id, one.key(1))).revokedKeys).toBe(1);
    expect(await works(shared)).toBe(false);
  });

  it('is the same after several processes have started at once', async () => {
    const { id, key } = newNames();
    await start(id, key(1));
    const starts = await Promise.all(Array.from({ length: 8 }, () => start(id, key(2))));
    expect(starts.map(({ revokedKeys }) => revokedKeys).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect([await works(key(1)), await works(key(2))]).toEqual([false, true]);
  });
});
