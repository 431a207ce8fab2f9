import { Agent, request } from 'node:http';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badRequest } from '../../../server/base/api-error.ts';
import { readJson } from '../../../server/http/body.ts';
import { answerError } from '../../../server/http/errors.ts';
import { type Listening, listen } from '../../../server/serve.ts';
import { MAX_BODY_BYTES } from '../../../src/core/limits.ts';
import { dial, headOf, type Line, wait } from '../../support/line.ts';
import { silentLog } from '../support.ts';

/** A time budget of 400 ms, so that many of them fit into a rest; idle connections may stay. */
const LIMITS = { headersMs: 400, budgetMs: 400, keepAliveMs: 30_000, checkMs: 50, busyAbove: 1000 };
const REST_MS = 1200;
const PAUSE_MS = 50;
const BODY = JSON.stringify({ text: 'x'.repeat(2000) });

let listening: Listening;

beforeAll(async () => {
  const app = new Hono();
  app.get('/read', (c) => c.text('read'));
  app.post('/read', async (c) => c.json(await readJson(c)));
  app.post('/refuse', () => {
    throw badRequest('refused before the body is read');
  });
  app.onError((error, c) => answerError(error, c, silentLog));
  listening = await listen(app, { host: '127.0.0.1', port: 0, limits: LIMITS });
});
afterAll(() => listening.stop(0));

const declared = (body: string, ...more: string[]) =>
  headOf('POST /read HTTP/1.1', `Content-Length: ${body.length}`, ...more);
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const chunkedHead = headOf('POST /read HTTP/1.1', 'Transfer-Encoding: chunked');

/** Pieces of one request, with a pause between two of them, and the status of its reply. */
type Row = [name: string, status: number, pieces: readonly string[]];

const rows: Row[] = [
  ['a GET', 200, [headOf('GET /read HTTP/1.1')]],
  ['a GET in two packets', 200, ['GET /read HT', 'TP/1.1\r\nHost: x\r\n\r\n']],
  ['a HEAD', 200, [headOf('HEAD /read HTTP/1.1')]],
  ['a GET of nothing', 404, [headOf('GET /nothing HTTP/1.1')]],
  ['a body with its head', 200, [declared(BODY) + BODY]],
  ['a body after a pause', 200, [declared(BODY), BODY]],
  ['a body after a pause and empty lines', 200, [declared(BODY), `${BODY}\r\n\r\n`]],
  ['a body in three packets', 200, [declared(BODY), BODY.slice(0, 9), BODY.slice(9, 99), BODY.slice(99)]],
  ['a body of 1 MB', 200, [declared(`"${'x'.repeat(1e6)}"`), `"${'x'.repeat(1e6)}"`]],
  ['a body that is expected first', 200, [declared(BODY, 'Expect: 100-continue'), BODY]],
  ['chunks with the head', 200, [`${chunkedHead}${chunk(BODY)}0\r\n\r\n`]],
  ['chunks after pauses', 200, [chunkedHead, chunk(BODY.slice(0, 99)), chunk(BODY.slice(99)), '0\r\n\r\n']],
  ['chunks with a trailer', 200, [chunkedHead, chunk(BODY), '0\r\n', 'X-Trailer: a\r\n\r\n']],
  ['a body that is not JSON', 400, [declared('{{{'), '{{{']],
  ['a large body beyond a bound of JSON', 400, [declared('['.repeat(1e6)), '['.repeat(1e6)]],
  [
    'a body that is refused unread',
    400,
    [headOf('POST /refuse HTTP/1.1', 'Content-Length: 2000'), 'x'.repeat(2000)],
  ],
  [
    'chunks that are refused unread',
    400,
    [headOf('POST /refuse HTTP/1.1', 'Transfer-Encoding: chunked'), chunk(BODY), '0\r\n\r\n'],
  ],
  ['a body of a wrong path', 404, [headOf('POST /nothing HTTP/1.1', 'Content-Length: 3'), 'abc']],
  ['a body of a GET', 200, [headOf('GET /read HTTP/1.1', 'Content-Length: 3'), 'abc']],
  [
    'a body over the limit',
    413,
    [headOf('POST /read HTTP/1.1', `Content-Length: ${MAX_BODY_BYTES + 1}`), 'x'.repeat(MAX_BODY_BYTES + 1)],
  ],
  ['pipelined requests', 200, [declared(BODY) + BODY + declared(BODY), BODY + headOf('GET /read HTTP/1.1')]],
];

/** Statuses of all replies; the interim 100 is none. */
function statuses({ received }: Line): readonly number[] {
  return [...received().matchAll(/HTTP\/1\.1 (\d+)/g)]
    .map(([, status]) => Number(status))
    .filter((status) => status !== 100);
}

async function send({ socket }: Line, pieces: readonly string[]): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await wait(PAUSE_MS);
    socket.write(piece);
  }
}

describe('a connection stays open after', () => {
  it.concurrent.for(rows)('%s', async ([_name, status, pieces], { expect }) => {
    const line = await dial(listening.port);
    const replies = pieces.join('').match(/HTTP\/1\.1\r\n/g)?.length ?? 0;
    for (let round = 1; round <= 3; round += 1) {
      await send(line, pieces);
      await expect.poll(() => statuses(line).length, { timeout: 5000 }).toBe(round * replies);
      await wait(REST_MS);
      expect(line.socket.destroyed, `round ${round}`).toBe(false);
    }
    expect(new Set(statuses(line))).toEqual(new Set([status]));
    line.socket.destroy();
  });
});

it('a proxy that keeps its connections sees no reset, whatever moment its requests come at', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { port: listening.port, method: 'POST', path: '/read', agent };
      const call = request(options, (reply) => {
        reply.resume();
        reply.once('end', () => resolve(reply.statusCode ?? 0));
      });
      call.setHeader('Content-Length', BODY.length);
      call.once('error', reject);
      call.flushHeaders();
      setTimeout(() => call.end(BODY), 15);
    });
  const replies: number[] = [];
  const end = performance.now() + 4 * REST_MS;
  while (performance.now() < end) {
    replies.push(await post());
    await wait(replies.length % 40);
  }
  expect(new Set(replies)).toEqual(new Set([200]));
  agent.destroy();
});

describe('a connection is closed after', () => {
  const nexts: [name: string, next: string][] = [
    ['half a head', 'GET /read HTTP/1.1\r\nHo'],
    ['one letter of a head', 'P'],
    ['a head without its last line', 'POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n'],
  ];
  const firsts = rows.filter(([, status]) => status === 200 || status === 413);
  const cases = nexts.flatMap(([name, next]) =>
    firsts.map(([first, , pieces]) => [`${first}, then ${name}`, pieces, next] as const),
  );
  it.concurrent.for(cases)('%s', async ([_name, pieces, next], { expect }) => {
    const line = await dial(listening.port);
    const replies = pieces.join('').match(/HTTP\/1\.1\r\n/g)?.length ?? 0;
    await send(line, pieces);
    await expect.poll(() => statuses(line).length, { timeout: 5000 }).toBe(replies);
    await wait(PAUSE_MS);
    line.socket.write(next);
    await line.ended;
    expect(statuses(line).at(-1)).toBe(408);
  });
});
