import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../server/support.ts';
import { CLIENTS, type ClientCall, type ClientVersion, FILE, FILE_TEXT } from './client-calls.ts';
import { differences } from './match.ts';
import { type RunningServer, startServer } from './server.ts';
import { createWorld, fill, newValues, pick, takeStep, type World } from './world.ts';

type Part = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
type Client = Readonly<Record<string, Part>>;

describe.each(KINDS)('published clients on %s', (kind) => {
  let server: RunningServer;
  let world: World;
  beforeAll(async () => {
    server = await startServer(kind);
    world = await createWorld(server);
  });
  afterAll(async () => {
    world.client.close();
    await server.stop();
  });

  describe.each(CLIENTS)('@formbricks/api $version', (version) => {
    it('has a call here for each of its public methods', async ({ task }) => {
      task.meta.line = `@formbricks/api ${version.version} · every public method is called  (${kind})`;
      const client = await openClient(version, world);
      expect([...new Set(version.calls.map(({ method }) => method))].sort()).toEqual(
        listMethods(client).sort(),
      );
    });

    it.for(version.calls)('$method: $name', async (call, { task }) => {
      task.meta.line = `@formbricks/api ${version.version} ${call.method} · ${call.name}  (${kind})`;
      await makeCall(world, version, call);
    });
  });

  it('logs no error', () => expect(server.problems).toEqual([]));
});

async function makeCall(world: World, version: ClientVersion, call: ClientCall): Promise<void> {
  const values = newValues('v1');
  for (const step of call.before ?? []) await takeStep(world, values, step);
  const [part = '', name = ''] = call.method.split('.');
  const client = await openClient(version, world);
  const args = (await fill(world, values, call.args)) as readonly unknown[];
  const given = args.map((argument) => (argument === FILE ? fileFor(version) : argument));

  const result = await client[part]?.[name]?.(...given);
  const expected = await fill(world, values, call.returns);
  const found = differences(expected, result, { now: world.server.clock.now, path: 'result' });
  if (found.length > 0) throw new Error(found.join('\n'));
  for (const [key, path] of Object.entries(call.save ?? {})) {
    values.set(key, path === '' ? result : pick(result, path));
  }
  for (const step of call.afterwards ?? []) await takeStep(world, values, step);
}

async function openClient({ module }: ClientVersion, { server, shared }: World): Promise<Client> {
  const { FormbricksAPI } = (await import(module)) as {
    FormbricksAPI: new (options: object) => { readonly client: Client };
  };
  return new FormbricksAPI({ apiHost: server.origin, environmentId: shared.get('env') }).client;
}

function listMethods(client: Client): string[] {
  return Object.entries(client).flatMap(([part, methods]) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(methods))
      .filter((name) => name !== 'constructor')
      .map((name) => `${part}.${name}`),
  );
}

function fileFor({ file }: ClientVersion): unknown {
  const type = 'application/pdf';
  if (file === 'File') return new File([FILE_TEXT], 'proof.pdf', { type });
  const base64 = `data:${type};base64,${Buffer.from(FILE_TEXT).toString('base64')}`;
  return { name: 'proof.pdf', type, base64 };
}
