import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import { ApiError, inOneLine } from './base/api-error.ts';
import { createLog, type Log } from './base/log.ts';
import { once } from './base/once.ts';
import { readArgs } from './base/read-args.ts';
import type { ServerContext } from './context/context.ts';
import { type Env, listUnknownVariables, readEnv } from './env.ts';
import type { FileStore } from './files/file-store.ts';
import { openFileStore } from './files/open-file-store.ts';
import type { Jobs } from './jobs.ts';
import { DEMO_ENVIRONMENT_ID, provisionDemo, provisionOwner } from './provision.ts';
import type { Database } from './repo/database.ts';
import { openDatabase } from './repo/open-database.ts';
import { type Listening, listen } from './serve.ts';

/** Deadline for running requests after a signal. */
const STOP_MS = 10_000;
/** Deadline for running deliveries after a signal. */
const STOP_WORK_MS = 2_000;
/** Interval of the background jobs: precision of surveys' schedules and of webhook retries. */
const TICK_MS = 1_000;
const MIB = 1024 * 1024;

/** How the server itself is called. */
const SERVER = {
  usage: 'main.js [--demo <seed file>]; main.js --help lists all commands',
  options: { demo: { type: 'string' } },
  words: [0, 0],
} as const;

interface ContextParts {
  readonly database: Database;
  readonly files: FileStore;
  readonly log: Log;
  readonly version: string;
  readonly listeningUrl: () => string;
  readonly onQueued: () => void;
}

type LoadContext = () => Promise<ServerContext>;

/** A mistake in the configuration: printed as one line without a stack. */
class SetupError extends Error {}

await run().catch((error: unknown) => {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`inkling: ${error.message.replace(/(?<!\s)\s*\n\s*/g, ' ')}\n`);
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === '--version') return print([`Inkling ${readVersion()}`]);
  if (args.includes('--help')) {
    const { describeCommands } = await import('./help.ts');
    return print(describeCommands(args.filter((word) => !word.startsWith('-'))));
  }
  const env = explain('', () => readEnv(process.env));
  for (const line of listUnknownVariables(process.env)) process.stderr.write(`inkling: ${line}\n`);
  const log = createLog(env.LOG_LEVEL, (line) => process.stderr.write(`${line}\n`));
  process.on('exit', log.flush);
  // Node would print all properties of the error, and drivers attach the row to it.
  process.on('uncaughtException', (error) => {
    log.error('stopped by a bug', { error });
    process.exit(1);
  });
  if (args[0] === 'env' || args[0] === 'key') return command(args, env, log);
  if (args[0] === 'backup' || args[0] === 'restore') return backup(args, env);

  if (args[0] && !args[0].startsWith('-'))
    throw new SetupError(`no command is called ${args[0]}; use: ${SERVER.usage}`);
  const { demo } = explain('', () => readArgs(args, SERVER)).values;
  const database = await open(env, log);
  try {
    const files = await openFiles(env, log);
    const version = readVersion();
    let jobs: Jobs | undefined;
    let { PORT: port } = env;
    const listeningUrl = (): string => toListeningUrl(env.HOST, port);
    const parts = { database, files, log, version, listeningUrl, onQueued: () => jobs?.kick() };
    const context = once(() => loadContext(env, parts));
    const lines = await provision(env, { database, context, demo });
    const loaded = once(async () => {
      const app = await loadApp(await context(), demo !== undefined);
      jobs = app.jobs;
      return app;
    });
    const fetch: Hono['fetch'] = async (...request) => (await loaded()).app.fetch(...request);
    const onSlow = (kind: string): void => log.debug('slow connection closed', { kind });
    const address = { host: env.HOST, port, onSlow };
    const listening = await listenOrExplain(env, () => listen({ fetch }, address));
    port = listening.port;
    const origin = env.PUBLIC_URL ?? listeningUrl();
    const work = loaded().then((app) => startWork(app.jobs));
    stopOnSignal(listening, { database, stopWork: async () => (await work)() });
    // Printed last: a script that waits for it may stop the process right away.
    print([`Inkling ${version} on ${origin}`, ...lines.map((line) => line.replaceAll('%ORIGIN%', origin))]);
    await work;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Loads the app with all its schemas, and the jobs. Called once the server listens, to keep the start short; requests
 * that arrive before are answered when it is done.
 */
async function loadApp(
  context: ServerContext,
  hasDemo: boolean,
): Promise<{ readonly app: Hono; readonly jobs: Jobs }> {
  const [{ createApp }, { loadAssets }, { createJobs }] = await Promise.all([
    import('./app.ts'),
    import('./assets.ts'),
    import('./jobs.ts'),
  ]);
  const { version, addresses } = context;
  const demo = hasDemo ? { demoEnvironmentId: DEMO_ENVIRONMENT_ID } : {};
  const assets = loadAssets({ folder: distFolder(), version, addresses, ...demo });
  return { app: createApp(context, assets), jobs: createJobs(context) };
}

/** Makes the one context of this process, for the seed, the app and the jobs. Loaded when the first of them needs it. */
async function loadContext(env: Env, parts: ContextParts): Promise<ServerContext> {
  const { createContext } = await import('./context/context.ts');
  return createContext({
    ...parts,
    now: Date.now,
    publicUrl: env.PUBLIC_URL,
    rateLimit: env.INKLING_RATE_LIMIT,
    trustedProxies: env.INKLING_TRUST_PROXY,
    fileQuota: env.INKLING_FILE_QUOTA === undefined ? undefined : env.INKLING_FILE_QUOTA * MIB,
    allowPrivateWebhooks: env.INKLING_ALLOW_PRIVATE_WEBHOOKS === '1',
  });
}

/** Runs the jobs at an interval. Returns a function that stops them. */
function startWork(jobs: Jobs): () => Promise<void> {
  const timer = setInterval(() => void jobs.tick(), TICK_MS);
  void jobs.tick();
  return async () => {
    clearInterval(timer);
    await jobs.stop();
  };
}

/** Runs `env …` or `key …` on the database, which a running server may use at the same time. */
async function command(args: readonly string[], env: Env, log: Log): Promise<void> {
  const { readCommand } = await import('./commands.ts');
  const name = `${args.slice(0, 2).join(' ')}: `;
  const run = explain(name, () => readCommand(args));
  const database = await open(env, log);
  try {
    const deps = { database, now: Date.now, origin: env.PUBLIC_URL ?? toListeningUrl(env.HOST, env.PORT) };
    print(await explainLater(name, () => run(deps)));
  } finally {
    await database.close();
  }
}

/** Runs `backup` or `restore`. */
async function backup(args: readonly string[], env: Env): Promise<void> {
  const { readBackupCommand } = await import('./backup.ts');
  const name = `${args[0]}: `;
  const run = explain(name, () => readBackupCommand(args));
  const deps = {
    databaseUrl: env.DATABASE_URL,
    filesUrl: env.FILES_URL,
    version: readVersion(),
    now: Date.now,
  };
  print(await explainLater(name, () => run(deps)));
}

/** Returns the address that reaches a server which listens on `host`, on this machine if it listens on all interfaces. */
function toListeningUrl(host: string, port: number): string {
  const isHere = /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(host);
  return `http://${isHere ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

function open(env: Env, log: Log): Promise<Database> {
  const onProblem = (message: string, error: unknown): void => log.warn(message, { error });
  return explainLater('DATABASE_URL: cannot open the database: ', () =>
    openDatabase(env.DATABASE_URL, { onProblem }),
  );
}

function openFiles({ FILES_URL }: Env, log: Log): Promise<FileStore> {
  const onProblem = (message: string): void => log.warn(message);
  return explainLater('FILES_URL: cannot keep files there: ', () => openFileStore(FILES_URL, { onProblem }));
}

async function provision(
  env: Env,
  {
    database,
    context,
    demo,
  }: { readonly database: Database; readonly context: LoadContext; readonly demo: string | undefined },
): Promise<readonly string[]> {
  const settings = { environmentId: env.INKLING_ENVIRONMENT_ID, apiKey: env.INKLING_API_KEY };
  const owner = await provisionOwner(database, settings, Date.now());
  if (env.INKLING_SEED !== undefined)
    await seedFrom(env.INKLING_SEED, 'INKLING_SEED', context, owner.environmentId);
  const lines = [
    `  environment  ${owner.environmentId}`,
    ...(owner.newKey ? [`  API key      ${owner.newKey}  (shown this once)`] : []),
    ...(owner.revokedKeys ? ['  revoked      the former key of INKLING_API_KEY'] : []),
    `  your tag     <script async src="%ORIGIN%/inkling.js" data-environment-id="${owner.environmentId}"></script>`,
  ];
  if (demo === undefined) return lines;

  const made = await provisionDemo(database, Date.now());
  await seedFrom(demo, '--demo', context, made.environmentId);
  const key = made.newKey ? [`  demo key     ${made.newKey}  (for /results, shown this once)`] : [];
  return [...lines, '  demo         %ORIGIN%/', ...key];
}

async function seedFrom(
  path: string,
  name: string,
  context: LoadContext,
  environmentId: string,
): Promise<void> {
  const seed = explain(`${name}: `, () => JSON.parse(readFileSync(path, 'utf8')) as unknown);
  const { loadSeed } = await import('./seed.ts');
  await explainLater(`${name}: `, async () => loadSeed(await context(), environmentId, seed));
}

async function listenOrExplain(env: Env, start: () => Promise<Listening>): Promise<Listening> {
  try {
    return await start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new SetupError(`PORT: ${env.PORT} is taken by another process`);
    if (code === 'EACCES') throw new SetupError(`PORT: no permission to listen on ${env.PORT}`);
    throw new SetupError(`HOST: cannot listen on ${env.HOST}: ${messageOf(error)}`);
  }
}

function stopOnSignal(
  listening: Listening,
  { database, stopWork }: { readonly database: Database; readonly stopWork: () => Promise<void> },
): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await listening.stop(STOP_MS);
    // A hanging receiver must not delay the exit: another process takes its delivery over after the lease.
    await Promise.race([stopWork(), new Promise((resolve) => setTimeout(resolve, STOP_WORK_MS))]);
    await database.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
}

/** The folder above this file, which is `dist/server/main.js` once it is built. */
function distFolder(): string {
  return fileURLToPath(new URL('..', import.meta.url));
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function explain<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new SetupError(`${prefix}${messageOf(error)}`);
  }
}

async function explainLater<T>(prefix: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new SetupError(`${prefix}${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return inOneLine(error);
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
