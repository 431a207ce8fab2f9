import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../server/app.ts';
import { loadAssets } from '../../server/assets.ts';
import { hashApiKey, newApiKey } from '../../server/auth/auth.ts';
import type { Log } from '../../server/base/log.ts';
import { type ContextDeps, createContext } from '../../server/context/context.ts';
import { openFileStore } from '../../server/files/file-store.ts';
import { grantApiKey } from '../../server/repo/api-keys.ts';
import { type Database, openDatabase } from '../../server/repo/database.ts';
import { insertEnvironment } from '../../server/repo/environments.ts';
import { newId } from '../../server/repo/new-id.ts';
import { listen } from '../../server/serve.ts';
import { type Kind, newDatabaseUrl, silentLog } from '../server/support.ts';

/** The whole server on a socket, with a database of its own and a clock that only the tests move. */
export interface RunningServer {
  readonly port: number;
  readonly origin: string;
  readonly database: Database;
  readonly clock: { now: number };
  /** What it logged as a problem. */
  readonly problems: readonly string[];
  /** A new environment and a key that may do everything in it: what `env create` does. */
  addTenant(): Promise<{ readonly id: string; readonly key: string }>;
  stop(): Promise<void>;
}

/** Starts the server on a free port of the loopback interface; visitors are not limited unless `options` say so. */
export async function startServer(kind: Kind, options: Partial<ContextDeps> = {}): Promise<RunningServer> {
  const release: (() => Promise<void> | void)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'inkling-conformance-'));
  release.push(() => rmSync(folder, { recursive: true, force: true }));
  const database = await openDatabase(await newDatabaseUrl(kind, release));
  release.unshift(() => database.close());

  // At the start of a slot of five minutes, so that a whole run stays predictable.
  const clock = { now: Date.UTC(2026, 10, 24, 9, 0, 0) };
  const problems: string[] = [];
  const log: Log = {
    ...silentLog,
    error: (message, facts) => problems.push(`${message} ${JSON.stringify(facts)}`),
  };
  const assets = loadAssets({ folder: 'dist', version: '0.0.0-test' });
  const files = await openFileStore(`file:${join(folder, 'files')}`);
  const context = createContext({
    files,
    database,
    now: () => clock.now,
    log,
    rateLimit: 'off',
    ...options,
  });
  const app = createApp(context, assets);
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  release.unshift(() => listening.stop(1000));

  return {
    port: listening.port,
    origin: `http://127.0.0.1:${listening.port}`,
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
    async stop() {
      for (const step of release) await step();
    },
  };
}
