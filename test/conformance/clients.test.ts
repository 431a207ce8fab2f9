import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../support/app.ts';
import { type CaseContext, createCaseContext } from './case-context.ts';
import { CLIENTS } from './client-calls.ts';
import { listMethods, makeCall, openClient } from './clients.ts';
import { type RunningServer, startServer } from './server.ts';

describe.each(KINDS)('published clients on %s', (kind) => {
  let server: RunningServer;
  let context: CaseContext;
  beforeAll(async () => {
    server = await startServer(kind);
    context = await createCaseContext(server);
  });
  afterAll(async () => {
    context.client.close();
    await server.stop();
  });

  describe.each(CLIENTS)('@formbricks/api $version', (version) => {
    it('has a call here for each of its public methods', async ({ task }) => {
      task.meta.line = `@formbricks/api ${version.version} · every public method is called  (${kind})`;
      const client = await openClient(version, { apiHost: server.origin, environmentId: 'any' });
      const called = new Set(version.calls.map(({ method }) => method));
      expect([...called].sort()).toEqual([...listMethods(client)].sort());
    });

    it.for(version.calls)('$method: $name', async (call, { task }) => {
      task.meta.line = `@formbricks/api ${version.version} ${call.method} · ${call.name}  (${kind})`;
      await makeCall(context, { version, call });
    });
  });

  it('logs no error', () => expect(server.problems).toEqual([]));
});
