import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { createApp } from '../../server/app.ts';
import type { Assets } from '../../server/assets.ts';
import { createLog } from '../../server/base/log.ts';
import { type ContextDeps, createContext } from '../../server/context/context.ts';
import { openFileStore } from '../../server/files/open-file-store.ts';
import type { Database } from '../../server/repo/database.ts';
import { openDatabase } from '../../server/repo/open-database.ts';
import { listen } from '../../server/serve.ts';
import { createDatabase } from './postgres.ts';

/** A database that tests of HTTP run on. */
export type Kind = 'sqlite' | 'postgres';
/** All of them; `npm run test:quick` leaves PostgreSQL out. */
export const KINDS: readonly Kind[] =
  process.env.TEST_DATABASES === 'sqlite' ? ['sqlite'] : ['sqlite', 'postgres'];

/** Options of `openApp`; whatever `createContext` takes replaces the defaults. */
export interface AppOptions extends Partial<Omit<ContextDeps, 'database' | 'files'>> {
  /** The built files. Default: none, only the API answers. */
  readonly assets?: Assets;
  /** The PostgreSQL server to make a database on. Default: an SQLite file in the app's folder. */
  readonly postgresUrl?: string | undefined;
  /** Default: a folder in the app's folder. */
  readonly filesUrl?: string | undefined;
  /** Where the app's folder is made. Default: the system's folder for temporary files. */
  readonly parentFolder?: string;
}

/** The server in this process, without a socket until `serve` is called. */
export interface TestApp {
  readonly app: Hono;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly filesUrl: string;
  /** Opens the same database and files once more, as another process would; `deps` replace those of the first. */
  openAgain(deps?: Partial<ContextDeps>): Promise<{ readonly app: Hono; readonly database: Database }>;
  /** Serves the app on a free port of the loopback interface until `stop`. */
  serve(): Promise<{ readonly port: number; readonly origin: string }>;
  /** Closes sockets and databases and removes the app's folder. */
  stop(): Promise<void>;
}

/** How long requests under way may take at a stop. */
const STOP_MS = 200;

/**
 * Opens the server on an empty database: the device's clock, no rate limit and errors on stderr, unless `options` say
 * otherwise.
 */
export async function openApp(options: AppOptions = {}): Promise<TestApp> {
  const { postgresUrl, parentFolder = tmpdir(), filesUrl: givenFilesUrl, assets, ...given } = options;
  const folder = mkdtempSync(join(parentFolder, 'inkling-app-'));
  const databaseUrl = postgresUrl ? await createDatabase(postgresUrl) : `sqlite:${join(folder, 'test.db')}`;
  const filesUrl = givenFilesUrl ?? `file:${join(folder, 'files')}`;
  const files = await openFileStore(filesUrl);
  let listeningUrl = 'http://localhost';
  const release: (() => Promise<void>)[] = [];

  const openAgain = async (deps: Partial<ContextDeps> = {}) => {
    const database = await openDatabase(databaseUrl);
    release.unshift(() => database.close());
    const log = createLog('error', (line) => process.stderr.write(`${line}\n`));
    const context = createContext({
      now: Date.now,
      log,
      rateLimit: 'off',
      listeningUrl: () => listeningUrl,
      ...given,
      files,
      database,
      ...deps,
    });
    const app = createApp(context, assets);
    return { app, database };
  };
  const opened = await openAgain();
  return {
    ...opened,
    databaseUrl,
    filesUrl,
    openAgain,
    async serve() {
      const listening = await listen(opened.app, { host: '127.0.0.1', port: 0 });
      release.unshift(() => listening.stop(STOP_MS));
      listeningUrl = `http://127.0.0.1:${listening.port}`;
      return { port: listening.port, origin: listeningUrl };
    },
    async stop() {
      for (const step of release) await step();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
