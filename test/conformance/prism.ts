import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { findFreePort } from '../support/postgres.ts';

/** A proxy that compares what passes with a description and answers with an error where they differ. */
export interface Prism {
  readonly port: number;
  readonly origin: string;
  /** Every line of its log that tells a violation or an error. */
  complaints(): readonly string[];
  stop(): Promise<void>;
}

// A second or two on a quiet machine; three of them start at once.
const READY_MS = 90_000;

/** Starts `prism proxy` with this description file in front of a server, on a free port of the loopback interface. */
export async function startPrism(document: string, upstream: string): Promise<Prism> {
  const port = await findFreePort();
  const script = createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js');
  const address = ['--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, [script, 'proxy', document, upstream, '--errors', ...address], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCARF_ANALYTICS: 'false', DO_NOT_TRACK: '1', NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  try {
    await untilReady(child, output);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    complaints: () =>
      output
        .join('')
        .split('\n')
        .filter((line) => /\b(error|warning|fatal)\b|violation/i.test(line)),
    stop: () => stop(child),
  };
}

async function untilReady(child: ChildProcess, output: readonly string[]): Promise<void> {
  const until = Date.now() + READY_MS;
  while (!output.join('').includes('Prism is listening')) {
    if (child.exitCode !== null || Date.now() > until)
      throw new Error(`prism did not start:\n${output.join('')}`);
    await wait(50);
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill();
  });
}
