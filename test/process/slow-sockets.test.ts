import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';

/** The built server with its own limits, in real time; `npm run prove` does the same with 1,500 sockets. */
const SOCKETS = 50;
const LATEST_MS = 15_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inkling-slow-'));
let server: ChildProcess;
let port: number;

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/server/main.js'))) throw new Error('Run `npm run build` first.');
  port = await freePort();
  server = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: root,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH ?? '',
      PORT: `${port}`,
      DATABASE_URL: `sqlite:${join(folder, 'slow.db')}`,
      INKLING_ENVIRONMENT_ID: 'slow',
      INKLING_API_KEY: 'a-key-of-the-slow-test',
      INKLING_RATE_LIMIT: 'off',
    },
  });
  await vi.waitFor(async () => expect(await ask()).toBe(200), { timeout: 15_000, interval: 100 });
}, 20_000);
afterAll(async () => {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
});

async function ask(): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${port}/api/v1/client/slow/environment`);
  await reply.arrayBuffer();
  return reply.status;
}

/** Milliseconds until the server has closed a socket that sends `start` and then a piece each second. */
function hold(start: string, piece: string): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write(start));
    const dripping = setInterval(() => socket.write(piece), 1000);
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.once('close', () => {
      clearInterval(dripping);
      resolve(performance.now() - began);
    });
  });
}

it(`${SOCKETS} sockets each that are slow in headers and bodies are closed within 15 s, others are answered`, async () => {
  const path = '/api/v1/client/slow/user HTTP/1.1\r\nHost: x\r\n';
  const body = `POST ${path}Content-Length: 4096\r\n\r\n`;
  const chunks = `POST ${path}Transfer-Encoding: chunked\r\n\r\n`;
  const slow = Array.from({ length: SOCKETS }, () => [
    hold('', ''),
    hold(`POST ${path}`, 'X-a: b\r\n'),
    hold(body, 'x'),
    hold(chunks, '1\r\nx\r\n'),
  ]).flat();
  let isOver = false;
  const ended = Promise.all(slow).finally(() => {
    isOver = true;
  });

  const times: number[] = [];
  while (!isOver) {
    const began = performance.now();
    expect(await ask()).toBe(200);
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(Math.max(...(await ended))).toBeLessThan(LATEST_MS);
  expect(times.length).toBeGreaterThan(20);
  expect(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(100);
});
