import { loadAssets } from '../../server/assets.ts';
import { hashApiKey, newApiKey } from '../../server/auth/auth.ts';
import type { Log } from '../../server/base/log.ts';
import type { ContextDeps } from '../../server/context/context.ts';
import { grantApiKey } from '../../server/repo/api-keys.ts';
import type { Database } from '../../server/repo/database.ts';
import { insertEnvironment } from '../../server/repo/environments.ts';
import { newId } from '../../server/repo/new-id.ts';
import { postgresUrlOf, silentLog } from '../server/support.ts';
import { type Kind, openApp } from '../support/app.ts';

/** The server on a socket, with a database of its own and a clock that only tests move. */
export interface RunningServer {
  readonly port: number;
  readonly origin: string;
  readonly database: Database;
  readonly clock: { now: number };
  /** Errors that it logged. */
  readonly problems: readonly string[];
  /** Creates an environment with a key with permission `manage`, as `env create` does. */
  addTenant(): Promise<{ readonly id: string; readonly key: string }>;
  stop(): Promise<void>;
}

/** Starts the server on a free port of the loopback interface; without a rate limit, unless `options` has one. */
export async function startServer(kind: Kind, options: Partial<ContextDeps> = {}): Promise<RunningServer> {
  // At the start of a slot of five minutes, so that a whole run stays predictable.
  const clock = { now: Date.UTC(2026, 10, 24, 9, 0, 0) };
  const problems: string[] = [];
  const log: Log = {
    ...silentLog,
    error: (message, facts) => problems.push(`${message} ${JSON.stringify(facts)}`),
  };
  const assets = loadAssets({ folder: 'dist', version: '0.0.0-test' });
  const postgresUrl = postgresUrlOf(kind);
  const { database, serve, stop } = await openApp({
    postgresUrl,
    assets,
    now: () => clock.now,
    log,
    ...options,
  });
  const { port, origin } = await serve();

  return {
    port,
    origin,
    database,
    clock,
    problems,
    async addTenant() {
      const tenant = { id: newId(), key: newApiKey() };
      await database.write(async (trx) => {
        await insertEnvironment(trx, { id: tenant.id, name: 'Conformance', now: clock.now });
        const hash = hashApiKey(tenant.key);
        const grant = { id: newId(), hash, label: 'conformance', environmentId: tenant.id, now: clock.now };
        await grantApiKey(trx, { ...grant, permission: 'manage' });
      });
      return tenant;
    },
    stop,
  };
}
