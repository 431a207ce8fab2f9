import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJson } from '../../../server/http/body.ts';
import { clientCors } from '../../../server/http/cors.ts';
import { answerError } from '../../../server/http/errors.ts';
import { type Listening, type ListenOptions, listen } from '../../../server/serve.ts';
import { dial, drip, headOf, type Line, wait } from '../../support/line.ts';
import { silentLog } from '../support.ts';

const CLIENT = '/api/v1/client/e';
const OWNER = '/api/v1/management/me';
const BUSY = { code: 'service_unavailable', message: 'Too busy right now. Please try again.', details: {} };
const REQUESTS = 5;
/** Short, so that bodies are soon slow, late and compared. */
const LIMITS = { headersMs: 400, budgetMs: 60_000, minBytesPerSecond: 1, keepAliveMs: 30_000, checkMs: 50 };

let listening: Listening;
let origin: string;
/** Ends all requests that are held. */
let release: () => void;
let held: number;
const lines: Line[] = [];
const replies: Promise<Response>[] = [];

async function start(options: Partial<ListenOptions>): Promise<void> {
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  held = 0;
  const app = new Hono();
  app.use('/api/v1/client/*', clientCors);
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.all('/api/v1/client/e/held', async (c) => {
    held += 1;
    await released;
    return c.json({ data: {} });
  });
  app.get('/health/live', async (c) => {
    held += 1;
    await released;
    return c.json({});
  });
  app.post('/api/v1/client/e/read', async (c) => c.json({ read: JSON.stringify(await readJson(c)).length }));
  app.get('*', (c) => c.json({ data: {} }));
  app.onError((error, c) => answerError(error, c, silentLog));
  listening = await listen(app, { host: '127.0.0.1', port: 0, ...options });
  origin = `http://127.0.0.1:${listening.port}`;
}

afterEach(async () => {
  release();
  await Promise.allSettled(replies.splice(0));
  for (const { socket } of lines.splice(0)) socket.destroy();
  await listening.stop(0);
});

async function open(): Promise<Line> {
  const line = await dial(listening.port);
  lines.push(line);
  return line;
}

/** Takes all places with requests that stay until `release`. */
async function fill(path = `${CLIENT}/held`, count = REQUESTS): Promise<void> {
  const before = held;
  for (let n = 0; n < count; n += 1) replies.push(fetch(origin + path));
  await expect.poll(() => held).toBe(before + count);
}

function post(body: string, ...headers: string[]): string {
  return headOf(`POST ${CLIENT}/read HTTP/1.1`, `Content-Length: ${body.length}`, ...headers) + body;
}

describe('a server that works on as many requests as it may', () => {
  beforeEach(() => start({ limits: LIMITS, capacity: { requests: REQUESTS, healthRequests: 2 } }));

  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];
  it.each(METHODS)('answers %s with 503, which browsers can read on client paths only', async (method) => {
    await fill();
    const body = ['POST', 'PUT'].includes(method) ? { body: '{}' } : {};
    for (const path of [`${CLIENT}/user`, '/api/v2/client/e/user', OWNER, '/inkling.js']) {
      const reply = await fetch(origin + path, { method, ...body });
      expect([reply.status, reply.headers.get('retry-after')], path).toEqual([503, '1']);
      expect(reply.headers.get('cache-control')).toBe('private, no-store');
      const isForClients = path.includes('/client/');
      expect(reply.headers.get('access-control-allow-origin')).toBe(isForClients ? '*' : null);
      const exposed = isForClients ? 'Date, Retry-After, ETag' : null;
      expect(reply.headers.get('access-control-expose-headers')).toBe(exposed);
      if (method !== 'HEAD') expect(await reply.json()).toEqual(BUSY);
    }
  });

  it('answers its health, and no more than its own number of such requests', async () => {
    await fill();
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    expect((await fetch(`${origin}/health?x=1`)).status).toBe(200);
    await fill('/health/live', 2);
    expect((await fetch(`${origin}/health`)).status).toBe(503);
  });

  it('answers preflights, without which no browser could read the 503', async () => {
    await fill();
    const reply = await fetch(`${origin}${CLIENT}/user`, { method: 'OPTIONS' });
    expect([reply.status, reply.headers.get('access-control-max-age')]).toEqual([200, '7200']);
    expect((await fetch(`${origin}${OWNER}`, { method: 'OPTIONS' })).status).toBe(503);
  });

  it('keeps the connection, and works again when places are free', async () => {
    await fill();
    const line = await open();
    line.socket.write(post(JSON.stringify('x'.repeat(100_000))));
    await expect.poll(line.received).toMatch(/^HTTP\/1\.1 503 /);
    release();
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(Array(REQUESTS).fill(200));
    line.socket.write(post('"again"'));
    await expect.poll(line.received).toMatch(/HTTP\/1\.1 200 [\s\S]*"read":7/);
  });

  it('does not ask for a body that it refuses', async () => {
    await fill();
    const line = await open();
    line.socket.write(headOf(`POST ${CLIENT}/read HTTP/1.1`, 'Content-Length: 9', 'Expect: 100-continue'));
    await expect.poll(line.received).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('refuses at once: as fast as it answers its health', async () => {
    await fill();
    const timeOf = async (path: string): Promise<number> => {
      const began = performance.now();
      await (await fetch(origin + path)).text();
      return performance.now() - began;
    };
    const times: { refused: number; health: number }[] = [];
    for (let n = 0; n < 101; n += 1) {
      times.push({ refused: await timeOf(`${CLIENT}/user`), health: await timeOf('/health') });
    }
    const medianOf = (kind: 'refused' | 'health'): number =>
      times.map((time) => time[kind]).sort((a, b) => a - b)[50] ?? Number.NaN;
    expect(medianOf('refused')).toBeLessThan(Math.max(10, 2 * medianOf('health')));
  });

  it('does not count requests whose bodies are still on their way', async () => {
    const body = '"late"';
    const slow = await Promise.all(Array.from({ length: 3 * REQUESTS }, open));
    for (const { socket } of slow) socket.write(post(body).slice(0, -2));
    await wait(200);
    expect((await fetch(`${origin}${OWNER}`)).status).toBe(200);
    for (const { socket } of slow) socket.write(body.slice(-2));
    for (const line of slow) await expect.poll(line.received).toMatch(/^HTTP\/1\.1 (200|503) /);
  });

  it('frees the places of clients that have gone when their requests end', async () => {
    for (let round = 0; round < 2 * REQUESTS; round += 1) {
      const line = await open();
      line.socket.write(post('"never complete"').slice(0, -2));
      await wait(5);
      line.socket.destroy();
    }
    await fill();
  });
});

describe('a server with as many connections as it may have', () => {
  beforeEach(() => start({ limits: { ...LIMITS, connections: 10, headersMs: 60_000 } }));

  it('answers further ones with 503 and closes them, but tells its health', async () => {
    await Promise.all(Array.from({ length: 10 }, open));
    const line = await open();
    line.socket.write(headOf(`GET ${CLIENT}/user HTTP/1.1`));
    await line.ended;
    expect(line.received()).toMatch(/^HTTP\/1\.1 503 [\s\S]*Access-Control-Allow-Origin: \*/);
    const health = await open();
    health.socket.write(headOf('GET /health HTTP/1.1'));
    await expect.poll(health.received).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('bodies', () => {
  const MIB = 1024 * 1024;
  const bytes = { json: 2 * MIB, upload: MIB, 'unsigned-upload': MIB };
  const large = JSON.stringify('x'.repeat(MIB));

  it.each([
    ['declared', post(large).slice(0, -1000), 'x'],
    ['declared, small', post('"small"').slice(0, -6), ''],
    ['chunked', headOf(`POST ${CLIENT}/read HTTP/1.1`, 'Transfer-Encoding: chunked'), '1\r\n \r\n'],
    ['read by nobody', headOf(`POST ${CLIENT}/held HTTP/1.1`, 'Content-Length: 1000'), 'x'],
  ])('that drip, %s, are answered with 408 when they have had their time', async (_name, begin, piece) => {
    await start({ limits: LIMITS, capacity: { bodyMs: 500 } });
    const line = await open();
    line.socket.write(begin);
    void drip(line, piece, 50);
    await line.ended;
    expect(line.received()).toMatch(
      /^HTTP\/1\.1 408 [\s\S]*Access-Control-Allow-Origin: \*[\s\S]*"code":"request_timeout"/,
    );
  });

  it('that come fast are read however many there have been on the connection', async () => {
    await start({ limits: LIMITS, capacity: { bodyMs: 500 } });
    const line = await open();
    for (let n = 1; n <= 40; n += 1) {
      line.socket.write(post('"a pause within"').slice(0, -2));
      await wait(30);
      line.socket.write('n"');
      await expect.poll(() => line.received().match(/200 OK/g)?.length).toBe(n);
    }
  });

  it('over the budget are answered with 503, and those that drip make room for others', async () => {
    await start({ limits: LIMITS, capacity: { bytes, uploadBytesPerSecond: 10_000 } });
    const strangers = await Promise.all(Array.from({ length: 8 }, open));
    for (const line of strangers) {
      line.socket.write(post(large).slice(0, -100));
      void drip(line, 'x', 1000);
    }
    const isRefused = (line: Line): boolean => line.received().startsWith('HTTP/1.1 503 ');
    await expect.poll(() => strangers.filter(isRefused).length).toBeGreaterThanOrEqual(6);
    for (const line of strangers.filter(isRefused)) {
      expect(line.received()).toMatch(/retry-after: 1[\s\S]*service_unavailable/i);
      expect(line.received()).toMatch(/access-control-allow-origin: \*/i);
    }
    // Once the remaining ones have been seen to drip, every honest body finds room.
    await wait(500);
    for (let n = 0; n < 10; n += 1) {
      const reply = await fetch(`${origin}${CLIENT}/read`, { method: 'POST', body: large });
      expect(reply.status).toBe(200);
    }
  });
});

describe('a request that cannot be read is answered in the error format, readable for browsers', () => {
  const rows: [name: string, status: number, code: string, text: string][] = [
    ['no HTTP', 400, 'bad_request', 'hello\r\n\r\n'],
    ['headers over the limit', 431, 'bad_request', headOf('GET / HTTP/1.1', `X: ${'x'.repeat(17_000)}`)],
    ['half a head', 408, 'request_timeout', `GET ${CLIENT}/user HTTP/1.1\r\nHo`],
    [
      'a chunk without its length',
      400,
      'bad_request',
      `${headOf(`POST ${CLIENT}/read HTTP/1.1`, 'Transfer-Encoding: chunked')}no length\r\n`,
    ],
  ];
  it.each(rows)('%s: %i', async (_name, status, code, text) => {
    await start({ limits: LIMITS });
    const line = await open();
    line.socket.write(text);
    await line.ended;
    expect(line.received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(line.received()).toMatch(/Access-Control-Allow-Origin: \*/);
    const [, body = ''] = line.received().split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ code, details: {} });
  });
});
