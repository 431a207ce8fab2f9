import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../../server/http/body.ts';
import { answerError } from '../../../server/http/errors.ts';
import { type Listening, listen } from '../../../server/serve.ts';
import { dial as dialPort, drip, headOf as head, type Line, wait } from '../../support/line.ts';
import { silentLog } from '../support.ts';

const HOST = '127.0.0.1';
const LIMIT = 2 * 1024 * 1024;
/** Short, for a fast test: a time budget of 400 ms and 4 kB a second. */
const LIMITS = {
  headersMs: 400,
  budgetMs: 400,
  minBytesPerSecond: 4096,
  keepAliveMs: 30_000,
  checkMs: 50,
  busyAbove: 20,
};
/** Longer than every time budget. */
const REST_MS = 1200;
/** Far above the limits, for a slow machine, and far below the keep-alive timeout. */
const LATEST_MS = 5000;

let listening: Listening;
const dial = (): Promise<Line> => dialPort(listening.port);
const closed: string[] = [];

beforeAll(async () => {
  const app = new Hono();
  app.get('/quick', (c) => c.text('quick'));
  app.get('/large', (c) => c.body(Buffer.alloc(32 * 1024 * 1024)));
  app.get('/slow', async (c) => {
    await wait(REST_MS);
    return c.text('slow');
  });
  app.post('/json', async (c) => c.json({ read: JSON.stringify(await readJson(c)).length }));
  app.post('/later', async (c) => {
    await wait(REST_MS);
    return c.json({ read: JSON.stringify(await readJson(c)).length });
  });
  app.onError((error, c) => answerError(error, c, silentLog));
  listening = await listen(app, { host: HOST, port: 0, limits: LIMITS, onSlow: (kind) => closed.push(kind) });
});
afterAll(() => listening.stop(0));

const post = (length: number) => head('POST /json HTTP/1.1', `Content-Length: ${length}`);

describe('a slow socket is closed', () => {
  type Row = [name: string, slow: (line: Line) => unknown];
  const rows: Row[] = [
    ['that never says anything', () => {}],
    ['that stops in its headers', ({ socket }) => socket.write('GET /quick HTTP/1.1\r\nHost: x\r\n')],
    [
      'that drips headers',
      (line) => {
        line.socket.write('GET /quick HTTP/1.1\r\nHost: x\r\n');
        return drip(line, 'X-a: b\r\n', 100);
      },
    ],
    ['that announces a body and sends none', ({ socket }) => socket.write(post(100))],
    [
      'that drips a body',
      (line) => {
        line.socket.write(post(100_000));
        return drip(line, 'x', 100);
      },
    ],
    [
      'that drips chunks',
      (line) => {
        line.socket.write(head('POST /json HTTP/1.1', 'Transfer-Encoding: chunked'));
        return drip(line, '1\r\nx\r\n', 100);
      },
    ],
    [
      'that asks once and then sends empty lines for ever',
      (line) => {
        line.socket.write(head('GET /quick HTTP/1.1'));
        return drip(line, '\r\n', 100);
      },
    ],
    [
      'that asks once and stops in the next headers',
      async ({ socket }) => {
        socket.write(head('GET /quick HTTP/1.1'));
        await wait(100);
        socket.write('GET /quick HTTP/1.1\r\nHost');
      },
    ],
    [
      'that does not read its reply',
      ({ socket }) => {
        socket.pause();
        socket.write(head('GET /large HTTP/1.1'));
      },
    ],
    [
      'that reads nothing and asks on',
      (line) => {
        line.socket.pause();
        return drip(line, head('GET /large HTTP/1.1'), 100);
      },
    ],
  ];
  it.each(rows)('%s', async (_name, slow) => {
    const before = closed.length;
    const line = await dial();
    const dripping = slow(line);
    // A socket that does not read doesn't notice its end until it reads.
    if (line.socket.isPaused()) {
      await expect.poll(() => closed.length, { timeout: LATEST_MS }).toBeGreaterThan(before);
      line.socket.resume();
    }
    expect(await line.ended).toBeLessThan(LATEST_MS);
    await dripping;
    const others = await fetch(`http://${HOST}:${listening.port}/quick`);
    expect(await others.text()).toBe('quick');
  });
});

it('a slow but steady body is read to its end', async () => {
  const line = await dial();
  const body = JSON.stringify('x'.repeat(40_000));
  line.socket.write(post(body.length));
  // Five times the patience in all, at almost five times the least pace: a busy machine may be late with each piece.
  for (let at = 0; at < body.length; at += 2000) {
    line.socket.write(body.slice(at, at + 2000));
    await wait(100);
  }
  await expect.poll(line.received).toMatch(/200 OK[\s\S]*"read":40002/);
  line.socket.destroy();
});

it('a connection is not closed while the server takes long to answer', async () => {
  const reply = await fetch(`http://${HOST}:${listening.port}/slow`);
  expect(await reply.text()).toBe('slow');
});

it('a connection is not closed while the server does not read the body yet', async () => {
  const body = JSON.stringify('x'.repeat(1_000_000));
  const reply = await fetch(`http://${HOST}:${listening.port}/later`, { method: 'POST', body });
  expect(await reply.json()).toEqual({ read: body.length });
});

it('a connection may stay idle between two requests', async () => {
  const line = await dial();
  line.socket.write(head('GET /quick HTTP/1.1'));
  await wait(REST_MS);
  line.socket.write(head('GET /quick HTTP/1.1'));
  await expect.poll(() => line.received().match(/200 OK/g)).toHaveLength(2);
  line.socket.destroy();
});

it('a busy server closes idle connections, any other keeps them', async () => {
  const quick = head('GET /quick HTTP/1.1');
  const lines = await Promise.all(Array.from({ length: LIMITS.busyAbove + 5 }, dial));
  for (const { socket } of lines) socket.write(quick);
  // One of them stays in use and is not closed.
  const [busy, ...resting] = lines as [Line, ...Line[]];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      busy.socket.write(quick);
      await wait(50);
    }
  })();
  const rests = await Promise.all(resting.map(({ ended }) => ended));
  isOver = true;
  await asking;
  expect(Math.max(...rests)).toBeLessThan(LATEST_MS);
  expect(resting.every(({ received }) => received().startsWith('HTTP/1.1 200'))).toBe(true);
  expect(busy.socket.destroyed).toBe(false);
  for (const { socket } of lines) socket.destroy();
});

it('onSlow is called with the reason of each closed connection', () => {
  expect(new Set(closed)).toEqual(new Set(['head', 'body', 'read', 'rest']));
});

describe('a body over the limit', () => {
  const endless = async (line: Line, piece: string): Promise<number> => {
    let sent = 0;
    while (!line.socket.destroyed && line.socket.writable && sent < 64 * LIMIT) {
      sent += piece.length;
      if (!line.socket.write(piece)) await Promise.race([wait(20), line.ended]);
    }
    return sent;
  };

  it('is answered before it is read when its length is declared', async () => {
    const line = await dial();
    line.socket.write(post(10_000 * LIMIT));
    await expect.poll(line.received).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload_too_large/);
    await endless(line, 'x'.repeat(65_536));
    expect(await line.ended).toBeLessThan(LATEST_MS);
  });

  it('is answered soon after the limit when it is chunked and endless', async () => {
    const line = await dial();
    line.socket.write(head('POST /json HTTP/1.1', 'Transfer-Encoding: chunked'));
    const sending = endless(line, `10000\r\n${'x'.repeat(65_536)}\r\n`);
    await expect.poll(line.received).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload_too_large/);
    await sending;
    expect(await line.ended).toBeLessThan(LATEST_MS);
  });
});

describe('headers', () => {
  it('of more than 16 kB are refused', async () => {
    const line = await dial();
    line.socket.write(head('GET /quick HTTP/1.1', `X-Large: ${'x'.repeat(17_000)}`));
    await line.ended;
    expect(line.received()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    ['a host that is none', 'GET /quick HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a backslash in the path', head('GET /qu\\ick HTTP/1.1')],
  ])('with %s are answered in the error format', async (_name, text) => {
    const line = await dial();
    line.socket.write(text);
    await expect.poll(line.received).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"bad_request"/);
    line.socket.destroy();
  });
});
