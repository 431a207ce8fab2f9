import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Options of a run of `dist/server/main.js`. */
export interface RunOptions {
  /** The environment, beside `PATH` and `PORT=0`; nothing of this process's own is passed on. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** The folder that holds `dist`. Default: the repository. */
  readonly cwd?: string;
  /** The umask of the process. Default: that of the tests. */
  readonly umask?: number | undefined;
  /** Opens a channel for messages to the process. */
  readonly hasChannel?: boolean;
}

/** A process of the built server or of one of its commands. */
export interface Run {
  readonly child: ChildProcess;
  /** What it has printed. */
  out(): string;
  /** What it has printed to stderr. */
  err(): string;
  /** Resolves to the exit code at its end; null after a signal. */
  readonly exit: Promise<number | null>;
  /** Whether the process has ended. */
  hasEnded(): boolean;
  /** Sends a signal, unless the process has ended, and waits for its end. Default: SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The built server, listening. */
export interface BuiltServer extends Run {
  readonly port: number;
  /** With 127.0.0.1 for `localhost`: nothing has to be looked up. */
  readonly origin: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Far from the few hundred ms that a start takes, for a machine that is busy. */
const START_MS = 60_000;
const LISTENING = /^Inkling .* on (http:\S+)$/m;

/** Runs `dist/server/main.js`, without waiting for anything. */
export function runBuiltServer({
  env,
  args = [],
  nodeArgs = [],
  cwd = root,
  umask,
  hasChannel,
}: RunOptions): Run {
  if (!existsSync(join(cwd, 'dist/server/main.js'))) throw new Error('Run `npm run build` first.');
  // A child takes over the umask that its parent has at that instant.
  const ownMask = umask === undefined ? undefined : process.umask(umask);
  const child = spawn(process.execPath, [...nodeArgs, 'dist/server/main.js', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', ...(hasChannel ? (['ipc'] as const) : [])],
    env: { PATH: process.env.PATH, PORT: '0', ...env },
  });
  if (ownMask !== undefined) process.umask(ownMask);
  let out = '';
  let err = '';
  child.stdout?.on('data', (part) => {
    out += part;
  });
  child.stderr?.on('data', (part) => {
    err += part;
  });
  // `close` comes after `exit`, when everything that was printed has been read.
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    out: () => out,
    err: () => err,
    exit,
    hasEnded,
    stop(signal = 'SIGTERM') {
      if (!hasEnded()) child.kill(signal);
      return exit;
    },
  };
}

/**
 * Starts the built server on a free port, unless `env` names one, and waits until it says that it listens. What it
 * prints to stderr is passed on. Rejects when it ends instead.
 */
export async function startBuiltServer(options: RunOptions): Promise<BuiltServer> {
  const run = runBuiltServer(options);
  run.child.stderr?.on('data', (part) => process.stderr.write(part));
  let timer: NodeJS.Timeout | undefined;
  const address = await new Promise<string>((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`The server ${what}:\n${run.out()}${run.err()}`));
    timer = setTimeout(() => fail('did not start in time'), START_MS);
    run.child.stdout?.on('data', () => {
      const found = LISTENING.exec(run.out())?.[1];
      if (found) resolve(found);
    });
    void run.exit.then(() => fail('ended at its start'));
  })
    .catch(async (error: unknown) => {
      await run.stop('SIGKILL');
      throw error;
    })
    .finally(() => clearTimeout(timer));
  const origin = address.replace('localhost', '127.0.0.1');
  return { ...run, origin, port: Number(new URL(origin).port) };
}
