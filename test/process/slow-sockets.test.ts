import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';

/** The built server with its own limits, in real time; `npm run prove` does the same with 1,500 sockets. */
const SOCKETS = 50;
const LATEST_MS = 15_000;
const folder = mkdtempSync(join(tmpdir(), 'inkling-slow-'));
let server: BuiltServer;

beforeAll(async () => {
  server = await startBuiltServer({
    env: {
      DATABASE_URL: `sqlite:${join(folder, 'slow.db')}`,
      FILES_URL: `file:${join(folder, 'files')}`,
      INKLING_ENVIRONMENT_ID: 'slow',
      INKLING_API_KEY: 'a-key-of-the-slow-test',
      INKLING_RATE_LIMIT: 'off',
    },
  });
}, 90_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(): Promise<number> {
  const reply = await fetch(`${server.origin}/api/v1/client/slow/environment`);
  await reply.arrayBuffer();
  return reply.status;
}

async function timeOfAsking(): Promise<number> {
  const began = performance.now();
  expect(await ask()).toBe(200);
  return performance.now() - began;
}

function medianOf(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Milliseconds until the server has closed a socket that sends `start` and then a piece each second. */
function hold(start: string, piece: string): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = connect(server.port, '127.0.0.1', () => socket.write(start));
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
  // The usual time to answer, on a busy machine too.
  const usualTimes: number[] = [];
  for (let n = 0; n < 20; n += 1) usualTimes.push(await timeOfAsking());
  const usual = medianOf(usualTimes);

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
    times.push(await timeOfAsking());
    await wait(50);
  }
  expect(Math.max(...(await ended))).toBeLessThan(LATEST_MS);
  expect(times.length).toBeGreaterThan(20);
  expect(medianOf(times)).toBeLessThan(Math.max(100, 10 * usual));
});
