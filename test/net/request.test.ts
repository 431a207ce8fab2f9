import { afterEach, describe, expect, it, vi } from 'vitest';
import { isOk, isRefused, request } from '../../src/net/request.ts';
import { listen } from './server.ts';

let close = async (): Promise<void> => {};
afterEach(async () => {
  vi.unstubAllGlobals();
  await close();
});

const serve = async (...args: Parameters<typeof listen>) => {
  const server = await listen(...args);
  close = server.close;
  return server;
};
const NOTHING = { status: 0, body: undefined, serverNow: undefined, retryAfterMs: 0 };

describe('request', () => {
  it('reads status, body, the server’s clock and Retry-After', async () => {
    const { url } = await serve((_, reply) => {
      reply.writeHead(429, { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': '7' });
      reply.end('{"code":"too_many_requests"}');
    });
    expect(await request(url)).toEqual({
      status: 429,
      body: { code: 'too_many_requests' },
      serverNow: Date.UTC(2026, 0, 1),
      retryAfterMs: 7_000,
    });
  });

  it('a body is posted as plain text, which no browser preflights', async () => {
    const { url, arrived } = await serve((_, reply) => reply.end('{}'));
    await request(`${url}/x`, '{"a":1}');
    expect(arrived).toMatchObject([{ method: 'POST', path: '/x', body: '{"a":1}' }]);
    expect(arrived[0]?.type).toMatch(/^text\/plain/);
  });

  it('a body that is no JSON is a reply without one', async () => {
    const { url } = await serve((_, reply) => reply.end('<html>'));
    expect(await request(url)).toMatchObject({ status: 200, body: undefined });
  });

  it.each([
    ['a rejecting fetch', () => Promise.reject(new Error('x'))],
    [
      'a throwing fetch',
      () => {
        throw new Error('x');
      },
    ],
    ['a fetch that returns nothing', () => undefined],
    ['no fetch', undefined],
  ])('%s is no answer', async (_name, fetch) => {
    vi.stubGlobal('fetch', fetch);
    expect(await request('https://server.test')).toEqual(NOTHING);
  });

  it('a server that is gone is no answer', async () => {
    const { url } = await serve((_, reply) => reply.destroy());
    expect(await request(url)).toEqual(NOTHING);
  });
});

it.each([
  [0, false, false],
  [200, true, false],
  [299, true, false],
  [304, false, false],
  [400, false, true],
  [401, false, false],
  [403, false, true],
  [404, false, false],
  [408, false, false],
  [409, false, true],
  [413, false, true],
  [425, false, false],
  [429, false, false],
  [500, false, false],
  [503, false, false],
])('status %i: done %s, refused for good %s', (status, done, refused) => {
  expect([isOk({ ...NOTHING, status }), isRefused({ ...NOTHING, status })]).toEqual([done, refused]);
});
