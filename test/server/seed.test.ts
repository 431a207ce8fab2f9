import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createContext } from '../../server/context/context.ts';
import { DEMO_ENVIRONMENT_ID, provisionDemo, provisionOwner } from '../../server/provision.ts';
import { loadSeed } from '../../server/seed.ts';
import { addTenant, describeServer, silentLog } from './support.ts';

describeServer('a start', (server) => {
  const context = () =>
    createContext({ database: server.database, now: () => server.clock.now, log: silentLog });
  const me = (key: string) => server.send('GET', '/api/v1/management/me', undefined, { 'x-api-key': key });

  it('makes an environment and a key once, even when several processes start at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => provisionOwner(server.database, {}, 1)));
    expect(new Set(made.map(({ environmentId }) => environmentId)).size).toBe(1);
    const keys = made.flatMap(({ newKey }) => newKey ?? []);
    expect(keys).toHaveLength(1);
    expect((await me(keys[0] ?? '')).body.id).toBe(made[0]?.environmentId);
  });

  it('makes the configured environment and key, and finds them at later starts', async () => {
    const settings = { environmentId: 'wished', apiKey: 'any-key-of-an-owner' };
    for (let n = 0; n < 2; n += 1) {
      expect(await provisionOwner(server.database, settings, 1)).toEqual({
        environmentId: 'wished',
        newKey: undefined,
        revokedKeys: 0,
      });
    }
    expect((await me(settings.apiKey)).body.id).toBe('wished');
    // A new key when only the environment is configured, at the first start alone.
    expect((await provisionOwner(server.database, { environmentId: 'second' }, 1)).newKey).toMatch(/^fbk_/);
    expect((await provisionOwner(server.database, { environmentId: 'second' }, 1)).newKey).toBeUndefined();
  });

  it("keeps the environment of the demo separate from the owner's", async () => {
    const demo = await provisionDemo(server.database, 0);
    expect(demo).toEqual({ environmentId: DEMO_ENVIRONMENT_ID, newKey: expect.stringMatching(/^fbk_/) });
    expect((await provisionDemo(server.database, 0)).newKey).toBeUndefined();
    expect((await provisionOwner(server.database, {}, 1)).environmentId).not.toBe(DEMO_ENVIRONMENT_ID);
    expect((await me(demo.newKey ?? '')).body.id).toBe(DEMO_ENVIRONMENT_ID);
  });

  it('fills an environment from the seed of the demo, once', async () => {
    const { id, key } = await addTenant(server);
    const seed: unknown = JSON.parse(readFileSync('demo/seed.json', 'utf8'));
    expect(await loadSeed(context(), id, seed)).toBe(true);
    expect(await loadSeed(context(), id, seed)).toBe(false);
    const { body } = await server.send('GET', `/api/v1/client/${id}/environment`);
    const { surveys, actionClasses, workspace } = body.data.data;
    expect(workspace.recontactDays).toBe(0);
    expect(new Set(actionClasses.map(({ key: name }: { key: string }) => name))).toEqual(
      new Set(['finished-task', 'clicked-pricing', 'opened-report', null]),
    );
    expect(surveys).toHaveLength(4);
    const targeted = surveys.filter(
      ({ segment }: { segment: { hasFilters: boolean } }) => segment.hasFilters,
    );
    expect(targeted).toHaveLength(1);
    const owned = await server.send('GET', '/api/v1/management/surveys', undefined, { 'x-api-key': key });
    expect(owned.body.data).toHaveLength(4);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', [], /^seed: /],
    ['a wrong setting', { environment: { recontactDays: 'x' } }, /^environment: .*recontactDays/],
    ['a wrong action class', { actionClasses: [{ name: 'A', type: 'x' }] }, /^actionClasses\.0: .*type/],
    ['a wrong survey', { surveys: [{ name: 'S' }] }, /^surveys\.0: .*questions/],
  ])('names the place in a seed that has %s', async (_name, seed, message) => {
    const { id } = await addTenant(server);
    await expect(loadSeed(context(), id, seed)).rejects.toThrow(message);
  });

  it('continues where a seed failed before', async () => {
    const { id } = await addTenant(server);
    const actionClasses = [{ name: 'A', type: 'code', key: 'a' }];
    const segments = [{ title: 'All', filters: [] }];
    await expect(loadSeed(context(), id, { actionClasses, segments, surveys: [{}] })).rejects.toThrow();
    const questions = [{ id: 'q', type: 'openText', headline: { default: 'Q' }, required: false }];
    const survey = {
      name: 'S',
      type: 'app',
      status: 'inProgress',
      triggers: [{ actionClass: { name: 'A' } }],
      questions,
    };
    expect(await loadSeed(context(), id, { actionClasses, segments, surveys: [survey] })).toBe(true);
  });
});
