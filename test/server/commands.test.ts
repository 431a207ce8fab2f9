import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../server/commands.ts';
import { addTenant, describeServer } from './support.ts';

describeServer('commands', (server) => {
  const run = async (...args: string[]) => {
    const deps = { database: server.database, now: () => server.clock.now, origin: 'https://s.example' };
    return (await runCommand(deps, args)).join('\n');
  };
  const keyIn = (text: string) => /fbk_\S+/.exec(text)?.[0] ?? '';

  it('env create makes an environment whose key and tag work at once', async () => {
    const text = await run('env', 'create', '--id', 'shop', '--name', 'Shop');
    expect(text).toContain(
      '<script async src="https://s.example/inkling.js" data-environment-id="shop"></script>',
    );
    const me = await server.send('GET', '/api/v1/management/me', undefined, { 'x-api-key': keyIn(text) });
    expect(me.body.project).toEqual({ id: 'shop', name: 'Shop' });
    expect((await server.send('GET', '/api/v1/client/shop/environment')).status).toBe(200);
    await expect.poll(() => run('env', 'list')).toMatch(/^shop +Shop +2026-11-24 +yes$/m);
    await expect(run('env', 'create', '--id', 'shop')).rejects.toThrow(
      'there is an environment shop already',
    );
  });

  it('env set changes the delivered environment within a second, and prints all settings', async () => {
    const { id } = await addTenant(server);
    const settings = async () => {
      const { body } = await server.send('GET', `/api/v1/client/${id}/environment`);
      return body.data.data.project;
    };
    expect(await settings()).toMatchObject({ recontactDays: 7, placement: 'bottomRight' });
    const lines = await run(
      'env',
      'set',
      id,
      'recontactDays=0',
      'placement=center',
      'styling={"brandColor":{"light":"#123456"}}',
    );
    expect(lines).toContain('recontactDays=0\n');
    await wait(1000);
    expect(await settings()).toMatchObject({
      recontactDays: 0,
      placement: 'center',
      overlay: 'none',
      styling: { brandColor: { light: '#123456' } },
    });
  });

  it('env secret makes the secret that proves user ids, and replaces it', async () => {
    const { id, key } = await addTenant(server);
    const secretIn = (text: string) => /^secret +(idsec_\S{43})$/m.exec(text)?.[1] ?? '';
    const read = async () => {
      const path = '/api/v1/management/environment/identity-secret';
      return (await server.send('GET', path, undefined, { 'x-api-key': key })).body.data;
    };
    const first = secretIn(await run('env', 'secret', id));
    expect(first).not.toBe('');
    expect(secretIn(await run('env', 'secret', id))).toBe(first);
    expect(await read()).toEqual({ secret: first, formerValidUntil: null });
    const replaced = await run('env', 'secret', id, '--new');
    expect(replaced).toMatch(/^former +valid until 2026-12-01 09:01 UTC$/m);
    expect(await read()).toMatchObject({ secret: secretIn(replaced), formerValidUntil: expect.any(String) });
    const last = await run('env', 'secret', id, '--new', '--now');
    expect(last).not.toContain('former');
    expect(new Set([first, secretIn(replaced), secretIn(last)]).size).toBe(3);
    expect(await run('env', 'set', id, 'identityVerification=require')).toContain(
      'identityVerification=require',
    );
  });

  it('key create grants exactly the given permission, and key revoke ends it at once', async () => {
    const { id } = await addTenant(server);
    const made = await run('key', 'create', id, '--permission', 'read', '--label', 'n8n');
    const headers = { 'x-api-key': keyIn(made) };
    const list = () => server.send('GET', '/api/v1/management/surveys', undefined, headers);
    expect((await list()).status).toBe(200);
    const write = await server.send('POST', '/api/v1/management/action-classes', { name: 'x' }, headers);
    expect(write.status).toBe(401);

    const keys = await run('key', 'list', id);
    const keyId = /^(\S+) +n8n +read on/m.exec(keys)?.[1] ?? '';
    expect(keys).not.toContain(headers['x-api-key']);
    expect(await run('key', 'revoke', keyId)).toContain(keyId);
    expect((await list()).status).toBe(401);
    expect(await run('key', 'list')).not.toContain(keyId);
  });

  describe('a wrong call changes nothing and prints the reason', () => {
    type Row = [name: string, args: string[], message: RegExp];
    const rows: Row[] = [
      ['a verb nobody knows', ['env', 'drop'], /commands are: env create .*env list; env set/],
      ['no verb', ['key'], /commands are: key create .*key revoke/],
      ['an option of another command', ['env', 'list', '--label', 'x'], /--label/],
      ['an id with capitals', ['env', 'create', '--id', 'ABC'], /--id: must be lower-case/],
      [
        'an environment that is not there',
        ['env', 'set', 'nowhere', 'recontactDays=1'],
        /no environment nowhere/,
      ],
      ['no setting', ['env', 'set', 'rows'], /use: env set/],
      ['a setting nobody knows', ['env', 'set', 'rows', 'colour=red'], /no setting colour: recontactDays/],
      [
        'a setting without a value',
        ['env', 'set', 'rows', 'placement'],
        /placement: must be <setting>=<value>/,
      ],
      ['a value out of range', ['env', 'set', 'rows', 'recontactDays=400'], /missing or incorrectly/],
      ['a secret of nowhere', ['env', 'secret', 'nowhere'], /no environment nowhere/],
      ['a secret that ends without a new one', ['env', 'secret', 'rows', '--now'], /--now: .* with --new/],
      [
        'a verification nobody knows',
        ['env', 'set', 'rows', 'identityVerification=on'],
        /missing or incorrectly/,
      ],
      [
        'a permission nobody knows',
        ['key', 'create', 'rows', '--permission', 'own'],
        /--permission: must be one/,
      ],
      ['a key for nowhere', ['key', 'create', 'nowhere'], /no environment nowhere/],
      ['a key that is not there', ['key', 'revoke', 'none'], /no key with the id none/],
    ];
    it.each(rows)('%s', async (_name, args, message) => {
      if (!/^rows /m.test(await run('env', 'list'))) await run('env', 'create', '--id', 'rows');
      const before = [
        await run('env', 'list'),
        await run('key', 'list'),
        await run('env', 'set', 'rows', 'overlay=none'),
      ];
      await expect(run(...args)).rejects.toThrow(message);
      const after = [
        await run('env', 'list'),
        await run('key', 'list'),
        await run('env', 'set', 'rows', 'overlay=none'),
      ];
      expect(after).toEqual(before);
    });
  });
});
